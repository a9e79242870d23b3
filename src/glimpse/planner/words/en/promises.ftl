### Promises, and the verdicts on them.

## Promises

websocket_yes = sockets pass the balancer, polling stays with its task, and tasks hear each other
websocket_no_bus = several tasks and nothing that carries messages between them: people on different tasks would not hear each other
websocket_not_sticky = several tasks without stickiness: long-polling clients would meet a task that does not know them
websocket_internal = the balancer is internal, and nothing here leads people to it
websocket_unknown = no Fargate service behind an application balancer was found
websocket_edge = sockets pass CloudFront and the balancer, polling stays with its task, and tasks hear each other
websocket_gateway = API Gateway holds the sockets: Socket.IO does not speak it, and a connection ends after 2 hours or 10 silent minutes
websocket_functions = functions hold no socket, and nothing else here does
tasks_none = no task runs: functions answer
min_tasks = minimum { $found }; promised: { $wanted } or more
min_on_demand_tasks = minimum { $found } on demand; promised: { $wanted } or more
tasks_unknown = the minimum of tasks is unknown; { $wanted } wanted
on_demand_by_rounding = AWS does not publish how it rounds this split: it may leave fewer than { $wanted } on demand
database_kept = the database is { $found }
database_broken = the database is { $found }; { $wanted } wanted
database_unknown = no database was found; { $wanted } wanted
commitments_held = commitments in glimpse.toml: { $count }
commitments_proposed = to be bought for a year: { $count }
connections_fit = every task of a deploy at its peak finds its connections
connections_over = { $pool } connections a task, and only { $fitting } fit at the peak of a deploy
connections_unknown = the pool, the database's limit or the number of tasks is unknown
sockets_held = { $found } sockets with one task lost; { $wanted } wanted
sockets_unknown = nobody measured how many sockets a task holds; { $wanted } wanted
pool_does_not_fit = { $pool } connections a task × { $tasks } tasks at the peak of a deploy = { $connections }; the database leaves { $usable } for pools ({ $seen } seen − { $reserved } reserved − { $admin } for admins). At most { $fitting } a task, or a lower max_capacity
keep_alive_too_short = the server closes idle connections after { $seconds } s, the balancer after { $idle } s: now and then a request meets a closed one and gets a 502
promise_websocket = WebSocket kept
promise_min_tasks = minimum of tasks
promise_min_on_demand_tasks = on-demand tasks
promise_database = database
promise_no_commitment = no commitment
promise_connections_fit = connections fit
promise_sockets = sockets
kept = kept
broken = broken
unknown = unknown
confirmed = confirmed
refuted = refuted
