### The page of --format html.

## The head

html_today = Today
html_recommended = Recommended
html_saves = Saves
html_a_month = a month
html_contents = Contents
html_made = Made on { $day } by glimpse { $version } with the price catalogue { $name }.

## The bill

html_bill = The bill
html_by_component = By component, USD a month
html_others = { $count ->
    [one] one other
   *[other] { $count } others
}
html_all = { $count ->
    [one] one small part
   *[other] { $count } small parts
}
html_tree = By service
html_tree_how = Each box is as high as its share of the bill. Figures are USD a month.
html_service = Service
html_lines_count = Lines
html_as_table = The same as a table
html_usd_a_month = USD a month

## The changes

html_waterfall = From today to the recommendation, USD a month
html_other_changes = { $count ->
    [one] one other change
   *[other] { $count } other changes
}
html_changes = The changes
html_changes_lead = The largest saving first. Each saving is what the change adds to those above it, so that they add up.
html_saves_a_month = a month
html_effort = Effort: { $effort } ({ $work })
html_planned = nothing implements it yet
html_effort_none = no file to change
html_effort_variable = a value
html_effort_config = values, and something to prepare
html_effort_code = of the service or its clients
html_effort_migration = another architecture
html_sources_note = Every line below has its price, its document, its date and what it assumes.
html_scenario_without = { $name } (not kept: { $promises })
html_alike = { $count } alike, ${ $usd } each
html_risk = Risk
html_not_advised = Not advised
html_not_advised_lead = Changes that give something up, depend on usage that was not given, or save nothing beside those above. The figure is what each saves in addition.
html_steps = Steps

## Cost against what is given up

html_scenarios = Alternatives
html_alternatives = Cost against what is given up, USD a month
html_alternatives_how = A full dot keeps every promise. A ring gives something up, or may do so.
html_alternative = Alternative
html_without = without "{ $name }"
html_with_commitment = with a commitment to AWS
html_not_kept = Promises not kept
html_none = none
html_reasons = Why nothing cheaper is recommended

## What is not known

html_gaps_lead = Nothing here is counted as 0: the total is at least what is printed. What may cost most comes first.
html_no_gaps = Every resource is priced, or costs nothing itself.
html_gap_unread = not read
html_gap_bound = At most ${ $usd } a month.

## Every line

html_lines = Every line
html_lines_lead = The most expensive resource first. Open a line for its price, source, date and assumptions.
html_left_out = { $count ->
    [one] One more line costs ${ $usd }. glimpse bill prints it.
   *[other] { $count } more lines cost ${ $usd } together. glimpse bill prints them.
}
html_before_usage = { $count ->
    [one] Usage that was not given: one price
   *[other] Usage that was not given: { $count } prices
}
html_zero_lines = { $count ->
    [one] One line that costs $0.00
   *[other] { $count } lines that cost $0.00
}
html_unit_price = Price
html_source = Source
html_date = Price of
html_confidence = Confidence
html_confidence_high = high
html_confidence_medium = medium
html_range = From fewest to most tasks
html_committed = Committed until
html_give_usage = Usage to give
html_paid = Really paid

## The document

html_document = The plan document
html_document_says = The document says
html_alarm = Alarm
