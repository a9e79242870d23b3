needs_delivery_subnets = the number of subnets that it delivers to is unknown
records_of_steps = each record is taken to fill whole steps of { $kb } KB; a smaller record is charged as { $kb } KB (record_size_kb sets its size)
