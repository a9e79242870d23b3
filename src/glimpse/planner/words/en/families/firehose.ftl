needs_delivery_subnets = in how many subnets it delivers is unknown
records_of_steps = each record is taken to fill its steps of { $kb } KB; smaller ones cost as much as { $kb } KB (record_size_kb tells)
