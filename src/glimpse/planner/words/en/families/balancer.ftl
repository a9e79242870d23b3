lcu_of_means = the largest of the given dimensions, taken to be the same in every hour
nlcu_dearest = its listeners have several protocols: all traffic is taken to use the one that needs the most capacity units
nlcu_of_tcp = no listener is in these files: all traffic is taken to be TCP
needs_reserved = the number of reserved capacity units is unknown
