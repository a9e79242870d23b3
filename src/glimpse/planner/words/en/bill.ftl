### What a line of a bill assumes, and what it lacks.

## Bill: what a line assumes

tasks_billed = scaling keeps the task count between { $min } and { $max }; in most hours it is { $expected } (desired_count only applies when a deploy begins)
tasks_desired = nothing scales this service: its desired_count ({ $tasks }) runs all month
schedule_local = the hours of the schedule are taken as those of the workload, whatever its time zone
placement = tasks: { $tasks }; { $on_demand } on demand, { $spot } on Spot (base first, then by weight)
placement_range = AWS does not publish how it rounds this split: between { $least } and { $most } on demand are possible
capacity_measured = the number of tasks that the load needs is computed from measurements of { $service }
capacity_unknown = this service was never measured, so it is billed at its minimum of tasks (set service.runs in glimpse.toml)
lcu_largest = the largest of four dimensions in each hour; an open WebSocket is an active connection
lcu_internal = an internal load balancer: the workload's traffic is taken not to enter here
committed = committed: { $term }, until { $until }
backup_within_storage = backups up to the allocated storage are part of the price
extended_support = major version { $version } left standard support: charged since { $since }
secret_read_at_start = read once when a task starts: too few calls to charge
shared_evenly = the workload is split evenly among { $count } of them
logs_measured = in measurements { $service } logged { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} for each message or request
logs_measured_none = in measurements { $service } logged nothing for a message or request; warnings and errors are not counted
logs_kept_a_month = one month of logs is taken to be kept
scaling_makes_alarms = target tracking makes { $count ->
    [one] 1 alarm
   *[other] { $count } alarms
} of its own
insights_metrics = { $count ->
    [one] 1 metric
   *[other] { $count } metrics
}: of the cluster, of its services ({ $services }), and of one task family for each
alias_queries_free = queries answered by alias records are not charged
no_alarm_mail = no alarm mail in an ordinary month
internet_out_of_workload = all that the workload sends to the internet: messages, responses and downloads
support_derived = the third year is taken to begin two years after that day, as it did for earlier versions; check AWS's calendar
support_unknown = whether { $engine } { $version } is charged for extended support is not known here
fetched_through_nat = what servers download: images, third-party services (fetched_gb_a_month of the workload)
zones_crossed = assumes servers spread evenly over { $zones ->
    [one] 1 zone
   *[other] { $zones } zones
}, and database and cache in one; charged on both sides
free_tier_granted = after the always-free allowance of { $granted } a month
linux_assumed = taken to be Linux with shared tenancy: the image decides, and it was not read

committed_proposed = committed: { $term }, from the day it is bought
logs_kept = logs are kept for { $days ->
    [one] 1 day
   *[other] { $days } days
}
internet_out_beside_edge = what the workload sends without CloudFront; what goes through CloudFront is charged there
edge_of_region = assumes that users are where the stack is; an upgrade to WebSocket is one request
sockets_as_requests = the events of the WebSocket API arrive here as requests: each message, connect and disconnect
socket_messages = messages sent and delivered, in units of { $kb } KB, and a ping { $minutes ->
    [one] every minute
   *[other] every { $minutes } minutes
} that keeps an idle connection open
function_called = each call takes { $ms } ms (function_ms of the workload) with { $mib } MiB: an assumption until it is measured
table_requests = each message is written once and its readers looked up once; a connection is written and removed
cache_least = the minimum charge, { $gb } GB: events pass through and are not stored
cache_units = { $units ->
    [one] 1 unit
   *[other] { $units } units
} for each message: published once, received by two tasks

## Bill: what is missing

needs_table_capacity = read_capacity or write_capacity could not be read
needs_public_ip = assign_public_ip could not be read
needs_retention = retention_in_days could not be read
needs_version = engine_version could not be read: an old one is charged for extended support
schedule_not_daily = only schedules that run once a day on the hour are read; the tasks that this one changes are not counted
no_price = no price for { $looked_for } in { $region }
price_ends = { $catalogue } has its price only up to { $limit } { $unit }
no_price_in_term = no price for { $looked_for } under { $term } in { $region }; sold as: { $terms }
needs_usage = usage not given: { $keys }
before_usage = before usage
before_other_usage = before usage that was not given
ui_no_price = no price
own_region_unknown = its provider states no region, so its region is unknown
commitment_address_unknown = [[commitments]] names { $address }, which is not in this stack: it changes nothing
commitment_address_unknown_near = [[commitments]] names { $address }, which is not in this stack: it changes nothing. Did you mean { $near }?
commitment_ended = the commitment of { $address } ended on { $day }: its hours are charged on demand again
commitment_not_begun = the commitment of { $address } begins on { $day }: until then its hours are charged on demand
commitment_of_nothing = { $address } has no hours that could be reserved: its commitment changes nothing
region_without_prices = it is in { $region }, and { $catalogue } has no prices of that region
needs_quantity = the quantity is unknown
needs_task_count = the number of tasks is unknown: desired_count or the scaling target could not be read
needs_task_size = the task definition, or its cpu and memory, could not be read
needs_zones = the number of zones (subnets) it is in could not be read
needs_instance_class = instance_class could not be read
needs_storage_size = allocated_storage could not be read
needs_vcpu_count = the number of vCPUs of this class is not known
needs_node_type = node_type could not be read
needs_node_count = the number of nodes could not be read
needs_disk_size = the disk's size is not in the files
needs_instance_type = instance_type could not be read
needs_instance_count = the number of instances could not be read
needs_subnet = a subnet that was not found decides whether it gets a public IPv4 address
