### Commitments in words: what is bought for a year, and from which month on it has cost less than on demand.

lever_reserved_database = 데이터베이스 1년 예약
how_reserved_database = RDS 콘솔의 예약 인스턴스에서 instance_class, engine, multi_az와 같은 클래스, 엔진, 배포 방식으로 1년 선결제 없음을 구매하세요. 파일은 바꾸지 않아요. 3년 약정이나 선결제는 더 싸요
loses_reserved_database = 쓰지 않아도 1년 치 지급
risk_reserved_database = 무슨 일이 있어도 1년 치를 내요. 클래스를 키우면 그 크기만큼 할인이 이어지지만 엔진을 바꾸면 사라져요

lever_reserved_cache = 캐시 1년 예약
how_reserved_cache = ElastiCache 콘솔의 예약 노드에서 node_type, engine과 같은 유형과 엔진으로 노드 수만큼 1년 선결제 없음을 구매하세요. 파일은 바꾸지 않아요. 3년 약정이나 선결제는 더 싸요
loses_reserved_cache = 쓰지 않아도 1년 치 지급
risk_reserved_cache = 무슨 일이 있어도 1년 치를 내요. 다른 변경으로 캐시를 바꾸거나 없애도 마찬가지예요

lever_reserved_instances = EC2 인스턴스 1년 예약
how_reserved_instances = EC2 콘솔의 예약 인스턴스에서 instance_type과 같은 유형의 스탠더드 예약을 리전 범위로, 실행 중인 수만큼(늘고 주는 그룹은 min_size만큼) 1년 선결제 없음으로 구매하세요. 파일은 바꾸지 않아요. 3년은 더 싸고, 교환할 수 있는 컨버터블은 더 비싸요
loses_reserved_instances = 쓰지 않아도 1년 치 지급
risk_reserved_instances = 실행하지 않아도 1년 치를 내요. 리전 범위의 Linux 예약은 같은 패밀리의 다른 크기에는 적용되지만 다른 패밀리(새 세대, ARM)에는 적용되지 않아요

lever_reserved_search = OpenSearch 노드 1년 예약
how_reserved_search = OpenSearch Service 콘솔의 예약 인스턴스에서 cluster_config의 노드 유형(instance_type, dedicated_master_type)마다 노드 수만큼 1년 선결제 없음을 구매하세요. 파일은 바꾸지 않아요. 3년 약정이나 선결제는 더 싸요
loses_reserved_search = 쓰지 않아도 1년 치 지급
risk_reserved_search = 무슨 일이 있어도 1년 치를 내요. 이 인스턴스 유형에만 적용되어 크기나 세대를 바꾸면 할인을 받지 못해요

lever_compute_savings_plan = Compute Savings Plan 1년
how_compute_savings_plan = 결제 콘솔의 Savings Plans에서 1년 선결제 없음 Compute Savings Plan을 구매하세요. 시간당 약정 금액은 min_capacity(없으면 desired_count)의 온디맨드 task 요금을 플랜 요율로 계산한 금액이에요. 파일은 바꾸지 않아요. 3년 약정이나 선결제는 더 싸요
loses_compute_savings_plan = 쓰지 않아도 1년 치 지급
risk_compute_savings_plan = 쓰지 않아도 1년 동안 시간당 약정 금액을 내요. 모든 리전의 Fargate, Lambda, EC2 온디맨드에 적용되고 Spot에는 적용되지 않아요

break_even_month = { $months }개월 중 { $month }개월 이상 유지하면 온디맨드보다 싸요
break_even_upfront = 선결제 ${ $upfront }를 약정 기간에 나눴어요. { $months }개월 중 { $month }개월 이상 유지하면 온디맨드보다 싸요
break_even_never = { $months }개월 안에는 온디맨드보다 싸지지 않아요
