### Levers that buy part of what scales as Spot.

lever_spot_above_floor = Fargate Spot for what scaling adds
how_spot_above_floor = in the aws_ecs_service replace launch_type by two blocks capacity_provider_strategy: FARGATE with base = the target's min_capacity and weight = 0, and FARGATE_SPOT with weight = 1; set force_new_deployment = true, and name both providers in the cluster's aws_ecs_cluster_capacity_providers
loses_spot_above_floor = only Spot tasks above the floor
risk_spot_above_floor = tasks above the floor may all be reclaimed at once with two minutes' notice, and when Spot is short scaling adds none: there is no fallback to on-demand

promise_on_demand_share = on-demand capacity above the floor
