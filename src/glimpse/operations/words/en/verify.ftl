### What `glimpse verify` says: titles of its checks, what they found, why something is unknown, and its report.

## Titles

verify_title_service_healthy = The service is healthy

verify_title_tls = TLS and its certificate

verify_title_security_headers = Security headers

verify_title_websocket = Messages over WebSocket and polling

verify_title_polling_stickiness = Long polling stays on one task

verify_title_idle_websocket = An idle WebSocket outlives the idle timeout

verify_title_keep_alive = Keep-alive is longer than the balancer's idle timeout

verify_title_presigned_address = A presigned URL is issued

verify_title_direct_upload = An upload goes straight to the store

verify_title_upload_wrong_size = An upload of another size is refused

verify_title_upload_wrong_type = An upload of another type is refused

verify_title_upload_wrong_checksum = An upload with another checksum is refused

verify_title_upload_second_put = A second upload changes nothing

verify_title_upload_expired = An expired URL is refused

verify_title_public_read_refused = Nobody reads a file without a signature

verify_title_running_tasks = Enough tasks run

verify_title_spot_share = Tasks on Spot and on demand

verify_title_spot_recovery = The service recovers from the loss of a Spot task

verify_title_alarm_ecs_cpu = Alarm: CPU of the tasks

verify_title_alarm_ecs_memory = Alarm: memory of the tasks

verify_title_alarm_running_tasks = Alarm: running tasks

verify_title_alarm_balancer_5xx = Alarm: errors (5xx)

verify_title_alarm_database_connections = Alarm: database connections

verify_title_balancer_5xx = Errors (5xx) of the balancer and the tasks

verify_title_database_connections = Open database connections

verify_title_database_connections_at_deploy = Database connections at the peak of a deploy

verify_title_engine_support = The database engine is in standard support

verify_title_storage_growth = Growth of the database's storage

verify_title_bill = The bill beside the plan

verify_title_terraform_applied = What runs is what the Terraform says

## The service

verify_healthy = GET /health answered { $status } in { $ms } ms.

verify_unhealthy = GET /health answered { $status } after { $ms } ms; it must be 200.

verify_tls = { $version }; the certificate is valid for { $days ->
    [one] 1 more day
   *[other] { $days } more days
}; plain HTTP answers { $status } and leads to HTTPS.

verify_tls_only = { $version }; the certificate is valid for { $days ->
    [one] 1 more day
   *[other] { $days } more days
}; nothing answers plain HTTP.

verify_tls_local = No TLS on this machine: it ends at the balancer in AWS.

verify_tls_none = The address is plain HTTP: passwords and tokens cross the network unencrypted.

verify_tls_problem = A client would not accept the TLS connection: { $problem }

verify_tls_old = The load balancer agreed on { $version }; { $least } is the oldest safe version. The certificate is valid for { $days ->
    [one] 1 more day
   *[other] { $days } more days
}.

verify_tls_ends = The certificate ends in { $days ->
    [one] 1 day
   *[other] { $days } days
}, so it is not being renewed (at least { $least } should be left). The connection uses { $version }.

verify_tls_plain = Plain HTTP answers { $status } instead of leading to HTTPS. The TLS itself is right: { $version }, { $days ->
    [one] 1 day
   *[other] { $days } days
} left.

verify_headers = The page has { $names }.

verify_headers_missing = The page lacks these headers, or their values are unsafe: { $missing }.

verify_headers_no_page = GET / answered { $status }, so there is no page whose headers could be checked.

verify_messages = A message went from one account to the other, and was acknowledged and received once: { $trips }.

verify_message_lost = A message over { $transport } was not acknowledged: { $problem }

verify_message_heard = A message over { $transport } was acknowledged, but the receiver got it { $receiver ->
    [one] once
   *[other] { $receiver } times
} and the sender { $sender ->
    [one] once
   *[other] { $sender } times
}; each must get it once.

verify_polling = A polling session with the cookie { $cookie } had an answer to each of its requests ({ $requests }). The number of tasks cannot be seen.

verify_polling_proved = All requests of a polling session with the cookie { $cookie } ({ $requests }) reached the same one of { $tasks ->
    [one] 1 task
   *[other] { $tasks } tasks
}; without the cookie, one was refused with { $status }.

verify_polling_breaks = Requests of a polling session failed ({ $failed } of { $requests }, the first with { $status }): they reach other tasks. Switch on the target group's stickiness.

verify_polling_no_cookie = All requests were answered ({ $requests }), but the load balancer set no cookie: perhaps only one task runs.

verify_polling_one_task = All requests with the cookie { $cookie } were answered ({ $requests }), but with one task that proves nothing.

verify_polling_unproved = All requests with the cookie { $cookie } were answered ({ $requests }), but so were those without it ({ $tries }), so nothing is proved.

verify_idle_socket = A WebSocket that was idle for { $seconds } s still carried a message; the idle timeout is { $idle } s, and pings are more frequent.

verify_idle_socket_cut = An idle WebSocket was closed after { $seconds } s; the idle timeout is { $idle } s. Pings (every 25 s) must be more frequent than that.

verify_keep_alive = A connection to a task still answered after it was idle for { $seconds } s; the load balancer closes its own after { $idle } s.

verify_keep_alive_cut = A task closed an idle connection within { $seconds } s; the load balancer keeps it for { $idle } s, and then answers 502. Set GLIMPSE_KEEP_ALIVE_SECONDS above the idle timeout.

verify_keep_alive_set = Tasks keep connections for { $seconds } s, longer than the balancer's { $idle } s.

verify_keep_alive_short = Tasks close idle connections after { $seconds } s, and the balancer keeps them for { $idle } s: it sends requests on closed connections, and clients get 502.

verify_keep_alive_unset = The tasks have no GLIMPSE_KEEP_ALIVE_SECONDS, so how long they keep connections cannot be seen.

verify_keep_alive_hidden = The balancer hides the tasks' connections. Check it with --on local or --on aws.

## Files

verify_presigned = The URL leads to { $store }, is valid for { $seconds } s (at most { $most } s is allowed), and signs { $names }.

verify_presigned_refused = POST /files/presigned-url answered { $status }; it must be 201.

verify_presigned_unsigned = The signature does not cover { $names }, so a client may upload anything.

verify_presigned_no_end = The URL at { $store } does not say how long it is valid; at most { $most } s is allowed.

verify_presigned_long = The URL at { $store } is valid for { $seconds } s; at most { $most } s is allowed.

verify_upload = The bytes went to { $store }, not through { $service }, and came back the same.

verify_upload_through_service = The upload URL leads to { $store }, which is the service itself ({ $service }): the bytes pass the load balancer and a task.

verify_upload_fails = The upload answered { $put }, its completion { $complete }, the download { $download }; each must be 200.

verify_upload_differs = The bytes went to { $store } and not through { $service }, but different bytes came back.

verify_upload_first = The upload before this check answered { $put }, and its completion { $complete }.

verify_wrong_size = The store refused more bytes than announced, with { $status }.

verify_wrong_size_taken = The store accepted more bytes than announced ({ $status }): the size is not signed, or signatures are not checked.

verify_wrong_type = The store refused another type than announced, with { $status }.

verify_wrong_type_taken = The store accepted text/html instead of the announced type ({ $status }): the type is not signed, or signatures are not checked.

verify_wrong_checksum = The store refused bytes that do not have the announced checksum, with { $status }.

verify_wrong_checksum_taken = The store accepted bytes that do not have the announced checksum ({ $status }).

verify_expired = The store refused a URL { $seconds } s after it was issued, with { $status }.

verify_expired_taken = The store accepted an upload to a URL that had expired after { $seconds } s ({ $status }).

verify_expired_slow = An upload URL is valid for { $seconds } s. --slow waits until it has expired.

verify_store_fails = The store answered { $status }, which says nothing about the check.

verify_second_put = The store refused a second upload to the same URL, with { $status }.

verify_second_put_ignored = The store accepted a second upload ({ $status }; S3 does while the URL is valid), but users still get the bytes that were checked.

verify_second_put_changes = After a second upload to the same URL ({ $status }) users get its bytes, which nobody checked.

verify_public_read = Requests without a signature or a token were refused: the object { $object }, the bucket's listing { $listing }, GET /files { $file }.

verify_public_read_open = Without a signature or a token access is granted: the object answers { $object }, the bucket's listing { $listing }, GET /files { $file }; each must be refused. Block public access.

verify_public_read_fails = Without a signature or a token: the object { $object }, the bucket's listing { $listing }, GET /files { $file }. Such answers do not show who may read.

verify_no_address_given = The service gave no URL for a file: it answered { $status }.

## The loss of a Spot task

verify_spot = { $task } was taken away. Acknowledged messages: { $acknowledged }, all kept once. Sockets that were cut and came back: { $cut } (median { $median } s). All tasks ran again after { $seconds } s.

verify_spot_at_speed = { $task } was taken away. Acknowledged messages: { $acknowledged }, all kept once. Sockets that were cut and came back: { $cut } (median { $median } s). All tasks ran again after { $seconds } s, with start times divided by { $speed }.

verify_spot_lost = { $task } was taken away. Acknowledged messages: { $acknowledged }, of which { $lost } lost, { $unheard } never received by the other user, { $duplicates } received twice.

verify_spot_gone = { $task } was taken away: { $gone ->
    [one] 1 socket
   *[other] { $gone } sockets
} did not come back.

verify_spot_late = { $task } was taken away: a socket was back after { $seconds } s; at most { $most } s is allowed.

verify_spot_no_task = { $task } was taken away, and no replacement serves: is there Spot capacity?

verify_spot_url = No task behind a URL is stopped. Check it with --on local, or with --on aws --drill SERVICE.

verify_spot_not_agreed_local = Nobody agreed to losing a task. Answer yes, or give --yes.

verify_spot_not_agreed_aws = No task is stopped without --drill SERVICE.

verify_no_spot_task = No Spot task is serving now.

verify_not_taken = The stack did not take a Spot task away within { $seconds } s.

verify_drill_refused = The stack's page did not start the drill: it answered { $status }. Another drill may be running.

verify_ask_spot = May a Spot task of the local stack be taken away for the check spot_recovery? It takes up to four minutes at real speed. [y/N]

## The stack

verify_tasks = Tasks running: { $running }; the desired count is { $wanted }, the minimum { $fewest }.

verify_tasks_missing = Too few tasks are running: { $running }; the desired count is { $wanted }, the minimum { $fewest }.

verify_spot_share = { $on_demand } on demand and { $spot } on Spot, as the base and the weights of the strategy place them: { $percent } % on Spot.

verify_spot_share_differs = { $on_demand } on demand and { $spot } on Spot ({ $percent } %); the strategy places { $planned_on_demand } and { $planned_spot }.

verify_spot_share_count = { $on_demand } on demand and { $spot } on Spot, but the strategy's split is only known for a task count of { $desired }.

verify_spot_share_unseen = Which tasks are on Spot cannot be seen.

verify_connections = Open connections: { $open }, and at most { $most } are allowed. The database has { $limit }, of which { $usable } can be used.

verify_connections_many = Too many open connections: { $open }, and at most { $most } are allowed. The database has { $limit }, of which { $usable } can be used.

verify_connections_no_limit = Open connections: { $open }; how many the database allows is not known.

verify_deploy = At the peak of a deploy connections number { $needed } (tasks: { $tasks } × { $pool }, and { $admin }); the database has { $usable } ({ $limit } less the reserved ones).

verify_deploy_many = At the peak of a deploy connections number { $needed } (tasks: { $tasks } × { $pool }, and { $admin }), but the database has only { $usable } ({ $limit } less the reserved ones). Lower GLIMPSE_DATABASE_POOL or max_capacity.

verify_deploy_unseen = The limit of the database or the pool of the tasks is not known.

verify_errors = { $count ->
    [one] 1 answer
   *[other] { $count } answers
} with 5xx in { $minutes } min; the design allows { $most } in 5 min.

verify_errors_many = Too many answers with 5xx: { $count } in { $minutes } min; the design allows { $most } in 5 min.

verify_errors_no_bound = { $count ->
    [one] 1 answer
   *[other] { $count } answers
} with 5xx in { $minutes } min; the plan derives no limit.

verify_engine = { $engine } { $version } is in standard support until { $ends }, for { $days ->
    [one] 1 more day
   *[other] { $days } more days
}.

verify_engine_old = The standard support of { $engine } { $version } ended on { $ends }: extended support is billed for each vCPU and hour. Upgrade it.

verify_engine_unknown = When the standard support of { $engine } { $version } ends is not known.

verify_storage_seen = { $used } of { $most } GiB are used. At the measured growth of { $monthly } GiB a month, the disk is full in { $months ->
    [one] 1 month
   *[other] { $months } months
} (at least { $least }).

verify_storage_seen_years = { $used } of { $most } GiB are used. At the measured growth of { $monthly } GiB a month, the disk lasts more than ten years (needed, in months: { $least }).

verify_storage_seen_full = { $used } of { $most } GiB are used. At the measured growth of { $monthly } GiB a month, the disk is full in { $months ->
    [one] 1 month
   *[other] { $months } months
}; at least { $least } should be left.

verify_storage_planned = { $used } of { $most } GiB are used. The plan's messages ({ $bytes } B each) add { $monthly } GiB a month, so the disk is full in { $months ->
    [one] 1 month
   *[other] { $months } months
} (at least { $least }).

verify_storage_planned_years = { $used } of { $most } GiB are used. The plan's messages ({ $bytes } B each) add { $monthly } GiB a month, so the disk lasts more than ten years (needed, in months: { $least }).

verify_storage_planned_full = { $used } of { $most } GiB are used. The plan's messages ({ $bytes } B each) add { $monthly } GiB a month, so the disk is full in { $months ->
    [one] 1 month
   *[other] { $months } months
}; at least { $least } should be left.

verify_storage_no_growth = { $used } of { $most } GiB are used, but there is neither a history nor a plan of messages: state people.users in glimpse.toml.

verify_storage_no_limit = How large the database's storage may get is not known.

verify_bill = { $services }: the last { $days ->
    [one] day makes
   *[other] { $days } days make
} ${ $month } a month; the plan says ${ $planned }, and up to { $percent } % more is allowed.

verify_bill_high = { $services }: the last { $days ->
    [one] day makes
   *[other] { $days } days make
} ${ $month } a month, more than { $percent } % above the plan's ${ $planned }.

verify_bill_no_days = There is no full day of spending yet.

verify_bill_local = This machine costs nothing at AWS. Check the bill with --on aws.

verify_applied = The same as in the Terraform: { $names }.

verify_not_applied = Not as in the Terraform (whose value is in brackets): { $differing }

verify_nothing_applied = Nothing is applied on this machine. Check it with --on aws.

## Alarms

verify_alarm = { $alarm }: { $threshold }; the design asks for { $derived }.

verify_alarm_threshold = { $alarm }: { $threshold }, but the design asks for { $derived }.

verify_alarm_direction = { $alarm } compares with { $comparison } ({ $threshold }); the design asks for { $derived }.

verify_alarm_missing = No alarm reads { $metrics }.

verify_alarm_half = No alarm reads { $metrics }, so those errors go unnoticed.

verify_alarm_no_bound = { $alarm } is there, but the plan derives no threshold for it.

verify_alarm_unread = The threshold of { $alarm } is not known; the design asks for { $derived }.

## Beside a finding

verify_document = The plan document says { $document }.

## Why something is unknown

verify_crashed = The check itself failed: { $error }: { $detail }

verify_idle_slow = The balancer's idle timeout is { $idle } s. --slow holds a connection for so long.

verify_hung = The check did not end within { $seconds } s.

verify_no_deployment = The Terraform has no ECS service behind a load balancer, or could not be read.

verify_no_database = The Terraform has no database.

verify_no_address = The address of the chat is not known. Give it: --on URL.

verify_url_hides = This cannot be seen from outside. Check it with --on local or --on aws.

verify_many_requests = The check stopped, because it would need more than { $most } requests.

verify_same_user = Both tokens belong to the same user.

verify_token_refused = The service does not accept a token: GET /me answered { $status }.

verify_no_sign_up = Nobody can sign up here: the service answered { $status }. Give two tokens: --token JWT --token JWT.

verify_no_conversation = The two users could not begin a conversation: the service answered { $status }.

verify_no_history = The history of the conversation cannot be read: the service answered { $status }.

verify_database_silent = The local database does not answer: { $detail }

verify_page_silent = The page of the local stack does not answer at { $url }: { $detail }

## Why nothing can be checked

verify_nothing_runs = No stack is running on { $folder }. Start one with `glimpse up`, or give its folder with --data, or give --on URL.

verify_unreachable = Nothing answers at { $url }: { $detail }. Check the address, and that the service runs.

verify_no_such_target = --on is local, aws or a URL such as https://chat.example.com, not { $target }.

verify_no_such_check = There is no check { $name }. The checks are: { $names }, { $rest }.

verify_two_tokens = --token is given twice, once for each of two users, or not at all; here it is given { $count ->
    [one] once
   *[other] { $count } times
}.

verify_drill_other = --drill names { $given }, but the Terraform's ECS service is { $service }.

## The report

verify_begins = Running { $count ->
    [one] 1 check
   *[other] { $count } checks
}.

verify_begins_held = Checks that hold a connection past the load balancer's idle timeout of 60 s take about 70 s.

verify_begins_slow = An upload URL is valid for { $seconds } s, and --slow waits until it has expired.

verify_waits = Still waiting for: { $names }

verify_without_plan = Without a plan ({ $why }), the service alone is checked.

verify_interrupted = Interrupted. There is no report; what verify made was deleted, unless a line above says otherwise.

verify_left = Messages, files or accounts that verify made and could not delete: { $count }. The service deletes a file that no message refers to after a day.

verify_head = glimpse verify: { $address }

verify_group_code = Code

verify_group_terraform = Terraform

verify_group_test = Tests

verify_group_monitoring = Monitoring

verify_group_others = Beyond the document's checklist

verify_box = “{ $quote }” (line { $line })

verify_box_unanswered = No check answers this.

verify_sum = { $confirmed } confirmed, { $refuted } refuted, { $unknown } unknown.

verify_not_ours = The answer to { $request } ({ $status }) is not one that a Glimpse chat gives: { $detail }

verify_health_not_ours = GET /health answered { $status } in { $ms } ms, but not as a Glimpse chat does: something else answers at this address.

verify_limited = The service answered { $status }: it limits this address now. Try again later.

verify_polling_fails = One of the requests of a polling session ({ $requests }) was answered with { $status }, which says nothing about stickiness.

verify_upload_control = The store also refused the correct upload, with { $status }. So its refusals prove nothing.

verify_upload_unread = The upload was accepted, but its own signed URL answers { $status }, so what others can read cannot be compared.

verify_store_strange = The service gave the URL { $url }, which is not an http or https address.

verify_store_private = The service gave a URL at { $store }, which leads to this machine or a private network. Nothing was sent there. Check GLIMPSE_S3_ENDPOINT.

verify_redirected = { $url } answers { $status } and leads to { $location }. verify follows no redirect, because a token must not reach another address. If that address is right, give it to --on.

verify_not_glimpse = { $url } is not a Glimpse chat: GET /health answered { $status }, but not as a Glimpse chat does. Nothing was checked, and no account was made.

verify_url_password = --on takes an address without a user and a password. Give the tokens of two users: --token JWT --token JWT.

verify_url_path = A Glimpse chat is at the root of its address. Give --on { $url }, without a path, a query or a fragment.

verify_cleaning = Deleting what verify made. Press Ctrl-C again to leave it there.

verify_not_cleaned = Accounts whose handles begin with verify-, and their messages, may be left.

verify_deploy_many_local = With the Terraform's pools connections number { $needed } at the peak of a deploy (tasks: { $tasks } × { $pool }, and { $admin }), but the database has only { $usable } ({ $limit } less the reserved ones). Here `glimpse up` lets each task open { $here }. Lower GLIMPSE_DATABASE_POOL or max_capacity in the Terraform.
