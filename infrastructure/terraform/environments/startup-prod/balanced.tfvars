# 10 to 90 makes "90 % Spot" true for the tasks after the base; 30 to 90 would be 75 %.
fargate_weight      = 10
fargate_spot_weight = 90

# As many as the minimum: a third would be taken away after a quiet quarter of an hour.
desired_count = 2

# Uploads leave the task its memory and its event loop.
uploads = "presigned"

# Longer than the balancer's 60 s, so that it is never the service that hangs up first.
keep_alive_seconds = 65

# floor((79 - 5 - 3) / (20 tasks x 2 during a deploy)); to raise it, lower max_capacity.
database_pool = 1
