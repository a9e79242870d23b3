### Promises, and the verdicts on them.

## Promises

websocket_yes = sockets pass the load balancer, long polling stays with its task, and tasks exchange events
websocket_no_bus = several tasks, and nothing carries messages between them: users on different tasks would not receive each other's messages
websocket_not_sticky = several tasks without sticky sessions: a long-polling client would reach a task that does not know its session
websocket_internal = the load balancer is internal, and nothing in these files lets users reach it
websocket_unknown = no Fargate service behind an application load balancer was found
websocket_edge = sockets pass CloudFront and the load balancer, long polling stays with its task, and tasks exchange events
websocket_gateway = API Gateway holds the sockets: Socket.IO cannot use it, and a connection ends after 2 hours, or after 10 minutes without data
websocket_functions = functions cannot keep a socket open, and nothing else here does
tasks_none = no task runs: functions answer
min_tasks = minimum { $found }; promised: { $wanted } or more
min_on_demand_tasks = minimum { $found } on demand; promised: { $wanted } or more
tasks_unknown = the minimum of tasks is unknown; needed: { $wanted }
on_demand_by_rounding = AWS does not publish how it rounds this split: fewer than { $wanted } may be on demand
database_kept = the database is { $found }
database_broken = the database is { $found }; needed: { $wanted }
database_unknown = no database was found; needed: { $wanted }
commitments_held = commitments in glimpse.toml: { $count }
commitments_proposed = to be bought for a year: { $count }
connections_fit = at the peak of a deploy every task still gets its connections
connections_over = { $pool ->
    [one] 1 connection
   *[other] { $pool } connections
} a task, but only { $fitting } fit at the peak of a deploy
connections_unknown = the pool size, the database's connection limit or the number of tasks is unknown
sockets_held = sockets with one task lost: { $found }; needed: { $wanted }
sockets_unknown = how many sockets one task can hold was never measured; needed: { $wanted }
pool_does_not_fit = at the peak of a deploy the tasks open { $connections } connections (pool of { $pool } × { $tasks ->
    [one] 1 task
   *[other] { $tasks } tasks
}); the database leaves { $usable } for pools ({ $seen } observed − { $reserved } reserved − { $admin } for administrators). Set the pool to { $fitting } at most, or lower max_capacity
keep_alive_too_short = the server closes idle connections after { $seconds } s, the load balancer after { $idle } s: sometimes a request is sent on a connection that was just closed, and the client gets a 502
promise_websocket = WebSocket
promise_min_tasks = minimum number of tasks
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
