needs_brokers = instance_type이나 number_of_broker_nodes를 읽지 못했어요
needs_broker_disk = 브로커의 디스크 크기나 브로커 수를 알 수 없어요
needs_connect_workers = 커넥터의 워커 수를 읽지 못했어요
