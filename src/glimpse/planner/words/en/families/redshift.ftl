nodes_in_two_zones = as many nodes again in a second zone
