### Processors in words.

lever_graviton_databases = RDS, Aurora on Graviton classes
how_graviton_databases = change instance_class to the same size of the Graviton family: db.t3 → db.t4g, db.m5 → db.m6g, db.r5 → db.r6g. It restarts in the maintenance window, or at once with apply_immediately = true; with Multi-AZ the standby takes over for a minute or two
loses_graviton_databases = a restart of some minutes
risk_graviton_databases = a restart of some minutes; an instance that was created before minor release 12.7 of PostgreSQL or 8.0.25 of MySQL is upgraded first. Reserved instances of the old class do not cover the new one

lever_graviton_nodes = ElastiCache, OpenSearch on Graviton
how_graviton_nodes = change node_type of the cache: cache.t3 → cache.t4g, cache.m5 → cache.m6g, cache.r5 → cache.r6g; instance_type and dedicated_master_type in cluster_config of the domain: m5 → m6g, c5 → c6g, r5 → r6g. Redis and Valkey change in place; Memcached is left as it is, because its new nodes begin empty; a domain is deployed blue/green
loses_graviton_nodes = connections cut for seconds
risk_graviton_nodes = connections break for seconds while nodes are replaced; a domain needs free disk and may be slower for hours while it copies its shards. Reserved nodes of the old type do not cover the new one

lever_arm = ARM (Graviton) tasks
how_arm = build the image for linux/arm64 and set runtime_platform {"{"} cpu_architecture = "ARM64" {"}"} in the task definition; the service deploys new tasks. ARM is a fifth cheaper by the hour on demand
loses_arm = a build for ARM
risk_arm = the image must be built for ARM, and so must every native library in it; where the catalogue has no price for ARM Spot, the saving cannot be computed

lever_arm_instances = EC2 on Graviton (ARM)
how_arm_instances = change instance_type to the same size of the Graviton family (t3 → t4g, m5 → m6g, c5 → c6g, r5 → r6g, m6i → m7g, c6i → c7g, r6i → r7g) and ami to an arm64 image; for a node group change instance_types, and set ami_type = "AL2023_ARM_64_STANDARD". Instances are replaced. From t2 also credit_specification {"{"} cpu_credits = "standard" {"}"}
loses_arm_instances = builds for ARM of all programs
risk_arm_instances = everything that runs there needs a build for ARM: packages, containers, agents; an image of the AWS Marketplace or of Windows has none. Bandwidth to disks differs by a few percent. Not every zone has every type: check with aws ec2 describe-instance-type-offerings

lever_amd_instances = EC2 on AMD processors (x86)
how_amd_instances = change instance_type to the same size of the AMD family: t3 → t3a, m5 and m6i → m6a, c5 and c6i → c6a, r5 and r6i → r6a; image and packages stay. The instance stops and starts
loses_amd_instances = no AVX-512, slower cores
risk_amd_instances = programs built for AVX-512 cannot use it there, and one core of t3a is slower than one of t3: measure your own load

lever_arm_functions = Lambda on Graviton (ARM)
how_arm_functions = set architectures = ["arm64"] in the function, with layers and a container image built for arm64; the next deployment changes it, without a pause. Where others call a fixed version, publish a new one
loses_arm_functions = native libraries built for ARM
risk_arm_functions = native libraries and layers need a build for arm64; pure Python, Node.js or Java runs as it is

promise_x86 = x86 processors
promise_intel = Intel processors
