### Levers on what watches servers, containers and databases.

lever_basic_monitoring = EC2 기본 모니터링 (5분 간격)
how_basic_monitoring = 인스턴스는 monitoring = false, 시작 템플릿은 monitoring {"{"} enabled = false {"}"}, 시작 구성은 enable_monitoring = false(생략하면 켜져요)로 바꾸세요. 실행 중인 인스턴스는 재시작 없이 바뀌고, 그룹의 인스턴스는 교체될 때 적용돼요
loses_basic_monitoring = 1분 간격 지표 없음
risk_basic_monitoring = CPU와 네트워크의 경보와 조정 정책이 1분이 아니라 5분마다 값을 받아 늦게 반응해요. 주기가 60초인 경보는 데이터가 부족해져요

lever_container_insights_off = Container Insights 끄기
how_container_insights_off = 클러스터의 name = "containerInsights"인 setting 블록에서 value = "disabled"로 바꾸세요. 재시작되는 것은 없어요
loses_container_insights_off = task별 지표 없음
risk_container_insights_off = 서비스와 task 패밀리별 실행 수, 재시작, 메모리, 스토리지, 네트워크 지표가 없어지고 이를 쓰던 대시보드가 비어요. 서비스별 CPU와 메모리는 계속 무료로 볼 수 있어요

lever_database_insights_standard = Database Insights 표준 모드, 7일
how_database_insights_standard = 인스턴스에서, 클러스터가 지정한다면 클러스터에서 database_insights_mode = "standard", performance_insights_retention_period = 7로 바꾸세요. 재시작되는 것은 없어요
loses_database_insights_standard = 7일 지난 인사이트 없음
risk_database_insights_standard = 7일보다 오래된 데이터베이스 활동을 볼 수 없고, 고급 모드의 분석도 쓸 수 없어요

lever_enhanced_monitoring_off = RDS 확장 모니터링 끄기
how_enhanced_monitoring_off = 인스턴스에서, 클러스터가 지정한다면 클러스터에서 monitoring_interval = 0으로 바꾸고 monitoring_role_arn을 지우세요. 재시작되는 것은 없어요
loses_enhanced_monitoring_off = 프로세스, 메모리 지표 없음
risk_enhanced_monitoring_off = 몇 초 단위의 운영 체제 프로세스와 메모리 정보가 없어져요. 인스턴스의 CloudWatch 지표는 1분 간격으로 남아요

promise_detailed_monitoring = 인스턴스 1분 간격 지표
promise_container_insights = Container Insights 지표
promise_database_insights = 몇 달 치 데이터베이스 인사이트
promise_enhanced_monitoring = RDS 확장 모니터링
