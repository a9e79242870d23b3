### Commitments in words: what is bought for a year, and from which month on it has cost less than on demand.

lever_reserved_database = reserve the database for a year
how_reserved_database = RDS console, Reserved instances: purchase one year without upfront, of the same class, engine and deployment (Single-AZ or Multi-AZ) as instance_class, engine and multi_az say; no file changes. Three years, and paying upfront, cost less still
loses_reserved_database = paid for a year, used or not
risk_reserved_database = paid for a year whatever happens; the discount also covers its share of a larger class, but no other engine

lever_reserved_cache = reserve the cache for a year
how_reserved_cache = ElastiCache console, Reserved nodes: purchase one year without upfront, as many as run, of the type and engine that node_type and engine say; no file changes. Three years, and paying upfront, cost less still
loses_reserved_cache = paid for a year, used or not
risk_reserved_cache = paid for a year whatever happens, also if another change replaces or removes the cache

lever_reserved_instances = reserve EC2 instances for a year
how_reserved_instances = EC2 console, Reserved Instances: purchase standard ones for one year without upfront, as many as run (of a group that scales min_size), of the type that instance_type says, for the region; no file changes. Three years cost less still, and convertible ones may be exchanged and cost more
loses_reserved_instances = paid for a year, used or not
risk_reserved_instances = paid for a year whether it runs or not; a Linux reservation for the region covers other sizes of its family, and no other family (another generation, ARM)

lever_reserved_search = reserve OpenSearch nodes for a year
how_reserved_search = OpenSearch Service console, Reserved Instances: purchase one year without upfront, as many as cluster_config has nodes of each type (instance_type, dedicated_master_type); no file changes. Three years, and paying upfront, cost less still
loses_reserved_search = paid for a year, used or not
risk_reserved_search = paid for a year whatever happens, and for exactly this instance type: another size or generation gets no discount

lever_compute_savings_plan = Compute Savings Plan for a year
how_compute_savings_plan = Billing console, Savings Plans: purchase a Compute Savings Plan of one year without upfront, for what the on-demand tasks of min_capacity (or desired_count) cost an hour at its rates; no file changes. Three years, and paying upfront, cost less still
loses_compute_savings_plan = paid for a year, used or not
risk_compute_savings_plan = the hourly amount is paid for a year, used or not; it covers Fargate, Lambda and EC2 on demand in every region, and nothing on Spot

break_even_month = cheaper than on demand from month { $month } of { $months } on
break_even_upfront = ${ $upfront } upfront, spread over the term; cheaper than on demand from month { $month } of { $months } on
break_even_never = not cheaper than on demand at any time of its { $months }-month term
