### The sentences of the live page's server.

page_charts_missing = The charts need the package vl-convert-python: install glimpse with its extra `operations`.
page_charts_broken = The chart library could not be built: { $detail }
page_drill_request = The request of the drill is not valid: { $detail }
page_drill_running = The drill { $name } is running: start another one when it has ended.
page_drill_crashed = The drill could not continue: { $detail }
page_costs_unread = The workload beside the stack cannot be read, so its load cannot be priced: { $detail }
