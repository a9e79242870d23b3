### Levers on what watches servers, containers and databases.

lever_basic_monitoring = EC2 basic monitoring, every 5 minutes
how_basic_monitoring = set monitoring = false in the instance, monitoring {"{"} enabled = false {"}"} in the launch template, or enable_monitoring = false in the launch configuration (left out there, it is on). A running instance is changed without a restart; those of a group when they are replaced
loses_basic_monitoring = no metrics every minute
risk_basic_monitoring = alarms and scaling policies on CPU and network see a value every 5 minutes instead of every minute, so that they act later; an alarm with a period of 60 s has too little data

lever_container_insights_off = Container Insights off
how_container_insights_off = set value = "disabled" in the cluster's setting block with name = "containerInsights"; nothing restarts
loses_container_insights_off = no metrics of single tasks
risk_container_insights_off = no more task counts, restarts, memory, storage or network of single services and task families, and dashboards that show them stay empty; CPU and memory of each service stay free

lever_database_insights_standard = Database Insights: standard, 7 days
how_database_insights_standard = set database_insights_mode = "standard" and performance_insights_retention_period = 7 in the instance, or in the cluster where that states them; nothing restarts
loses_database_insights_standard = no insights older than 7 days
risk_database_insights_standard = what the database did more than 7 days ago can no longer be seen, and the analyses of the advanced mode are gone

lever_enhanced_monitoring_off = RDS Enhanced Monitoring off
how_enhanced_monitoring_off = set monitoring_interval = 0 and remove monitoring_role_arn in the instance, or in the cluster where that states them; nothing restarts
loses_enhanced_monitoring_off = no process and memory metrics
risk_enhanced_monitoring_off = no processes and no memory of the operating system every few seconds; CloudWatch's metrics of the instance stay, a value a minute

promise_detailed_monitoring = metrics of instances every minute
promise_container_insights = Container Insights metrics
promise_database_insights = months of database insights
promise_enhanced_monitoring = RDS Enhanced Monitoring
