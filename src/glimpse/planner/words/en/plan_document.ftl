### What the plan document says, and the steps in this repository's own tree. No other stack is told any of it.

## Claims

claim_total_before = all lines of the stack as it is, on this workload
claim_total_after = the document's changes, with two tasks kept
claim_saving = today minus balanced, as printed
claim_saving_percent = the same, as a share of today
claim_sum = the document's own lines: { $lines } = { $sum }
claim_ecs_before = three tasks: ${ $as_written } as the files place them, ${ $spot } all on Spot, ${ $on_demand } all on demand. At the minimum { $running ->
    [one] 1 task runs
   *[other] { $running } tasks run
}
claim_ecs_after = two tasks: ${ $balanced } with the on-demand floor, ${ $spot } all on Spot
claim_balancer = the document leaves out the balancer's two public IPv4 addresses
claim_database = instance and storage at this region's list price
claim_cache = one node at this region's list price
claim_nat = the document leaves out its public IPv4 address and its disk
claim_absent = not in this stack
claim_rest_before = logs, alarms, secrets, DNS zone, files, transfer and images, and all else that the five lines above leave out
claim_rest_after = uploads past the balancer do not change what files, logs and alarms cost
claim_spot = the base comes first, so two tasks are one on demand and one on Spot under any such weights. Dropping the base as well saves ${ $base } and gives up the on-demand floor
claim_tasks = min_capacity already keeps { $fewest }: 3 → 2 saves ${ $desired }; the document's min 1 saves ${ $lowest } and leaves one task
claim_tasks_fixed = nothing scales this service: { $fewest ->
    [one] 1 task runs
   *[other] { $fewest } tasks run
} all month. Two tasks save ${ $desired }; the document's min 1 saves ${ $lowest }
claim_presigned = { $uploaded } GB of uploads a month here; $5 needs { $needed } GB, and only where bytes are the largest LCU dimension
claim_presigned_measured = { $uploaded } GB of uploads a month here; $5 needs { $needed } GB, and only where bytes are the largest LCU dimension. What it saves is CPU of the task: { $spent } ms for each MB, as measured of { $service }
claim_keep_alive = clients already keep their connections. A new connection for every request would cost ${ $most } more; $3 needs { $needed ->
    [one] 1 new connection
   *[other] { $needed } new connections
} a second
claim_lcu_per_gb = one LCU-hour covers 1 GB, where bytes are the largest dimension
claim_inbound_free = the list price of traffic in from the internet
claim_extreme_cost = extreme on this workload
claim_balanced_cost = balanced on this workload
claim_serverless_cost = serverless on this workload
claim_scenario_least = at least ${ $least } in { $region }: some of its parts have no price there
claim_percent_of_range = ${ $low } to ${ $high } against ${ $before }: a range of costs gives a range of savings, and one percentage cannot be right for all of it
claim_interruption = AWS publishes no interruption rate for Fargate Spot, and a weight does not change the rate of one task. Tasks on Spot either way: { $spot } of { $tasks }
claim_recovery = a task starts in 25 to 90 s, boots in 5 to 15 s and waits up to { $interval } s for its first check; a hung one takes up to { $hung } s
claim_one_task = the ECS scheduler replaces lost tasks; autoscaling is what lowers two to one (saving ${ $saves })
claim_connections = observed on running instances; AWS publishes no value (the formula's upper bound is { $formula })
claim_connections_unknown = no value was observed for this database class
claim_pool = connections that fit for each task, at a task count of { $most } (a deploy doubles it to { $peak }) and of { $few }; 50 for each would need { $needed } at a count of { $few }
claim_pool_unknown = the database's connection limit or the number of tasks is unknown
claim_reserved = one year, nothing upfront: ${ $now } to ${ $reserved } a month
claim_reserved_unknown = no reserved price for this database here
claim_cloudfront = downloads by way of CloudFront: what it charges for requests and traffic, less what the bucket's own traffic costs
claim_capacity_zero = nine hours a night without tasks, if this were a development environment; in production it breaks the minimum of tasks and of on-demand tasks
claim_capacity_zero_unknown = what a night without tasks would save cannot be computed here
claim_phase6 = balanced with the database reserved and downloads by CloudFront; nights without tasks are refused in production
unit_usd = { $value }
unit_usd_per_gb = ${ $value }/GB
unit_percent = { $value } %
unit_seconds = { $value } s
unit_tasks = { $value ->
    [one] 1 task
   *[other] { $value } tasks
}
unit_connections = { $value }
unit_connections_a_task = { $value } a task

## The checklist, where this repository does it otherwise

group_code = Code
group_terraform = Terraform
group_test = Test
group_monitoring = Monitoring
check_one_service = part of the chat service, not three new files: the server makes the keys, and signs size and type
check_client_package = a package for browsers and phones, with progress, retries and cancel
check_keep_alive = a setting of the server, above 60 s; the document's httpsOptions would start TLS and fail every health check
check_pool = derived from the database and the tasks of a deploy; connectionLimit is not a property of a Prisma schema
check_variables = variables of the environment, in a file for each scenario; the module's code does not change
check_upload_lies = with clients that lie about size, type and owner
check_keep_alive_seconds = not the header: a connection idle for 61 s must still answer
check_spot = the scheduler starts another task in 25 to 90 s; what counts is that sockets come back and no message is lost
check_alarms = with the derived thresholds
check_connections = below the derived alarm: 45 fires at every deploy with a large pool
check_budget = the budget of the monitoring module notifies at 80 % and 100 %; compare with glimpse bill

## The alarms and their thresholds

alarm_ecs_cpu = ECS CPU
alarm_ecs_memory = ECS memory
alarm_running_tasks = running tasks
alarm_balancer_5xx = balancer 5xx
alarm_database_connections = database connections
alarm_load = scaling keeps this near { $target } %, so an ordinary scale-out passes that value; half-way from there to 100 % means that scaling does not keep up
alarm_load_unknown = no target tracking on this metric, so no threshold can be derived
alarm_tasks = autoscaling keeps at least { $fewest }: fewer means that tasks end faster than they start
alarm_tasks_unknown = the minimum of tasks is unknown
alarm_errors = { $percent } % of the requests in the busiest five minutes ({ $requests }); errors of the load balancer and of the tasks are added
alarm_connections = four fifths of the connections that the database offers, { $offered } (the fewest observed, less those it reserves); a deploy at the minimum of tasks ({ $fewest }) needs { $deploy }
alarm_connections_only = four fifths of the connections that the database offers, { $offered } (the fewest observed, less those it reserves)
alarm_connections_unknown = the connection limit of this database is not known
threshold_percent = > { $value } %, { $minutes } min
threshold_fewer = < { $value }, { $minutes } min
threshold_errors = > { $value } in { $minutes } min
threshold_more = > { $value }

## What each lever asks for in this repository's own tree, phase by phase

step_edit = in { $stack }: { $values }
step_apply = put these values into a variable file (in this repository { $scenario }.tfvars holds them), run terraform plan with it, read what it replaces, then run terraform apply
step_image = build the image and push it; the apply takes its digest, because a tag such as latest cannot be rolled back
step_verify = glimpse plan with the same --var-file must now say ${ $monthly }
step_test_task_count = a deploy begins with two tasks and ends with two
step_test_min_capacity = after a quiet quarter of an hour one task still answers; lower the alarm on running tasks to match
step_test_spot_base = stop both tasks at once: all users reconnect, and no acknowledged message is lost
step_test_on_demand_pair = both running tasks show the capacity provider FARGATE
step_test_spot_weights = stop the Spot task: sockets move to the other within seconds, and a new one starts in 25 to 90 s
step_test_arm = measure messages a second on ARM: the plan counts on what was measured of x86
step_test_night_off = at 22:00 no task runs, at 7:00 they are back
step_test_valkey_node = two users on different tasks receive each other's messages
step_code_valkey_serverless = the bus client connects with TLS and in cluster mode
step_test_valkey_serverless = two users on different tasks receive each other's messages
step_code_bus_postgresql = the service must carry its events over PostgreSQL. Glimpse does with GLIMPSE_BUS_URL=postgresql:, which this repository's Terraform sets
step_prepare_bus_postgresql = choose a quiet hour: during this one deploy (about five minutes) no events pass between tasks on the old bus and tasks on the new one. Users receive what they missed when their sockets move to a new task. The cache is removed after the last old task
step_test_bus_postgresql = two users on different tasks receive each other's messages while the database's CPU stays below its baseline
step_test_parameters = a new task starts and accepts a token signed with the old key
step_test_nat_gateway = a new task starts: its image came through the gateway
step_test_task_addresses = a task's public address answers nobody but the balancer
step_code_ipv6_only = the service listens on ::, and every third party it calls has an IPv6 address
step_test_ipv6_only = a new task starts (image, secrets and logs all came over IPv6), and a push notification arrives
step_code_ipv6_dual_stack = first see one such task start in your own account: there are reports that it does not
step_test_ipv6_dual_stack = a new task starts without a NAT
step_test_cloudfront_ingress = a WebSocket stays open for an hour through CloudFront, and the balancer answers nobody else
step_prepare_cloudfront_downloads = make a key pair (RSA 2048). Before the deploy, put the public key into downloads_public_key and the private key into its parameter
step_test_cloudfront_downloads = a link from the service works, without its signature it gets a 403, and the bucket itself answers nobody
step_test_log_retention = the log group shows 7 days
step_code_presigned_uploads = move the app to the client in clients/typescript, as docs/how-to/direct-uploads.md shows; the service already signs uploads and checks what arrives
step_test_presigned_uploads = a picture arrives; one of the wrong size or type is refused by the bucket
step_code_keep_alive = the server keeps idle connections for 65 s, longer than the balancer's 60
step_test_keep_alive = a connection idle for 61 s still answers
step_code_pool_size = the service takes the size of its pool from GLIMPSE_DATABASE_POOL
step_test_pool_size = during a deploy, DatabaseConnections stays below the alarm
step_test_storage_autoscaling = aws rds describe-db-instances shows the limit as MaxAllocatedStorage of the instance
step_code_api_gateway_websocket = service and clients leave Socket.IO for API Gateway's own protocol
step_test_api_gateway_websocket = clients come back by themselves after the 2-hour limit
step_code_serverless = rewrite the service as functions and its data as a table; design receipts, ordering and numbering again
step_test_serverless = test every promise of the chat again
step_prepare_arm = build the image for linux/arm64: an x86 image does not start
step_prepare_valkey_node = choose a quiet hour: the new cache is made, the tasks move to it, and then the old node is removed. During this one deploy (about five minutes) no events pass between old and new tasks. Users receive what they missed when their sockets move to a new task
step_prepare_valkey_serverless = choose a quiet hour: the new cache is made, the tasks move to it, and then the old node is removed. During this one deploy (about five minutes) no events pass between old and new tasks. Users receive what they missed when their sockets move to a new task
step_prepare_parameters = copy the signing keys out of Secrets Manager into the parameter /NAME/jwt-signing-keys. Where it has no value, glimpse deploy makes a new key, and everybody must log in again
step_prepare_ipv6_only = choose a quiet hour: the tasks move to new subnets and another target group. For one to three minutes, until the first new task is healthy, new connections and requests get a 503; open sockets stay until their task ends. A new cache is made before the old one is removed. Meanwhile no events pass between old and new tasks; users receive what they missed when their sockets move to a new task
step_prepare_cloudfront_ingress = first apply ingress = "both" without any other change: it makes a second load balancer, the VPC origin (up to 15 minutes) and the distribution, registers the tasks with both load balancers, and then points the domain name at CloudFront. Five minutes later, ingress = "cloudfront" removes the old load balancer. Nobody is locked out: DNS resolvers keep the old address for at most 60 s. Each of the two deploys reconnects every socket once, within 1 to 5 s
step_prepare_nat_gateway = right before the apply, delete the default routes that the NAT instance wrote into the private route tables. Until the gateway exists (about three minutes) nothing reaches the internet and no task can start; running tasks continue
step_edit_by_hand = edit the files of { $stack } by hand: { $lever }. The variables are those of this repository, so your stack does not have them
step_stable = the apply deploys by itself: wait until the service is stable
step_test_max_capacity = the check database_connections_fit of terraform plan no longer warns
