### Levers and scenarios, and why one is recommended.

## Levers and scenarios

search_forbidden = without "{ $promise }": ${ $less } less, by { $levers }
search_second = second best: ${ $more } more, by { $levers }
search_more_on_demand = more on-demand tasks ({ $count }) would cost ${ $more } more
passed_over_promise = { $scenario }: promises that it breaks, or that are unknown: { $promises }
passed_over_unpriced = { $scenario }: a part that differs from today has no price, so its saving cannot be computed
passed_over_planned = { $scenario }: changes that nobody has implemented yet: { $levers }
passed_over_same = { $scenario }: costs the same
passed_over_dearer = { $scenario }: costs ${ $more } more than what is recommended
terraform = Terraform
purchase = purchase
hand = by hand
both = both
planned = planned
