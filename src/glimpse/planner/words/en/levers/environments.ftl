### What is not production, in words.

lever_single_zone = a single zone outside production
how_single_zone = set multi_az = false in the database. In the replication group set num_cache_clusters = 1 (with shards: replicas_per_node_group = 0), multi_az_enabled = false, and without shards automatic_failover_enabled = false. The database continues without a restart
loses_single_zone = no standby in another zone
risk_single_zone = when the zone or the node fails, the environment is down: a database must be restored from its backup, and a cache starts empty; maintenance interrupts it for minutes

lever_night_off = no tasks at night (not production)
how_night_off = give the service's scaling target two aws_appautoscaling_scheduled_action: cron(0 22 * * ? *) with min_capacity = 0 and max_capacity = 0, and cron(0 7 * * ? *) with today's bounds, each with timezone. A service without an aws_appautoscaling_target needs one, with min_capacity and max_capacity equal to desired_count
loses_night_off = no service from 22:00 to 7:00
risk_night_off = from 22:00 to 7:00 nobody is served, and nightly jobs do not run. The load balancer, database and cache still cost the same

lever_servers_off = servers off at night (not production)
how_servers_off = for a group add two aws_autoscaling_schedule: recurrence = "0 22 * * *" with min_size and desired_capacity = 0, and "0 7 * * *" with today's values. For an instance or an RDS database add two aws_scheduler_schedule with cron(0 22 * * ? *) and cron(0 7 * * ? *), whose target is arn:aws:scheduler:::aws-sdk:ec2:stopInstances and :startInstances, or :rds:stopDBInstance and :startDBInstance, with its id as input. Stopping them at weekends as well saves more
loses_servers_off = no servers from 22:00 to 7:00
risk_servers_off = from 22:00 to 7:00 nobody is served, and nightly jobs do not run. Storage, backups and Elastic IPs stay charged; a public address that is not an Elastic IP changes, and data on an instance store is lost. RDS starts a stopped database again after seven days, so the schedule must stay

promise_multi_az = a standby in another zone
promise_nights = service at night
