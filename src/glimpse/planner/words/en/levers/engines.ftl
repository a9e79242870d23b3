### Engines in words.

lever_valkey_node = Valkey instead of Redis
how_valkey_node = set engine = "valkey", engine_version = "8.0" and a parameter group of the family valkey8 (for a serverless cache: engine and major_engine_version = "8"). A replication group keeps its data and changes in place; a version before Redis 5.0.6 fails over for up to a minute. A node costs a fifth less than the same one with Redis, a serverless cache a third
loses_valkey_node = connections cut for a short time
risk_valkey_node = connections break for seconds to minutes while the nodes change; the protocol and the commands are those of Redis 7.2, and the way back to Redis is a new cache from a backup

lever_supported_engines = engines in standard support
how_supported_engines = raise engine_version (RDS, Aurora: with allow_major_version_upgrade = true and a parameter group of the new family) to PostgreSQL 17, MySQL 8.4 (from 5.7 by way of 8.0), Aurora MySQL 3 (8.0.mysql_aurora.3.08.0) or Redis 7.1. For Aurora it is in the aws_rds_cluster (a member of a global cluster: in the aws_rds_global_cluster). RDS may need versions in between: aws rds describe-db-engine-versions lists ValidUpgradeTarget. Any version in standard support ends the charge; these stay in it longest. engine_lifecycle_support = "open-source-rds-extended-support-disabled" ends it too, but then AWS upgrades on a day that it chooses
loses_supported_engines = minutes to hours of downtime
risk_supported_engines = a major upgrade: minutes to hours without the database, no way back but a snapshot, and queries, extensions or commands may behave differently. Upgrade a copy that was restored from a snapshot first, and run the application's tests against it

lever_supported_kubernetes = Kubernetes in standard support
how_supported_kubernetes = raise version of the aws_eks_cluster one minor release at a time, and after each the node groups and add-ons; every version in standard support ends the surcharge, the newest stays in it longest. From 1.33 on AWS makes no node images of Amazon Linux 2: change such node groups to ami_type = "AL2023_x86_64_STANDARD" before. upgrade_policy {"{"} support_type = "STANDARD" {"}"} keeps the cluster out of extended support from then on: AWS upgrades it when standard support ends
loses_supported_kubernetes = old APIs end, no way back
risk_supported_kubernetes = a control plane cannot go back; newer releases remove old APIs, so look at the upgrade insights in the EKS console before each step. Nodes are replaced one by one, and their pods move
