### What goes wrong where `up`, `drill` and `verify` ask the planner what runs.

deployment_missing = { $path } has no ECS service on Fargate behind a load balancer, the only kind that can run here. Give the folder of an environment, such as infrastructure/terraform/environments/startup-prod.

deployment_tasks_unknown = { $path } does not say how many tasks its ECS service runs: the value is only known with its variables. Give them with --var NAME=VALUE or --var-file FILE.

planner_failed = `glimpse plan` ended with exit code { $status } and printed no plan: { $detail } Run it yourself with the same path to see all that it says.

plan_unreadable = What `glimpse plan --format json` printed is not a plan of this version: { $detail }. Another `glimpse` may come first on the module path; install this one again.
