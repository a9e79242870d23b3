### The levers in words: what each is called, what it risks, and what it asks for.

lever_task_count = task count: desired_count to 2
lever_min_capacity = min capacity: 1 task
lever_spot_base = Spot base: no on-demand floor
lever_spot_weights = Spot weights: 10 : 90
lever_presigned_uploads = presigned uploads
lever_keep_alive = keep-alive longer than the balancer's
lever_pool_size = connection pool that fits
lever_on_demand_pair = two on-demand tasks
lever_valkey_serverless = Valkey Serverless instead of a node
lever_bus_postgresql = bus on PostgreSQL, no cache
lever_api_gateway_websocket = API Gateway WebSocket, no balancer
lever_serverless = Lambda, API Gateway, DynamoDB

## How each works

how_task_count = a deploy begins with two tasks instead of more; afterwards autoscaling decides, so it saves only where nothing scales
how_min_capacity = autoscaling may go down to one task in quiet hours, as the document's own edit lets it
how_spot_base = no task is placed on demand before the weights count, so that all may run on Spot, at three tenths of the price
how_on_demand_pair = the first two tasks are always on demand; only what scaling adds runs on Spot
how_spot_weights = of the tasks above the base, nine in ten run on Spot; a weight is a ratio, not a percentage
how_valkey_serverless = events pass through and are not kept, so the least that is charged, a tenth of a gigabyte, is all that it costs
how_bus_postgresql = after each commit the database notifies the other tasks; what they miss they read, so no cache is needed
how_presigned_uploads = clients put files straight into the bucket; what it saves is the task's memory, and capacity units where bytes are the largest dimension
how_keep_alive = the server outlasts the balancer's idle timeout, which ends the occasional 502; it saves no money
how_pool_size = the database's connections are divided among the tasks of a deploy at its peak; it saves no money
how_api_gateway_websocket = a WebSocket API holds the sockets and hands each event to an HTTP API, which reaches the tasks by a private zone
how_serverless = functions answer both APIs and a table keeps the messages: nothing costs by the hour

## What each risks

risk_task_count = none where scaling keeps two anyway; else one task lost is half the capacity
risk_min_capacity = after 15 quiet minutes one task runs: its loss is an outage, and an alarm on fewer than 2 stays red
risk_spot_base = every task may be reclaimed with two minutes' notice at once, and Spot never falls back to on-demand
risk_spot_weights = none at two tasks (one and one either way); above the base, tasks more often run on Spot. A service with launch_type must first change to a strategy, with a forced new deployment
risk_presigned_uploads = clients must change, and an app that was not updated can send no files; an address that leaks takes one file of its exact size and type for five minutes
risk_keep_alive = none known; the document's own snippet would start TLS behind an HTTP target group and fail every health check
risk_pool_size = few connections a task while 20 tasks are allowed: lower max_capacity to give each more
risk_on_demand_pair = none known: neither of the two can be reclaimed
risk_valkey_serverless = cluster mode and TLS only, so the service's client must speak both; a flood of events is billed instead of slowed down, up to the limits set
risk_bus_postgresql = every event is also a notification of a burstable database; its CPU must be watched, and unlimited bursting is billed
risk_api_gateway_websocket = Socket.IO does not speak it: service and clients are rewritten; a connection ends after 2 hours, or 10 silent minutes
risk_serverless = everything is rewritten: functions hold no socket, PostgreSQL's guarantees are gone, and each message passes the WebSocket API's limits

lever_max_capacity = as many tasks as the database can serve
how_max_capacity = max_capacity of the scaling target comes down to the number of tasks whose pools fit the database while a deployment doubles them.
risk_max_capacity = scaling ends earlier: a load that needs more tasks than that needs a larger database first
promise_cache_node = a cache node of its own
promise_no_rewrite = no rewrite
