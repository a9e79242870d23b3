### What `glimpse drill` says.

drill_unknown = There is no drill { $name }. The drills are { $names }.
drill_clients_count = A drill takes { $least } to { $most } clients: one has nobody to talk to, and more would measure this machine instead of the stack.
drill_no_bus = There is no bus to take away: here the database carries the events. Try `glimpse drill database`, or start the stack with --bus valkey.
drill_no_task = No task is serving, so there is none to take away. The stack's page shows the reason.
drill_not_connected = Only { $connected } of { $clients } clients could connect, so the drill did not begin. The stack's page shows the reason.
drill_signup_off = The chat keeps no accounts (GLIMPSE_SIGNUP is off), so the drill's clients cannot sign up. Start the stack with GLIMPSE_SIGNUP=on. ({ $detail })
drill_refused = The chat refused what the drill needs: { $detail }
drill_no_answer = { $url } gave no valid answer for { $seconds } s, so the drill could not continue. The last answer: { $detail }
drill_other_speed = The running stack has speed { $running }, not { $wanted }. Leave --speed out, or start the stack with `glimpse up --speed { $wanted }`, or end it: then the drill starts a stack of its own.
drill_stack_runs = { $options }: a stack is already running ({ $page }), and this option only affects how one starts. Leave it out, or end that stack: then the drill starts one of its own.
drill_page_gone = The stack at { $page } ended during the drill, or does not answer: { $detail }
drill_environment_unused = --env gives settings to the tasks that a deploy starts; the drill { $name } starts none with them. Try `glimpse drill deploy --env NAME=VALUE`.

drill_setting_unknown = The service has no setting { $names }. `glimpse serve --help` lists its settings.
drill_goes_on = The running stack continues the drill; its result will be on { $page }.
drill_interrupted = Interrupted. There is no report.
drill_written = The report is in { $file }.
drill_on_running_stack = The drill uses the running stack: { $page }
drill_on_own_stack = No stack runs on this data folder, so the drill starts one of its own.
drill_stopping_own_stack = Stopping the drill's stack.

# Whom an event is about.

drill_subject_balancer = balancer
drill_subject_database = database
drill_subject_bus = bus
drill_subject_storage = storage
drill_subject_service = service
drill_subject_clients = clients
drill_subject_drill = drill
drill_subject_stack = stack

# What happens to the clients.

drill_signing_up = { $clients } users sign up.
drill_clients_talk = { $clients } clients are connected, and send messages to each other.
drill_clients_told = Clients told that their task is going away: { $clients }
drill_clients_closed = Clients whose connection ended: { $clients }
drill_clients_back = Clients connected again: { $clients }, at most { $seconds } s after their connection ended
drill_recovered = The stack has recovered, after { $seconds } s.
drill_clients_stop = The clients stop sending. Each fetches everything again, and the drill compares that with what the client knew.
drill_upload_began = A client uploads a file.
drill_upload_done = The file is uploaded, after { $seconds } s.
drill_upload_failed = The upload failed for good.
drill_slow_readers_began = Clients that ask for a lot and read none of it: { $clients }
drill_slow_readers_ended = Clients that read nothing: { $of }. The chat disconnected { $clients } of them.
drill_none_on_spot = No task is on Spot, so the drill took one that is on demand. In AWS, Spot would not reclaim it.

# The report.

drill_verdict_kept = Drill { $name }: { $count ->
    [one] the only promise was kept
   *[other] all { $count } promises were kept
}.
drill_verdict_broken = Drill { $name }: promises BROKEN: { $broken } of { $count }.
drill_conditions = { $clients } clients, { $tasks ->
    [one] 1 task
   *[other] { $tasks } tasks
}; taken away: { $taken }; speed { $speed }; repeat it with --seed { $seed }.
drill_taken_service = each task in turn, by a rolling deployment
drill_taken_connections = all connections at once
drill_taken_nothing = nothing, but some clients do not read
drill_kept = kept
drill_broken = BROKEN
drill_measured = { $seconds } s, allowed { $bound } s
drill_promise_nothing_lost = No acknowledged message is lost
drill_promise_nothing_twice = No message is stored or received twice
drill_promise_no_gap = No message is missing after a client syncs
drill_promise_same_as_fetched = What clients knew equals what they fetch again
drill_promise_all_acknowledged = Every message is acknowledged in the end
drill_promise_acknowledged_in_time = Every message is acknowledged in time while a task serves
drill_promise_everyone_back = Every client is connected again
drill_promise_recovered = The stack recovers
drill_promise_back_after_close = Each client is connected again soon after its connection ended
drill_promise_back_after_sigterm = Each client is connected again within the drain + 5 s of SIGTERM
drill_promise_events_in_time = Events arrive in time without the bus
drill_promise_nobody_disconnected = No client loses its connection
drill_promise_acknowledged_again = Messages are acknowledged again soon after the database is back
drill_promise_messages_go_on = Acknowledgements do not pause for long
drill_promise_upload_completes = The upload that was under way completes
drill_promise_slow_readers_disconnected = Clients that read nothing are disconnected
drill_promise_others_not_slower = The p99 of the others' acknowledgements stays low
drill_figure_messages = { $acknowledged ->
    [one] 1 message was
   *[other] { $acknowledged } messages were
} acknowledged, and received { $heard ->
    [one] once
   *[other] { $heard } times
}.
drill_figure_acknowledgement = Acknowledgements took { $median } ms (median), the slowest { $slowest } s; the longest pause without any was { $silence } s.
drill_figure_event = The slowest event arrived { $seconds } s after another client had received it.
drill_figure_no_close = No connection was lost.
drill_figure_back = Connections ended: { $count } ({ $told } because the task asked for it). Back in { $median } s (median), { $longest } s (longest); failed attempts: { $refused }.
drill_figure_everyone = Every client was connected again { $seconds } s after the loss.
drill_figure_recovery = Recovery: { $seconds } s until the replacement served.
drill_figure_recovery_document = Recovery: { $seconds } s until the replacement served. The plan document says { $document } s.
drill_figure_recovery_part = Recovery: { $seconds } s until the whole stack served again.
drill_figure_at_speed_1 = At speed 1 that would be about { $seconds } s. Divided by { $speed }: Spot notice, stop timeout, drain, the balancer's delay, and the start of tasks.
drill_not_divided = Not divided: the clients' back-off and pings, health checks, CPU.
drill_chart_seconds = seconds since the clients began to talk
drill_chart_messages = messages a second
drill_chart_clients = clients without a connection
drill_chart_told = left when told to
drill_chart_cut = was cut off
drill_chart_taken = taken away
drill_chart_recovered = recovered
drill_page_promises = Promises
drill_page_figures = What the clients saw
drill_page_timeline = Timeline
