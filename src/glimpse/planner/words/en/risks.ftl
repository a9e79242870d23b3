### Risks: for each kind what and why, and a few words for the summary.

## Extended support

extended_support_charged = standard support of { $engine } { $version } has ended: since { $since } AWS charges extended support, ${ $usd } a month here. { $supported } and newer are in standard support
short_extended_support_charged = pays for extended support
extended_support_charged_by_use = standard support of { $engine } { $version } has ended: since { $since } AWS charges extended support, ${ $usd } for each ACU-hour. { $supported } and newer are in standard support
short_extended_support_charged_by_use = pays for extended support
extended_support_charged_unpriced = standard support of { $engine } { $version } has ended: since { $since } AWS charges extended support, whose price is not in the catalogue. { $supported } and newer are in standard support
short_extended_support_charged_unpriced = pays for extended support
extended_support_soon = standard support of { $engine } { $version } ends soon: from { $since } extended support costs ${ $usd } a month here. { $supported } and newer are supported longer
short_extended_support_soon = extended support begins soon
extended_support_soon_by_use = standard support of { $engine } { $version } ends soon: from { $since } extended support costs ${ $usd } for each ACU-hour. { $supported } and newer are supported longer
short_extended_support_soon_by_use = extended support begins soon
extended_support_soon_unpriced = standard support of { $engine } { $version } ends soon: from { $since } AWS charges extended support, whose price is not in the catalogue. { $supported } and newer are supported longer
short_extended_support_soon_unpriced = extended support begins soon
extended_support_of_search = this version of OpenSearch or Elasticsearch is in extended support, which AWS charges for every hour of its nodes; its price is not in the catalogue. OpenSearch 2.11 and newer are in standard support
short_extended_support_of_search = pays for extended support

## Databases

public_database = { $engine } is publicly accessible: only security groups and its password protect it from the internet, and its public address costs ${ $usd } a month
short_public_database = a publicly accessible database
public_database_unpriced = { $engine } is publicly accessible: only security groups and its password protect it from the internet
short_public_database_unpriced = a publicly accessible database
storage_cannot_grow = storage stays at { $gib } GiB: without max_allocated_storage RDS never enlarges it, and a full disk stops the database. The argument costs nothing until the storage grows
short_storage_cannot_grow = database storage cannot grow

## Tasks

killed_before_drained = when AWS reclaims a Spot task, the task is killed { $stop } s after SIGTERM (stopTimeout), but its target group lets requests run for { $drain } s: requests that are still open are cut. Set stopTimeout up to 120 s, and deregistration_delay no higher than that
short_killed_before_drained = Spot tasks end before draining
scaling_without_room = min_capacity and max_capacity are both { $count }: the scaling policies can never add or remove a task
short_scaling_without_room = autoscaling has no room
scaling_at_its_most = desired_count is { $count }, and so is max_capacity: under load the scaling policies cannot add a task
short_scaling_at_its_most = autoscaling cannot add tasks

## Network

nat_gateway_alone = subnets in several zones ({ $zones }) reach the internet only through this NAT gateway: when its zone fails, all of them lose the internet, and traffic from the other zones crosses a zone boundary, which is charged
short_nat_gateway_alone = one NAT gateway, several zones
nat_instance_alone = subnets in several zones ({ $zones }) reach the internet only through this NAT instance: when it or its zone fails, all of them lose the internet
short_nat_instance_alone = one NAT instance, several zones
health_check_slow = a target that hangs gets requests for up to { $seconds } s more: { $failures ->
    [one] 1 failed check
   *[other] { $failures } failed checks
}, one every { $interval } s. With 30 s and 2 checks it is 60 s
short_health_check_slow = slow health checks

## Monitoring

alarms_without_actions = { $count ->
    [one] one alarm has no action. It is charged, and nobody is notified when it fires (alarm_actions, ok_actions and insufficient_data_actions are empty)
   *[other] { $count } alarms have no action. Each is charged, and nobody is notified when it fires (alarm_actions, ok_actions and insufficient_data_actions are empty)
}
short_alarms_without_actions = alarms that notify nobody
topic_without_subscription = { $count ->
    [one] one alarm publishes to this SNS topic, and nothing in these files subscribes to it. Unless somebody subscribed by hand, nobody is notified
   *[other] { $count } alarms publish to this SNS topic, and nothing in these files subscribes to it. Unless somebody subscribed by hand, nobody is notified
}
short_topic_without_subscription = an alarm topic without subscribers

## Instances

group_without_room = min_size and max_size are both { $count }: the scaling policies of this group can never add or remove an instance
short_group_without_room = autoscaling has no room
group_at_its_most = desired_capacity is { $count }, and so is max_size: under load the scaling policies of this group cannot add an instance
short_group_at_its_most = autoscaling cannot add instances
burstable_credits = { $count ->
    [one] one burstable instance is in unlimited mode. What it uses above its baseline over a day is charged at ${ $usd } a vCPU-hour, without an upper bound
   *[other] { $count } burstable instances are in unlimited mode. What they use above their baseline over a day is charged at ${ $usd } a vCPU-hour, without an upper bound
}
short_burstable_credits = CPU credits without a limit
burstable_credits_unpriced = { $count ->
    [one] one burstable instance is in unlimited mode. What it uses above its baseline over a day is charged by the vCPU-hour, without an upper bound
   *[other] { $count } burstable instances are in unlimited mode. What they use above their baseline over a day is charged by the vCPU-hour, without an upper bound
}
short_burstable_credits_unpriced = CPU credits without a limit

## Logs

logs_for_ever = { $count ->
    [one] one log group has no retention_in_days. Its logs are never deleted, so the storage charge grows every month. Set retention_in_days to how far you really look back
   *[other] { $count } log groups have no retention_in_days. Their logs are never deleted, so the storage charge grows every month. Set retention_in_days to how far you really look back
}
short_logs_for_ever = logs kept for ever
