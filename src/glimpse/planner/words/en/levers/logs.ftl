### Levers on logs.

lever_log_retention = logs kept for 7 days
how_log_retention = set retention_in_days = 7 in the log group: stored logs are charged by the gigabyte and month; ingestion costs far more and does not change. Older lines are deleted within days and cannot be restored
loses_log_retention = no logs older than a week
risk_log_retention = an incident older than a week cannot be investigated

lever_infrequent_access_logs = Infrequent Access class for logs
how_infrequent_access_logs = set log_group_class = "INFREQUENT_ACCESS" in the log group and give it a new name, because the class of a group cannot be changed: Terraform makes a new group. Remove the old one from the state first (removed block) where its lines are still needed, and point the writer at the new name
loses_infrequent_access_logs = no log filters, no Live Tail
risk_infrequent_access_logs = no metric filters, subscriptions, Live Tail, data protection or embedded metrics; logs can only be read by Logs Insights queries, which are charged. Anything outside these files that uses those features stops working

promise_log_days = log retention
promise_log_features = log filters, subscriptions and Live Tail
