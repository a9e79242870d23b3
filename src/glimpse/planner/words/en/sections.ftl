### The sections of a plan's whole report: which there are, and what one says that has nothing to show.

show_beside_full = --full already prints every section: give either --full or --show
show_not_in_format = --show chooses parts of the terminal and Markdown reports; --format { $format } is always whole. Leave --show out
section_unknown = --show { $name }: there is no such section. The sections are { $sections }
section_unknown_near = --show { $name }: there is no such section. Did you mean { $near }? The sections are { $sections }

## What a section says that has nothing to show

no_risks = Risks: none found in what could be read of this design.
no_steps = Steps: no change is recommended, so there is nothing to do.
no_levers = Changes: none would save anything here.
no_scenarios = Scenarios: glimpse.toml states none, and no change is recommended that could be compared with today.
no_promises = Promises: glimpse.toml states none, and nothing in this stack could be lost by a change.
no_growth = Growth: nothing is known to grow here. It follows from the people in glimpse.toml ([people] users).
no_paid = Paid: nothing is known of what was paid. Give AWS's bill with --actual FILE.
no_checks = Checks: this stack's glimpse.toml names no plan document ([plan] document).
no_alarms = Alarms: this stack's glimpse.toml names no plan document ([plan] document).
no_claims = Claims: this stack's glimpse.toml names no plan document ([plan] document).

## The bill

ui_zero_lines = { $count ->
        [one] One line costs nothing now:
       *[other] { $count } lines cost nothing now:
    }

## The comparison

ui_kept = Promises kept
best_of = { $count ->
        [one] The only combination of changes that keeps every promise:
       *[other] The cheapest of { $shown } combinations of changes that keeps every promise:
    }
ui_as_it_stands = the stack as it stands
kept_everything = all
kept_all_but = all but { $count }
names_broken = breaks:
names_unknown = not known whether it keeps:
ui_document_scenarios = The document's own comparison

## The sources

ui_prices_used = List prices used, in { $region }
price_per = USD per { $unit }
price_from = USD from { $start } { $unit }
price_upfront = { $months ->
        [one] USD upfront, for one month
       *[other] USD upfront, for { $months } months
    }
