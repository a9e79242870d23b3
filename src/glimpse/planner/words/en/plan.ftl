### What a plan says beside the bill: availability, phases and steps.

## Availability

availability_why = by SLA { $least } %; without cache and NAT { $most } %. Tasks at the minimum: { $tasks }, on demand: { $on_demand }. Not counted: { $unrated }
availability_functions = by SLA { $least } %, without tasks. Not counted: { $unrated }
part_none = nothing
part_cloudfront = CloudFront (SLA not checked)
part_spot_tasks = tasks, unless two or more are on demand
part_serverless_cache = Valkey Serverless (SLA not checked)
part_nat_gateway = NAT gateway (SLA not checked)

## Phases and steps

phase_purchase = Buy
phase_code = Code
phase_prepare = Before the apply
phase_by_hand = Check by hand
phase_terraform = Terraform
phase_deploy = Deploy
phase_test = Test
step_commitment = buy { $term } for { $address }, then add it to [[commitments]] of glimpse.toml with its date
step_run_again = run glimpse plan again: it must then say ${ $monthly } a month
step_run_again_least = run glimpse plan again: it must then say at least ${ $monthly } a month

## What a stack has today

promise_max_tasks = maximum number of tasks
promise_instances = number of instances
promise_cache = cache engine
promise_cache_nodes = number of cache nodes
promise_zones = availability zones
as_today = as today
has_less = { $address } has { $found }; today { $today }
given_up = given up
free_tier_changes = with --free-tier always another combination would be cheapest: { $levers } (${ $monthly })
no_free_tier_changes = without the free tier another combination would be cheapest: { $levers } (${ $monthly })

## What to do, and what that saves

do_nothing = Keep the stack: everything that costs less gives something up
do_nothing_certain = Keep the stack: no change is certain to cost less
do_nothing_charged = Nothing: AWS charges for nothing that these files create
do_nothing_read = No advice: nothing that AWS charges for could be read
do_none = No advice: no combination of changes keeps every promise that glimpse.toml states: --show promises says why
do_unknown = No advice: whether this stack keeps what glimpse.toml promises is unknown: --show promises says why

## Promises

kept_as_today = Kept as it is today:
kept_all = What is advised takes away nothing that the stack has today, and buys nothing in advance. What may be given up can be stated in glimpse.toml, [promises] may_give_up.

## The comparison

search_forbidden_commitment = with a commitment: ${ $less } less, by { $levers }


## What a change saves

usage_a_month = { $units } { $unit } a month ({ $key } of { $address })
usage_stored = { $units } { $unit } ({ $key } of { $address })
saves_below = saves ${ $usd } a month without usage, less with it, and nothing above { $usage }
saves_below_any = saves ${ $usd } a month without usage, less with it, and nothing above any of these:
saves_above = costs ${ $usd } a month more without usage, less with it, and saves above { $usage }
saves_above_any = costs ${ $usd } a month more without usage, less with it, and saves above any of these:
usages_more = and { $count ->
    [one] 1 other kind
   *[other] { $count } other kinds
} of usage
saves_depends = whether it saves depends on usage that was not given: { $keys } ({ $count } in all)
new_resource = the new { $name }
ui_not_there = not changed here, because it would not certainly save:
ui_see_steps = { $lever } · where, how and its risk: see the steps
ui_edit_saves_least = saves ${ $saved } a month or more
ui_edit_saves_usage = saves part of the charges for usage
ui_idle = { $count ->
    [one] One other change does not apply to this stack.
   *[other] { $count } other changes do not apply to this stack.
}
ui_saves_nothing = These save nothing here, or cost more:
service = service

saves_between = between these two amounts: the catalogue has no price for { $parts }, but its other prices bound it
saves_unpriced = the catalogue has no price for { $parts }
places_more = and { $count } more
group_same_for_less = The same for less
group_gives_up = Gives something up
group_commitment = A commitment to AWS
group_by_hand = To look at by hand
ui_gives_up = gives up: { $name }
ui_growth = What grows with use

ui_where = Where
ui_how = How

## What is stored grows

growth_database = { $address }: messages add { $gb } GB a month; the size of its storage is unknown
growth_database_never = { $address }: messages add { $gb } GB a month; they do not fill its { $gib } GiB of storage within { $years ->
    [one] a year
   *[other] { $years } years
}
growth_database_full = { $address }: messages add { $gb } GB a month; starting empty, { $gib } GiB of storage are full in month { $months }. Whether storage autoscaling is on is unknown
growth_database_full_fixed = { $address }: messages add { $gb } GB a month; starting empty, its { $gib } GiB of storage are full in month { $months }. Storage autoscaling is off
growth_database_full_autoscaled = { $address }: messages add { $gb } GB a month; starting empty, the { $gib } GiB at which storage autoscaling ends are full in month { $months }, and cost ${ $usd } a month more than today's storage
growth_database_full_autoscaled_unpriced = { $address }: messages add { $gb } GB a month; starting empty, the { $gib } GiB at which storage autoscaling ends are full in month { $months }. Their cost is unknown
growth_files = { $address }: uploads add { $gb } GB a month, and ${ $usd } to each following month's bill
growth_files_unpriced = { $address }: uploads add { $gb } GB a month; their cost is unknown
growth_logs = { $address }: logs never expire; { $gb } GB a month add ${ $usd } to each following month's bill
growth_logs_unpriced = { $address }: logs never expire and grow by { $gb } GB a month; their cost is unknown
max_tasks = maximum { $found }; promised: { $wanted } or more
