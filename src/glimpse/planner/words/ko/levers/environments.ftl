### What is not production, in words.

lever_single_zone = 운영 환경이 아니면 단일 AZ로
how_single_zone = 데이터베이스는 multi_az = false, 복제 그룹은 num_cache_clusters = 1(샤드가 있으면 replicas_per_node_group = 0)과 multi_az_enabled = false, 샤드가 없으면 automatic_failover_enabled = false로 바꾸세요. 데이터베이스는 재시작하지 않아요
loses_single_zone = 다른 가용 영역의 예비 없음
risk_single_zone = 가용 영역이나 노드가 멈추면 환경도 멈춰요. 데이터베이스는 백업에서 복원하고 캐시는 빈 상태로 시작해요. 유지 관리 때도 몇 분 동안 중단돼요

lever_night_off = 밤에는 task 없음 (운영 환경 제외)
how_night_off = 서비스의 조정 대상에 aws_appautoscaling_scheduled_action 두 개를 만드세요: cron(0 22 * * ? *)에 min_capacity = 0과 max_capacity = 0, cron(0 7 * * ? *)에 지금의 범위. 둘 다 timezone을 넣으세요. aws_appautoscaling_target이 없으면 min_capacity와 max_capacity를 desired_count로 해서 만드세요
loses_night_off = 22시부터 7시까지 서비스 중단
risk_night_off = 22시부터 7시까지 아무도 쓸 수 없고 야간 작업이 실행되지 않아요. 로드 밸런서와 데이터베이스, 캐시 요금은 그대로예요

lever_servers_off = 밤에는 서버 중지 (운영 환경 제외)
how_servers_off = 그룹에는 aws_autoscaling_schedule 두 개를 만드세요: recurrence = "0 22 * * *"에 min_size와 desired_capacity = 0, "0 7 * * *"에 지금 값. 인스턴스나 RDS 데이터베이스에는 cron(0 22 * * ? *)과 cron(0 7 * * ? *)의 aws_scheduler_schedule 두 개를 만들고, 대상은 arn:aws:scheduler:::aws-sdk:ec2:stopInstances와 :startInstances, 또는 :rds:stopDBInstance와 :startDBInstance로 하고 입력에 ID를 넣으세요. 주말에도 쉬면 더 절감돼요
loses_servers_off = 22시부터 7시까지 서버 중지
risk_servers_off = 22시부터 7시까지 아무도 쓸 수 없고 야간 작업이 실행되지 않아요. 스토리지, 백업, 탄력적 IP 요금은 그대로예요. 탄력적 IP가 아닌 퍼블릭 IP는 바뀌고 인스턴스 스토어의 데이터는 사라져요. RDS는 7일이 지나면 중지된 데이터베이스를 스스로 시작하니 일정을 계속 두세요

promise_multi_az = 다른 가용 영역의 예비 인스턴스
promise_nights = 야간 가동
