least_nodes = the minimum that its scaling keeps ({ $count })
support_percent = { $percent } % of the node's price on demand, on top of it
