### Newer generations in words.

lever_newer_instances = EC2: next generation of the family
how_newer_instances = change instance_type (of the instance, of its launch template or of instance_types of the node group) to the same size of the next family: t2 → t3, m4 → m5, c4 → c5 (c4.8xlarge → c5.9xlarge), c5a → c6a, r4 → r5; with instance store m3 → m5d, c3 → c5d, r3 → r5d, i2 → i3. For t2 also credit_specification {"{"} cpu_credits = "standard" {"}"}, because t3 is unlimited otherwise. The instance stops and starts; a group replaces its instances one by one
loses_newer_instances = a restart, instance stores emptied
risk_newer_instances = from t2, m3, m4, c3, c4, r3, r4 or i2 the system moves from Xen to Nitro: an old image needs the ENA and NVMe drivers first, and disks are named /dev/nvme… instead of /dev/xvd…. Data on an instance store is lost by the change, as by any stop, and the new type may have fewer disks. Not every zone has every type: check with aws ec2 describe-instance-type-offerings

lever_newer_databases = RDS, Aurora: next generation of the class
how_newer_databases = change instance_class to the same size of the next family: db.t2 → db.t3, db.m3 and db.m4 → db.m5, db.r3 and db.r4 → db.r5. It restarts in the maintenance window, or at once with apply_immediately = true; with Multi-AZ the standby takes over for a minute or two
loses_newer_databases = a restart of some minutes
risk_newer_databases = a restart of some minutes. db.t3 always bursts without limit: CPU beyond the baseline, where db.t2 slows down, is charged by the vCPU-hour

lever_newer_nodes = ElastiCache, OpenSearch: next generation
how_newer_nodes = change node_type of the cache: cache.r4 → cache.r5 and cache.m3.large → cache.m5.large; instance_type and dedicated_master_type in cluster_config of the domain: m4 → m5, c4 → c5, r4 → r5, t2 → t3. Redis and Valkey change in place; Memcached is replaced and begins empty; a domain is deployed blue/green
loses_newer_nodes = connections cut for seconds
risk_newer_nodes = connections break for seconds while nodes are replaced; a domain needs free disk and may be slower for hours while it copies its shards
