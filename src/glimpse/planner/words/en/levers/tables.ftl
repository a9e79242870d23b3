### Levers on DynamoDB tables.

lever_on_demand_table = DynamoDB on demand, not provisioned
how_on_demand_table = set billing_mode = "PAY_PER_REQUEST" and remove read_capacity and write_capacity, also from each global_secondary_index. The table is changed in place and stays available; it can be changed back after 24 hours
loses_on_demand_table = no limit of what requests cost
risk_on_demand_table = nothing limits what requests cost, unless on_demand_throughput does; above the number of requests shown it costs more

lever_infrequent_access_table = DynamoDB Standard-IA table class
how_infrequent_access_table = set table_class = "STANDARD_INFREQUENT_ACCESS" in the table; it is changed in place, at most twice in 30 days. It pays where storage is the larger part of the table's costs
loses_infrequent_access_table = more expensive reads and writes
risk_infrequent_access_table = reads and writes cost a quarter more, and reserved capacity does not apply; where requests are the larger part it costs more

promise_provisioned_capacity = provisioned capacity at a fixed price
