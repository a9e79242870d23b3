needs_brokers = instance_type or number_of_broker_nodes could not be read
needs_broker_disk = the size of each broker's disk, or how many brokers there are, is unknown
needs_connect_workers = how many workers the connector runs could not be read
