### Why `glimpse verify --on aws`, `watch` and `workload from-cloudwatch` cannot see something.

aws_no_credentials = No AWS credentials were found in environment variables, profiles, SSO or roles. Log in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.

aws_credentials_broken = The AWS credentials cannot be read: { $detail }. Log in again (`aws sso login`), or correct AWS_PROFILE and its profile.

aws_credentials_refused = AWS does not accept the credentials ({ $detail }). Log in again, or give valid ones.

aws_denied = AWS refuses { $action }: the policy of these credentials does not allow it. Attach { $policy }.

aws_throttled = AWS throttles { $action }: too many requests in this account. Try again in a minute.

aws_unreachable = { $action } in { $region }: the endpoint cannot be reached ({ $detail }). Check the region (--region) and the network of this machine.

aws_call_failed = { $action } in { $region } failed: { $detail }

aws_not_found = Not found in { $region }: { $name }. Check the region (--region), the account, and whether this Terraform was applied.

aws_name_unknown = The name of { $what } is not known before the apply, so it cannot be looked up.

aws_no_data = AWS has no data for { $name } yet.

aws_no_running_task = No task of { $service } runs, so its settings cannot be seen.

aws_deployment_under_way = A deployment of { $service } is under way: tasks with old and with new settings run. Try again when it has ended.

aws_no_balancer = The service { $service } is not behind a load balancer.

aws_internal_balancer = The load balancer { $name } is internal, and the Terraform names no domain. Give the address: --on URL.

aws_no_spot_task = The service { $service } runs no Fargate Spot task that could be taken away.

aws_too_few_days = Cost Explorer has costs for { $days ->
    [one] 1 day
   *[other] { $days } days
} only (needed: { $wanted }). It must be enabled in the account, and is a day late.

aws_other_currency = Cost Explorer answers in { $currency }; the plan is in USD.
