lcu_of_means = the largest of the stated dimensions, taken to be alike in every hour
nlcu_dearest = its listeners have several protocols: all is taken to be of the one that needs the most units
nlcu_of_tcp = no listener is among the files: all is taken to be TCP
needs_reserved = how many capacity units are reserved is unknown
