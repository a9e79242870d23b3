### What `glimpse watch` says.

watch_days = --days { $days }: give a number of days from 1 to { $most }.

watch_send = --send { $given }: give sns: and the ARN of a topic (sns:arn:aws:sns:…), or slack.

watch_subject_attention = { $name }: needs attention ({ $count }), { $day }

watch_subject_good = { $name }: nothing needs attention, { $day }

watch_sent = The report was sent to { $where }.

watch_slack_missing = --send slack needs the address of an incoming webhook in the environment variable { $variable }.

watch_slack_not_https = { $variable } holds no https:// address, so nothing was sent. Copy the webhook's address anew; it is not shown here, because it is a secret.

watch_slack_refused = Slack refused the report: { $status } { $detail }. The webhook may have been revoked: make a new one.

watch_slack_unreachable = Slack cannot be reached: { $detail }. Check this machine's network.

watch_title = { $name } in { $region }, { $date }

watch_attention = Needs attention

watch_attention_none = Nothing needs attention.

watch_unknown = unknown

## Money

watch_spending = Paid and planned

watch_paid = Paid { $paid } in { $days } days ({ $start } to { $end }), at a rate of { $month } a month; the plan has { $planned } a month.

watch_paid_high = The stack costs ${ $month } a month at the rate of these { $days } days: { $percent } % more than the planned ${ $planned }.

watch_partial = Costs begin on { $first }: { $days } of { $wanted } days are compared, too few to judge.

watch_no_costs = Cost Explorer has no costs for these { $days } days. A day's costs come up to 24 hours later, and so does the first answer after Cost Explorer was enabled.

watch_at_least = A part of the plan has no price, so the plan is a minimum.

watch_adjustments = Recorded in these days and not in the figures above: tax { $tax }, credits and refunds { $credits }.

watch_tag = Counted: everything with the tag { $key }={ $value }, and everything without the tag { $key } ({ $untagged }). Other environments ({ $others }) are not counted.

watch_no_tag = Everything in the account is counted, other stacks included.

watch_tag_inactive = The tag { $key } is not activated as a cost allocation tag (Billing and Cost Management, Cost allocation tags; it takes up to 24 hours).

watch_tag_nameless = The Terraform does not tell the environment's name, which the tag { $key } would have.

watch_estimated = Cost Explorer calls these figures estimates until the month's invoice.

watch_chart = USD a day, beside { $planned } a day in the plan

watch_lines = By line, USD a month at the rate of these days

watch_not_planned = Paid for, and not in the plan (USD a month)

watch_not_paid = In the plan, and not paid for in these days (USD a month)

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

watch_requests = Made with { $count } requests of Cost Explorer, which cost $0.01 each.

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

watch_alarms = { $ok } of { $count } are OK

watch_alarms_silent = { $ok } of { $count } are OK; without data: { $names }

watch_alarms_none = there is no alarm whose name begins with { $prefix }

watch_alarm = The alarm { $name } is raised since { $since }: { $reason }

watch_tasks = { $running } of { $wanted } run: { $on_demand } on demand, { $spot } on Spot

watch_tasks_unplaced = { $running } of { $wanted } run

watch_tasks_none = No task runs, and { $wanted } are wanted.

watch_answers = { $errors } for { $requests } requests ({ $percent } %) in { $days } days

watch_connections = at most { $most } of { $limit } in { $days } days

watch_connections_unlimited = at most { $most } in { $days } days; the limit cannot be seen

watch_cpu_credits = the balance was { $lowest } at the lowest; no surplus credits were charged

watch_cpu_credits_surplus = the balance was { $lowest } at the lowest; { $surplus } surplus credits were charged: the class is too small for this load

watch_storage = { $used } of { $most } GiB used; at { $growth } MiB a day it is full on { $ends }

watch_storage_full = The database's disk has { $used } of { $most } GiB used; at { $growth } MiB a day it is full on { $ends }.

watch_storage_steady = { $used } of { $most } GiB used; it does not grow noticeably

watch_storage_no_growth = { $used } of { $most } GiB used; two days of data are needed to tell when it is full

watch_storage_no_limit = AWS does not tell the size of the disk

watch_budget = { $name }: ${ $spent } of ${ $limit } in { $month }

watch_budget_passed = The budget { $name } is passed: ${ $spent } of ${ $limit } in { $month }.

watch_no_certificate = the balancer has no certificate of its own

watch_certificate = { $domain }: valid until { $ends }; ACM renews it 60 days before

watch_certificate_ends = The certificate of { $domain } ends on { $ends }, and ACM has not renewed it: check its DNS record.

watch_engine = { $version }: standard support until { $ends }

watch_engine_ends = Standard support of the database's version { $version } ends on { $ends }; RDS then charges extended support for each vCPU. Upgrade before.

watch_engine_unknown = { $version }: the end of its standard support is not known

watch_prices = the plan's prices are from { $oldest } to { $newest }; `glimpse prices update` brings newer ones
