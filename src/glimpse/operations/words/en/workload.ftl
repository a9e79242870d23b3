### What `glimpse workload from-cloudwatch` says.

workload_not_beside = { $path }: there is no glimpse.toml beside this stack. Make one first: `glimpse init { $path }`.

workload_file_unreadable = { $path }: the file cannot be read: { $detail }

workload_unwritable = { $path }: the file cannot be written and is as it was: { $detail }

workload_not_toml = { $path } is not TOML: { $detail }

workload_no_users = { $path } does not say how many people use the service, and no metric shows it. State people.users first; the other values are for each user.

workload_asking = Reading { $days ->
    [one] 1 day
   *[other] { $days } days
} of CloudWatch's metrics in { $region } …

workload_title = The workload in { $region }, as { $days ->
    [one] 1 day of CloudWatch shows
   *[other] { $days } days of CloudWatch show
} it

workload_measured = Measured

workload_column_key = Key

workload_column_before = Before

workload_column_after = Now

workload_column_metric = From

workload_bill = With these values the bill is ${ $after } a month; before, it was ${ $before }.

workload_nothing = No metric has a full day of data, so nothing was measured. Run this again when the stack has had traffic for some days.

workload_facts = Seen, but not a value of the file

workload_fact_utilization = { $metric } of the tasks: { $mean } % on average, { $most } % in the busiest hour

workload_fact_storage = FreeStorageSpace of the database: { $mib } MiB less each day

workload_fact_processed = ProcessedBytes of the balancer: { $gb } GB a month, WebSocket included

workload_kept = Kept, because no metric shows it

workload_metrics = Metrics requested from CloudWatch: { $count }, at $0.01 for 1,000.

workload_written = Written to { $path }. Each value has its metric in its comment.

workload_not_written = No file was changed: give --output FILE to write it.

## Why a value is kept

workload_no_data = CloudWatch has less than a day of { $metric } (files: less than a week)

workload_more_sockets = the sockets that were open at once ({ $sockets }) outnumber the people that the file states ({ $users }): correct people.users

workload_connects_unclear = new connections ({ $new }) and requests ({ $requests }) a day do not match habits.requests_per_connection

workload_fewer_objects = the bucket has fewer files than before, so uploads cannot be told from deletions

workload_no_bucket = neither the task definition nor the Terraform gives the name of the bucket

workload_no_request_metrics = the bucket has no request metrics (S3 charges for them), and downloads do not pass a CloudFront distribution of this stack

workload_no_log_group = the task definition does not log to CloudWatch

workload_no_nat_gateway = the stack has no NAT gateway, the only way out that is charged by the GB

workload_kept_users = people state it

workload_kept_own_metrics = the service counts it in its own Prometheus metrics, and CloudWatch does not have those

workload_kept_sizes = ProcessedBytes has requests, responses and WebSocket messages in one figure

workload_kept_cloudfront = behind CloudFront the balancer's new connections are CloudFront's own

workload_kept_no_metric = there is no such metric
