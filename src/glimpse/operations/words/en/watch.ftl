### What `glimpse watch` says.

watch_days = --days { $days }: give a whole number from 1 to { $most }.

watch_send = --send { $given }: give sns: and the ARN of a topic (sns:arn:aws:sns:…), or slack.

watch_subject_attention = { $name }: needs attention ({ $count }), { $day }

watch_subject_good = { $name }: nothing needs attention, { $day }

watch_sent = The report was sent to { $where }.

watch_slack_missing = --send slack needs the address of an incoming webhook in the environment variable { $variable }.

watch_slack_not_https = { $variable } is not an https:// address, so nothing was sent. Copy the webhook's address again; it is not shown here, because it is a secret.

watch_slack_refused = Slack refused the report: { $status } { $detail }. The webhook may have been revoked: make a new one.

watch_slack_unreachable = Slack cannot be reached: { $detail }. Check this machine's network.

watch_asking = Asking AWS in { $region } what was paid and how the stack fares …

watch_title = { $name } in { $region }, { $date }

watch_attention = Needs attention

watch_attention_none = Nothing needs attention.

watch_unknown = unknown

## Money

watch_spending = Paid and planned

watch_paid = Paid { $paid } in { $days ->
    [one] 1 day
   *[other] { $days } days
} ({ $start } to { $end }), at a rate of { $month } a month; the plan has { $planned } a month.

watch_paid_high = The stack costs ${ $month } a month at the rate of { $days ->
    [one] this day
   *[other] these { $days } days
}: { $percent } % more than the planned ${ $planned }.

watch_partial = Costs begin on { $first }. That gives { $days ->
    [one] 1 day
   *[other] { $days } days
} to compare instead of { $wanted }, too few to judge.

watch_no_costs = Cost Explorer has no costs for { $days ->
    [one] this day
   *[other] these { $days } days
}. Costs appear up to 24 hours later, as do the first figures after Cost Explorer was enabled.

watch_at_least = A part of the plan has no price, so the plan is a minimum.

watch_adjustments = Recorded in these days and not in the figures above: tax { $tax }, credits and refunds { $credits }.

watch_tag = Counted: everything with the tag { $key }={ $value }, and everything without the tag { $key } ({ $untagged }). Other environments ({ $others }) are not counted.

watch_no_tag = Everything in the account is counted, other stacks included.

watch_tag_inactive = The tag { $key } is not activated as a cost allocation tag (do that in Billing and Cost Management, Cost allocation tags; it takes up to 24 hours).

watch_tag_nameless = The Terraform does not give the name of the environment, which the tag { $key } would have.

watch_estimated = Cost Explorer calls these figures estimates until the month's invoice.

watch_chart = USD a day, with { $planned } a day in the plan

watch_lines = By line, USD a month at the rate of these days

watch_not_planned = Paid for, but not in the plan (USD a month)

watch_not_paid = In the plan, but not paid for in these days (USD a month)

watch_not_comparable = its usage type on AWS's invoice is not known here

watch_hosted_zone = AWS charges a hosted zone once a month, on its first day: other days do not have it.

watch_services = By service, USD a month at the rate of these days

watch_explained = The difference to the plan, credits included, is { $total } a month: { $parts }.

watch_instead = {" "}({ $paid } instead of { $planned } { $unit })

watch_instead_rate = {" "}({ $paid } instead of { $listed } per { $unit })

watch_part_not_planned = not in the plan { $amount }

watch_part_not_paid = not paid for { $amount }

watch_part_free = free tier or no charge { $amount }

watch_column_line = Line

watch_column_service = Service

watch_column_planned = Planned

watch_column_paid = Paid

watch_column_difference = Diff.

watch_column_why = Why

watch_requests = Requests to Cost Explorer for this report: { $count }, at $0.01 each.

## Health

watch_health = Health

watch_column_what = What

watch_column_finding = Finding

watch_of_alarms = Alarms

watch_of_tasks = Tasks

watch_of_answers = 5xx answers

watch_of_connections = Database connections

watch_of_cpu_credits = Database CPU credits

watch_of_storage = Database storage

watch_of_budget = Budget

watch_of_certificate = Certificate

watch_of_engine = Database engine

watch_of_prices = Prices

watch_alarms = OK: { $ok } of { $count }

watch_alarms_silent = OK: { $ok } of { $count }; without data: { $names }

watch_alarms_none = no alarm has a name that begins with { $prefix }

watch_alarm = The alarm { $name } has been raised since { $since }: { $reason }

watch_tasks = running: { $running } of { $wanted }; { $on_demand } on demand, { $spot } on Spot

watch_tasks_unplaced = running: { $running } of { $wanted }

watch_tasks_none = No task is running; the desired count is { $wanted }.

watch_answers = { $errors } for { $requests ->
    [one] 1 request
   *[other] { $requests } requests
} ({ $percent } %) in { $days ->
    [one] 1 day
   *[other] { $days } days
}

watch_connections = at most { $most } of { $limit } in { $days ->
    [one] 1 day
   *[other] { $days } days
}

watch_connections_unlimited = at most { $most } in { $days ->
    [one] 1 day
   *[other] { $days } days
}; the limit cannot be seen

watch_cpu_credits = lowest balance { $lowest }; no surplus credits were charged

watch_cpu_credits_surplus = lowest balance { $lowest }; surplus credits charged: { $surplus }. The class is too small for this load

watch_storage = { $used } of { $most } GiB used; at { $growth } MiB a day it is full on { $ends }

watch_storage_full = { $used } of { $most } GiB of the database's disk are used; at { $growth } MiB a day it is full on { $ends }.

watch_storage_steady = { $used } of { $most } GiB used; it does not grow noticeably

watch_storage_no_growth = { $used } of { $most } GiB used; two days of data are needed to tell when it is full

watch_storage_no_limit = AWS does not report the size of the disk

watch_budget = { $name }: ${ $spent } of ${ $limit } in { $month }

watch_budget_passed = The budget { $name } is exceeded: ${ $spent } of ${ $limit } in { $month }.

watch_no_certificate = the balancer has no certificate of its own

watch_certificate = { $domain }: valid until { $ends }; ACM renews it 60 days before

watch_certificate_ends = The certificate of { $domain } ends on { $ends }, and ACM has not renewed it: check its DNS record.

watch_engine = { $version }: standard support until { $ends }

watch_engine_ends = Standard support of the database version { $version } ends on { $ends }; then RDS charges extended support for each vCPU. Upgrade before that.

watch_engine_unknown = { $version }: the end of its standard support is not known

watch_prices = the plan's prices are from { $oldest } to { $newest }; `glimpse prices update` fetches newer ones
