needs_brokers = instance_type or number_of_broker_nodes could not be read
needs_broker_disk = the size of each broker's disk, or the number of brokers, is unknown
needs_connect_workers = the number of the connector's workers could not be read
