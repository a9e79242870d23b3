### Levers that buy part of what scales as Spot.

lever_spot_above_floor = 오토 스케일링으로 늘어난 task를 Spot에
how_spot_above_floor = aws_ecs_service의 launch_type을 capacity_provider_strategy 블록 두 개로 바꾸세요. FARGATE는 base = 조정 대상의 min_capacity, weight = 0이고 FARGATE_SPOT은 weight = 1이에요. force_new_deployment = true로 두고, 클러스터의 aws_ecs_cluster_capacity_providers에 둘 다 적으세요
loses_spot_above_floor = 하한을 넘는 task는 Spot
risk_spot_above_floor = 하한을 넘는 task는 2분 예고로 한꺼번에 회수될 수 있어요. Spot이 모자라면 온디맨드로 대신 늘어나지 않아요

promise_on_demand_share = 하한을 넘는 온디맨드 용량
