### What the plan document says, and the steps in this repository's own tree. No other stack is told any of it.

## Claims

claim_total_before = all lines of the stack as it is, on this workload
claim_total_after = the document's changes, with two tasks kept
claim_saving = today minus balanced, as printed
claim_saving_percent = the same, as a share of today
claim_sum = the document's own lines: { $lines } = { $sum }
claim_ecs_before = three tasks: ${ $as_written } as the files place them, ${ $spot } all on Spot, ${ $on_demand } all on demand; at the minimum { $running } run
claim_ecs_after = two tasks: ${ $balanced } with the on-demand floor, ${ $spot } all on Spot
claim_balancer = the document leaves out the balancer's two public IPv4 addresses
claim_database = instance and storage at this region's list price
claim_cache = one node at this region's list price
claim_nat = the document leaves out its public IPv4 address and its disk
claim_absent = not in this stack
claim_rest_before = logs, alarms, secrets, zone, files, transfer and images, and what the five lines above do not name
claim_rest_after = uploads past the balancer do not change what files, logs and alarms cost
claim_spot = base comes first: two tasks are one and one under any such weights. Dropping the base too saves ${ $base } and gives up the on-demand floor
claim_tasks = min_capacity already keeps { $fewest }: 3 → 2 saves ${ $desired }; the document's min 1 saves ${ $lowest } and leaves one task
claim_tasks_fixed = nothing scales here, { $fewest } run all month: to two saves ${ $desired }; the document's min 1 saves ${ $lowest }
claim_presigned = { $uploaded } GB of uploads a month here; $5 needs { $needed } GB, and only where bytes are the largest LCU dimension
claim_presigned_measured = { $uploaded } GB of uploads a month here; $5 needs { $needed } GB, and only where bytes are the largest LCU dimension. What it saves is the task's: { $spent } ms of CPU a MB, as { $service } was measured
claim_keep_alive = clients keep their connections already; were each request its own, ${ $most } more. $3 needs { $needed } new connections a second
claim_lcu_per_gb = one LCU-hour covers 1 GB, where bytes are the largest dimension
claim_inbound_free = the list price of traffic in from the internet
claim_extreme_cost = extreme on this workload
claim_balanced_cost = balanced on this workload
claim_serverless_cost = serverless on this workload
claim_scenario_least = at least ${ $least } in { $region }: some of its parts have no price there
claim_percent_of_range = ${ $low } to ${ $high } against ${ $before }: a range of costs is a range of savings, which one figure does not state
claim_interruption = AWS publishes no rate for Fargate Spot, and a weight does not change the rate of one task; { $spot } of { $tasks } tasks stand on Spot either way
claim_recovery = a task starts in 25 to 90 s, boots in 5 to 15 s and waits up to { $interval } s for its first check; a hung one takes up to { $hung } s
claim_one_task = the ECS scheduler replaces lost tasks; autoscaling is what lowers two to one (saving ${ $saves })
claim_connections = values seen on running instances; AWS publishes none (the formula's upper bound is { $formula })
claim_connections_unknown = nobody noted what this database class allows
claim_pool = what fits a task at { $most } tasks (a deploy doubles them to { $peak }), and at { $few }; 50 would ask for { $needed } at { $few } tasks alone
claim_pool_unknown = the database's limit or the number of tasks is unknown
claim_reserved = one year, nothing upfront: ${ $now } to ${ $reserved } a month
claim_reserved_unknown = no reserved price for this database here
claim_cloudfront = downloads by way of CloudFront: what it charges for requests and traffic, less what the bucket's own traffic costs
claim_capacity_zero = nine hours a night without tasks, if this were a development environment; in production it breaks the minimum of tasks and of on-demand tasks
claim_capacity_zero_unknown = what a night without tasks saves cannot be told here
claim_phase6 = balanced with the database reserved and downloads by CloudFront; nights without tasks are refused in production
unit_usd = { $value }
unit_usd_per_gb = ${ $value }/GB
unit_percent = { $value } %
unit_seconds = { $value } s
unit_tasks = { $value } tasks
unit_connections = { $value }
unit_connections_a_task = { $value } a task

## The checklist, where this repository does it otherwise

group_code = Code
group_terraform = Terraform
group_test = Test
group_monitoring = Monitoring
check_one_service = part of the chat service, not three new files: keys made by the server, size and type in the signature
check_client_package = a package for browsers and phones, with progress, retries and cancel
check_keep_alive = a setting of the server, above 60 s; the document's httpsOptions would start TLS and fail every health check
check_pool = derived from the database and the tasks of a deploy; connectionLimit is no property of a Prisma schema
check_variables = variables of the environment, in a file of the scenario; the module's code stays
check_upload_lies = with clients that lie about size, type and owner
check_keep_alive_seconds = not the header: a connection idle for 61 s must still answer
check_spot = the scheduler starts another in 25 to 90 s; what counts is that sockets come back and nothing is lost
check_alarms = with the derived thresholds
check_connections = below the derived alarm: 45 fires at every deploy with a large pool
check_budget = the budget of the monitoring module announces 80 % and 100 %; glimpse bill compares

## The alarms and their thresholds

alarm_ecs_cpu = ECS CPU
alarm_ecs_memory = ECS memory
alarm_running_tasks = running tasks
alarm_balancer_5xx = balancer 5xx
alarm_database_connections = database connections
alarm_load = scaling steers to { $target } %, so that value is met at every ordinary scale-out; half-way to full means it is not keeping up
alarm_load_unknown = no target tracking on this metric, so there is nothing to derive it from
alarm_tasks = autoscaling keeps at least { $fewest }: fewer means that tasks end faster than they start
alarm_tasks_unknown = how many tasks run at the fewest is unknown
alarm_errors = { $percent } % of the { $requests } requests of the busiest five minutes; errors of the balancer and of the tasks, added
alarm_connections = four fifths of the { $offered } that the database gives (lowest seen, less what it reserves); a deploy at { $fewest } tasks asks for { $deploy }
alarm_connections_only = four fifths of the { $offered } that the database gives (lowest seen, less what it reserves)
alarm_connections_unknown = what this database gives is not known
threshold_percent = > { $value } %, { $minutes } min
threshold_fewer = < { $value }, { $minutes } min
threshold_errors = > { $value } in { $minutes } min
threshold_more = > { $value }

## What each lever asks for in this repository's own tree, phase by phase

step_edit = in { $stack }: { $values }
step_apply = put these values into a variables file (in this repository { $scenario }.tfvars holds them), terraform plan with it, read what it replaces, terraform apply
step_image = build the image and push it; the apply takes its digest, because a tag such as latest cannot be rolled back
step_verify = glimpse plan with the same --var-file must now say ${ $monthly }
step_test_task_count = a deploy begins with two tasks and ends with two
step_test_min_capacity = after a quiet quarter of an hour one task still answers; lower the alarm on running tasks to match
step_test_spot_base = stop both tasks at once: everybody is back, and nothing acknowledged is lost
step_test_on_demand_pair = both running tasks show the capacity provider FARGATE
step_test_spot_weights = stop the Spot task: sockets move to the other within seconds, and a new one starts in 25 to 90 s
step_test_arm = measure messages a second on ARM: the plan counts on what was measured of x86
step_test_night_off = at 22:00 no task runs, at 7:00 they are back
step_test_valkey_node = two people on different tasks hear each other
step_code_valkey_serverless = the bus client connects with TLS and in cluster mode
step_test_valkey_serverless = two people on different tasks hear each other
step_code_bus_postgresql = the service carries its events over PostgreSQL; Glimpse does with GLIMPSE_BUS_URL=postgresql:, which this tree sets
step_prepare_bus_postgresql = choose a quiet hour: during this one deploy, about five minutes, tasks on the old bus and on the new one do not hear each other; what people miss comes when their sockets move to a new task. The cache goes after the last old task
step_test_bus_postgresql = two people on different tasks hear each other while the database's CPU stays below its baseline
step_test_parameters = a new task starts and accepts a token signed with the old key
step_test_nat_gateway = a new task starts: it pulled its image through the gateway
step_test_task_addresses = a task's public address answers nobody but the balancer
step_code_ipv6_only = the service listens on ::, and every third party it calls has an IPv6 address
step_test_ipv6_only = a new task starts (image, secrets and logs all came over IPv6), and a push notification arrives
step_code_ipv6_dual_stack = first see one such task start in an account of your own: it is reported not to
step_test_ipv6_dual_stack = a new task starts without a NAT
step_test_cloudfront_ingress = a WebSocket stays open for an hour through CloudFront, and the balancer answers nobody else
step_prepare_cloudfront_downloads = make a key pair (RSA 2048), put the public half into downloads_public_key, and the private half into its parameter before the deploy
step_test_cloudfront_downloads = a link of the service works, without its signature it is answered 403, and the bucket itself answers nobody
step_test_log_retention = the log group shows 7 days
step_code_presigned_uploads = move the app to the client in clients/typescript, as docs/how-to/direct-uploads.md shows; the service already signs uploads and checks what arrives
step_test_presigned_uploads = a picture arrives; one of the wrong size or type is refused by the bucket
step_code_keep_alive = the server keeps idle connections for 65 s, longer than the balancer's 60
step_test_keep_alive = a connection idle for 61 s still answers
step_code_pool_size = the service takes its pool from GLIMPSE_DATABASE_POOL
step_test_pool_size = during a deploy, DatabaseConnections stays below the alarm
step_test_storage_autoscaling = aws rds describe-db-instances shows the limit as MaxAllocatedStorage of the instance
step_code_api_gateway_websocket = service and clients leave Socket.IO for API Gateway's own protocol
step_test_api_gateway_websocket = clients come back by themselves after the 2-hour limit
step_code_serverless = the service becomes functions, its data a table; receipts, ordering and numbering are designed anew
step_test_serverless = every promise of the chat is tested anew
step_prepare_arm = build the image for linux/arm64: an x86 image does not start
step_prepare_valkey_node = choose a quiet hour: the new cache is made, the tasks move to it, and then the old node goes. During this one deploy, about five minutes, old and new tasks do not hear each other; what people miss comes when their sockets move to a new task
step_prepare_valkey_serverless = choose a quiet hour: the new cache is made, the tasks move to it, and then the old node goes. During this one deploy, about five minutes, old and new tasks do not hear each other; what people miss comes when their sockets move to a new task
step_prepare_parameters = copy the signing keys out of Secrets Manager into the parameter /NAME/jwt-signing-keys. Where it has no value, glimpse deploy makes a new key, and everybody must log in again
step_prepare_ipv6_only = choose a quiet hour: the tasks move to new subnets and another target group, and for one to three minutes, until the first new task is healthy, new connections and requests are answered 503; open sockets stay until their task goes. A cache is made anew before the old one goes; meanwhile old and new tasks do not hear each other, and what people miss comes when their sockets move to a new task
step_prepare_cloudfront_ingress = first, and without any other change, apply ingress = "both": a second balancer, the VPC origin (up to 15 minutes) and the distribution are made, the tasks join both balancers, and then the domain name leads to CloudFront. Five minutes later ingress = "cloudfront" lets the old balancer go. Nobody is locked out: resolvers keep the old address for 60 s at most. Each of the two deployments moves every socket once, within 1 to 5 s
step_prepare_nat_gateway = delete the default routes that the NAT instance wrote into the private route tables, right before the apply: until the gateway is there, about three minutes, nothing goes out and no task can start; those that run go on
step_edit_by_hand = in the files of { $stack }: { $lever }; its variables are those of this repository, so yours are changed by hand
step_stable = the apply deploys by itself: wait until the service is stable
step_test_max_capacity = the check database_connections_fit of terraform plan no longer warns
