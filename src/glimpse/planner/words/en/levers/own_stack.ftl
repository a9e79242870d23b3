### The levers in words: what each is called, what it risks, and what it asks for.

lever_task_count = task count: desired_count to 2
lever_min_capacity = minimum capacity: 1 task
lever_spot_base = Spot base: no on-demand floor
lever_spot_weights = Spot weights: 10 : 90
lever_presigned_uploads = presigned uploads
lever_keep_alive = keep-alive longer than the load balancer's
lever_pool_size = connection pool that fits the database
lever_on_demand_pair = two on-demand tasks
lever_valkey_serverless = Valkey Serverless instead of a node
lever_bus_postgresql = bus on PostgreSQL, no cache
lever_api_gateway_websocket = API Gateway WebSocket, no load balancer
lever_serverless = Lambda, API Gateway, DynamoDB

## How each works

how_task_count = a deploy begins with two tasks instead of more; afterwards autoscaling decides, so it saves only where nothing scales the service
how_min_capacity = autoscaling may go down to one task in quiet hours, as the document's own edit lets it
how_spot_base = no task is placed on demand before the weights apply, so all tasks may run on Spot, at three tenths of the price
how_on_demand_pair = the first two tasks are always on demand; only what scaling adds runs on Spot
how_spot_weights = of the tasks above the base, nine in ten run on Spot; a weight is a ratio, not a percentage
how_valkey_serverless = events pass through and are not stored, so it costs only the minimum charge, a tenth of a gigabyte
how_bus_postgresql = after each commit the database notifies the other tasks; they read what they missed from it, so no cache is needed
how_presigned_uploads = clients upload files straight to the bucket; that saves memory of the tasks, and capacity units where bytes are the largest dimension
how_keep_alive = the server keeps connections longer than the load balancer's idle timeout, which ends the occasional 502; it saves no money
how_pool_size = the database's connections are divided among the tasks that run at the peak of a deploy; it saves no money
how_api_gateway_websocket = a WebSocket API holds the sockets and passes each event to an HTTP API, which reaches the tasks through a private zone
how_serverless = functions serve both APIs and a table stores the messages: nothing is charged by the hour

## What each risks

loses_task_count = no spare task
risk_task_count = none where scaling keeps two tasks anyway; otherwise losing one task halves the capacity
loses_min_capacity = no spare task in quiet hours
risk_min_capacity = after 15 quiet minutes one task runs: losing it is an outage, and an alarm on fewer than 2 stays red
loses_spot_base = AWS can take every task back
risk_spot_base = all tasks may be reclaimed at once with two minutes' notice, and Spot never falls back to on-demand
loses_spot_weights = only Spot tasks above the base
risk_spot_weights = none at two tasks (one and one either way); above the base, tasks more often run on Spot. A service with launch_type must first change to a strategy, with a forced new deployment
loses_presigned_uploads = apps must be updated
risk_presigned_uploads = clients must change, and an app that was not updated cannot send files; an upload URL that leaks accepts one file of its exact size and type for five minutes
loses_keep_alive = nothing
risk_keep_alive = none known; the document's own snippet would start TLS behind an HTTP target group and fail every health check
loses_pool_size = fewer connections a task
risk_pool_size = while 20 tasks are allowed, each gets few connections: lower max_capacity to give each more
loses_on_demand_pair = nothing
risk_on_demand_pair = none known: neither of the two can be reclaimed
loses_valkey_serverless = no cache node of its own
risk_valkey_serverless = cluster mode and TLS only, so the service's client must support both; a flood of events is charged instead of slowed down, up to the limits set
loses_bus_postgresql = no cache, more database load
risk_bus_postgresql = every event is also a NOTIFY on a burstable database: watch its CPU, because CPU credits beyond the baseline are charged in unlimited mode
loses_api_gateway_websocket = no Socket.IO: a rewrite
risk_api_gateway_websocket = Socket.IO cannot use it: service and clients must be rewritten; a connection ends after 2 hours, or after 10 minutes without data
loses_serverless = a rewrite of everything
risk_serverless = everything must be rewritten: functions cannot keep a socket open, PostgreSQL's guarantees are gone, and each message is subject to the WebSocket API's limits

lever_max_capacity = as many tasks as the database can serve
how_max_capacity = lower max_capacity of the scaling target to the number of tasks whose pools still fit the database while a deploy doubles them
loses_max_capacity = fewer tasks at the peak
risk_max_capacity = scaling ends earlier: a load that needs more tasks needs a larger database first
promise_cache_node = a cache node of its own
promise_no_rewrite = the existing service code
