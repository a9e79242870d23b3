### What a line of a bill assumes, and what it lacks.

## Bill: what a line assumes

tasks_billed = scaling keeps { $min } to { $max } tasks; { $expected } run in most hours (desired_count is only where a deploy begins)
tasks_desired = no scaling target: desired_count ({ $tasks }) runs all month
schedule_local = the schedule is laid on the hours of the workload, whatever its time zone
placement = of { $tasks }: { $on_demand } on demand, { $spot } on Spot (base first, then by weight)
placement_range = AWS does not publish how it rounds this split: { $least } to { $most } on demand are possible
capacity_measured = how many tasks the load asks for follows from what was measured of { $service }
capacity_unknown = nobody measured this service, so it is billed at its fewest tasks (set service.runs in glimpse.toml)
lcu_largest = the largest of four dimensions in each hour; an open WebSocket is an active connection
lcu_internal = an internal balancer: the workload's traffic does not enter here
committed = committed: { $term }, until { $until }
backup_within_storage = backups up to the allocated storage are part of the price
extended_support = major version { $version } left standard support: charged since { $since }
secret_read_at_start = read once when a task starts: too few calls to charge
shared_evenly = the workload is shared evenly by { $count } of them
logs_measured = { $service } was measured to log { $bytes } bytes for a message or request
logs_measured_none = { $service } was measured to log nothing for a message or request; its warnings and errors are not counted
logs_kept_a_month = one month of logs is kept
scaling_makes_alarms = target tracking makes { $count } alarms of its own
insights_metrics = { $count } metrics: of the cluster, of { $services } services, and of a task family for each
alias_queries_free = queries answered by alias records are not charged
no_alarm_mail = no alarm mail in an ordinary month
internet_out_of_workload = all that the workload sends out: deliveries, answers and downloads
support_derived = the third year is taken to begin two years after that day, as it did for earlier versions; check AWS's calendar
support_unknown = whether { $engine } { $version } is charged for extended support is not known here
fetched_through_nat = what servers fetch: images, third parties (fetched_gb_a_month of the workload)
zones_crossed = as if servers stood in { $zones } zones alike and database and cache in one; charged on both sides
free_tier_granted = after the always-free { $granted } units a month
linux_assumed = Linux, shared tenancy: the image decides, and it was not read

committed_proposed = committed: { $term }, from the day it is bought
logs_kept = logs are kept for { $days } days
internet_out_beside_edge = what the workload sends out beside CloudFront, which is charged there
edge_of_region = people are taken to be where the stack is; an upgrade to WebSocket is one request
sockets_as_requests = the events of the WebSocket API arrive here as requests: each message, connect and disconnect
socket_messages = sent and delivered messages, in pieces of { $kb } KB, and a ping every { $minutes } minutes against the idle limit
function_called = each call takes { $ms } ms (function_ms of the workload) with { $mib } MiB: an assumption until it is measured
table_requests = each message is written once and its readers looked up once; a connection is written and removed
cache_least = the least that is charged, { $gb } GB: events pass through and are not kept
cache_units = { $units } units a message: published once, heard by two tasks

## Bill: what is missing

needs_table_capacity = read_capacity or write_capacity could not be read
needs_public_ip = assign_public_ip could not be read
needs_retention = retention_in_days could not be read
needs_version = engine_version could not be read: an old one is charged for extended support
schedule_not_daily = a schedule that is not once a day at a full hour is not read, so the tasks it changes are not counted
no_price = no price for { $looked_for } in { $region }
price_ends = { $catalogue } holds its price up to { $limit } { $unit } alone
no_price_in_term = no price for { $looked_for } under { $term } in { $region }; sold as: { $terms }
needs_usage = usage that nobody gave: { $keys }
before_usage = before usage
before_other_usage = before the usage that nobody gave
ui_no_price = no price
own_region_unknown = its provider states no region, so where it stands is unknown
commitment_address_unknown = [[commitments]] names { $address }, which is not in this stack: it changes nothing
commitment_address_unknown_near = [[commitments]] names { $address }, which is not in this stack: it changes nothing. Did you mean { $near }?
commitment_ended = the commitment of { $address } ended on { $day }: its hours are charged on demand again
commitment_not_begun = the commitment of { $address } begins on { $day }: until then its hours are charged on demand
commitment_of_nothing = { $address } has no hours that could be reserved: its commitment changes nothing
region_without_prices = it stands in { $region }, of which { $catalogue } holds no prices
needs_quantity = the quantity is unknown
needs_task_count = how many tasks run is unknown: desired_count or the scaling target could not be read
needs_task_size = the task definition, or its cpu and memory, could not be read
needs_zones = how many zones (subnets) it stands in could not be read
needs_instance_class = instance_class could not be read
needs_storage_size = allocated_storage could not be read
needs_vcpu_count = how many vCPU this class has is not known
needs_node_type = node_type could not be read
needs_node_count = how many nodes there are could not be read
needs_disk_size = the disk's size is not in the files
needs_instance_type = instance_type could not be read
needs_instance_count = how many instances there are could not be read
needs_subnet = whether it gets a public IPv4 is decided by a subnet that was not found
