### Levers on logs.

lever_log_retention = logs kept for 7 days
how_log_retention = set retention_in_days = 7 in the log group: what is kept is charged by the gigabyte and month; what comes in costs far more, and stays. Older lines are deleted within days and cannot be brought back
risk_log_retention = an incident older than a week cannot be looked into

lever_infrequent_access_logs = Infrequent Access class for logs
how_infrequent_access_logs = set log_group_class = "INFREQUENT_ACCESS" in the log group and give it a new name, because the class of a group cannot be changed: Terraform makes a new group. Remove the old one from the state first (removed block) where its lines are still needed, and point the writer at the new name
risk_infrequent_access_logs = no metric filters, subscriptions, Live Tail, data protection or embedded metrics, and no reading of streams but by Logs Insights queries, which are charged. Whatever outside these files uses them stops working

promise_log_days = the days that logs are kept
promise_log_features = log filters, subscriptions and Live Tail
