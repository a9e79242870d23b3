### What is not production, in words.

lever_single_zone = one zone for what is not production
how_single_zone = multi_az = false of the database; of the replication group num_cache_clusters = 1 (with shards: replicas_per_node_group = 0), multi_az_enabled = false, and without shards automatic_failover_enabled = false. The database goes on without a restart
risk_single_zone = when the zone or the node fails, the environment waits: a database is restored from its backup, a cache begins empty; maintenance interrupts it for minutes

lever_night_off = no tasks at night (not production)
how_night_off = two aws_appautoscaling_scheduled_action of the service's scaling target: cron(0 22 * * ? *) with min_capacity = 0 and max_capacity = 0, and cron(0 7 * * ? *) with the bounds of today, each with timezone. A service without an aws_appautoscaling_target needs one, with min_capacity and max_capacity as desired_count is
risk_night_off = from 22:00 to 7:00 nobody is served, and jobs of the night do not run. The balancer, database and cache go on costing

lever_servers_off = servers off at night (not production)
how_servers_off = of a group two aws_autoscaling_schedule: recurrence = "0 22 * * *" with min_size and desired_capacity = 0, and "0 7 * * *" with those of today. Of an instance or an RDS database two aws_scheduler_schedule with cron(0 22 * * ? *) and cron(0 7 * * ? *), whose target is arn:aws:scheduler:::aws-sdk:ec2:stopInstances and :startInstances, or :rds:stopDBInstance and :startDBInstance, with its id as input. Resting on weekends, too, saves more
risk_servers_off = from 22:00 to 7:00 nobody is served, and jobs of the night do not run. Storage, backups and Elastic IPs stay charged; a public address that is not an Elastic IP changes, and what lies on an instance store is lost. RDS starts a stopped database by itself after seven days, so the schedule must go on

promise_multi_az = a standby in another zone
promise_nights = service at night
