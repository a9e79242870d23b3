### What a plan's report begins with: the answers, the bars, the waterfall, the changes and the gaps.

## The questions, and the label before each answer

question_cost = What does it cost?
question_advice = What should I do?
question_loss = What do I lose?
question_offers = What would save more?
question_promises = Which promise is broken now?
question_risks = What are the risks now?
question_unknown = What is not known?
question_sources = Where do the numbers come from?
ui_answer_cost = Costs now
ui_answer_advice = Do
ui_answer_loss = You lose
ui_answer_offers = Optional
ui_answer_promises = Broken now
ui_answer_risks = Risks now
ui_answer_unknown = Not known
ui_answer_sources = Prices

## What it costs

cost_before_usage = Before usage: traffic, requests and storage come on top
cost_before_other_usage = Before usage that was not given, which comes on top

## What to do

advice_change = Make one change:
advice_changes = { $count ->
    [one] Make the change below
   *[other] Make the { $count } changes below
}
advice_scenario = { $count ->
    [one] Make the change below (scenario { $scenario })
   *[other] Make the { $count } changes below (scenario { $scenario })
}
advice_saves = That comes to ${ $monthly } a month, ${ $saving } ({ $percent } %) less
advice_saves_of_known = That comes to at least ${ $monthly } a month, ${ $saving } less ({ $percent } % of what is known)
advice_saves_at_least = That comes to ${ $monthly } a month, at least ${ $saving } ({ $percent } %) less
advice_saves_at_least_of_known = That comes to at least ${ $monthly } a month, at least ${ $saving } less ({ $percent } % of what is known)
advice_saves_usage = It lowers charges for usage; by how much depends on the usage
advice_saves_nothing = It saves no money, and prevents charges or failures
advice_all = They are:
advice_largest = The largest:
advice_for_the_least = This is advice for the case that costs least
advice_by_hand = Check by hand:
more_items = { $count ->
    [one] one more
   *[other] { $count } more
}
as_it_is = { $text }

## What is lost

loss_nothing = Nothing that the stack has today
loss_no_change = Nothing: no change is advised
loss_given_up = Given up, as glimpse.toml permits:
loss_kept = Kept:
loss_on_the_way = Expect:
keeps_websocket = WebSocket
keeps_min_tasks = the minimum of tasks
keeps_max_tasks = the maximum of tasks
keeps_min_on_demand_tasks = on-demand tasks
keeps_database = the database engine
keeps_multi_az = the standby in another zone
keeps_cache = the cache engine
keeps_cache_nodes = the number of cache nodes
keeps_instances = the number of instances
keeps_zones = all zones
keeps_log_days = log retention
keeps_no_commitment = no purchase in advance
keeps_connections_fit = connections that fit
keeps_sockets = the promised sockets

## What more could be saved

offers_some = Giving something up saves more:
offer = ${ $saving } without "{ $promise }"
offer_commitment = ${ $saving } with a one-year commitment
offers_little_usage = As long as little is used, up to ${ $saving } a month less:

## What is at risk or broken now

broken_promise = glimpse.toml promises "{ $promise }", and the stack breaks it:
risks_some = { $count ->
    [one] One:
   *[other] { $count }:
}
risks_all_mended = { $count ->
    [one] The changes fix it
   *[other] The changes fix all { $count } of them
}
risks_mended = { $count ->
    [one] The changes fix one of them
   *[other] The changes fix { $count } of them
}

## What is not known

unknown_nothing = Nothing: every part has a price
unknown_values = { $count ->
    [one] The value of one variable:
   *[other] The values of { $count } variables:
}
unknown_unpriced = { $count ->
    [one] The price of one part:
   *[other] The prices of { $count } parts:
}
unknown_unread = { $count ->
    [one] One part of the files, which could not be read
   *[other] { $count } parts of the files, which could not be read
}
unknown_usage = { $count ->
    [one] How much is used: one quantity, which glimpse.toml can state
   *[other] How much is used: { $count } quantities, which glimpse.toml can state
}
unknown_usage_init = { $count ->
    [one] How much is used: one quantity. State it in the glimpse.toml that glimpse init writes
   *[other] How much is used: { $count } quantities. State them in the glimpse.toml that glimpse init writes
}
unknown_spot = How often AWS takes Spot capacity back
unknown_for_warnings = { $count ->
    [one] One warning stands under the bill
   *[other] { $count } warnings stand under the bill
}

## Where the numbers come from

sources = { $count ->
    [one] One AWS list price for { $region }, dated { $oldest } to { $newest }
   *[other] { $count } AWS list prices for { $region }, dated { $oldest } to { $newest }
}
sources_of_one_day = { $count ->
    [one] One AWS list price for { $region }, dated { $newest }
   *[other] { $count } AWS list prices for { $region }, dated { $newest }
}
sources_list = Without tax, without free tier
sources_free_tier = Without tax, after AWS's always-free allowances
sources_none = No price is known for what is in these files

## Bars, waterfall, changes, gaps, and the command for more

ui_answer_paid = Paid
ui_bars = The bill by component, USD a month
bars_rest = { $count ->
    [one] one other component
   *[other] { $count } other components
}
ui_steps_down = Today → recommended, USD a month
steps_today = today
steps_recommended = recommended
ui_changes = The changes, USD saved a month
ui_change = Change
ui_asks = What to expect
changes_rest = { $count ->
    [one] one more: --show levers
   *[other] { $count } more: --show levers
}
changes_rest_mending = { $count ->
    [one] one more against risks: --show levers
   *[other] { $count } more against risks: --show levers
}
saves_by_use = by usage
ui_gaps = Not counted in the total, the likely largest first
gaps_rest = { $count ->
    [one] and one more part: --show bill
   *[other] and { $count } more parts: --show bill
}
gap_no_price = no price for { $parts }
gap_bound = {" "}(at most ${ $usd })
not_given_more = { $count ->
    [one] one more variable that decides a figure: --show bill
   *[other] { $count } more variables that decide a figure: --show bill
}
more_full = More: { $command } --full; or --show and one of steps, levers, risks, scenarios, promises, bill, sources
