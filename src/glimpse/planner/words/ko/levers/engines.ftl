### Engines in words.

lever_valkey_node = Redis 대신 Valkey
how_valkey_node = engine = "valkey", engine_version = "8.0"과 valkey8 패밀리의 파라미터 그룹으로 바꾸세요(서버리스 캐시는 engine과 major_engine_version = "8"). 복제 그룹은 데이터를 유지한 채 변경돼요. Redis 5.0.6보다 오래된 버전은 최대 1분 정도 장애 조치가 일어나요. 노드는 같은 Redis 노드보다 20%, 서버리스는 33% 저렴해요
loses_valkey_node = 연결이 잠시 끊김
risk_valkey_node = 노드가 바뀌는 동안 몇 초에서 몇 분간 연결이 끊겨요. 프로토콜과 명령은 Redis 7.2와 같고, 다시 Redis로 돌아가려면 백업에서 새 캐시를 만들어야 해요

lever_supported_engines = 엔진을 표준 지원 버전으로
how_supported_engines = engine_version을(RDS와 Aurora는 allow_major_version_upgrade = true와 새 패밀리의 파라미터 그룹을 함께) PostgreSQL 17, MySQL 8.4(5.7은 8.0을 거쳐), Aurora MySQL 3(8.0.mysql_aurora.3.08.0), Redis 7.1로 올리세요. Aurora는 aws_rds_cluster(글로벌 클러스터의 멤버라면 aws_rds_global_cluster)에 적어요. 중간 버전을 거쳐야 할 수 있으니 aws rds describe-db-engine-versions의 ValidUpgradeTarget을 확인하세요. 표준 지원 중인 버전이면 어느 것이든 요금이 사라지고, 여기 적은 버전이 가장 오래 남아요. engine_lifecycle_support = "open-source-rds-extended-support-disabled"로도 요금은 사라지지만, 그러면 AWS가 정한 날에 업그레이드돼요
loses_supported_engines = 몇 분~몇 시간 중단
risk_supported_engines = 메이저 업그레이드라서 몇 분에서 몇 시간 동안 데이터베이스를 쓸 수 없고 스냅샷 말고는 되돌릴 방법이 없어요. 쿼리, 확장, 명령 동작이 달라질 수 있어요. 먼저 스냅샷에서 복원한 복사본을 업그레이드하고 애플리케이션 테스트를 돌려 보세요

lever_supported_kubernetes = Kubernetes를 표준 지원 버전으로
how_supported_kubernetes = aws_eks_cluster의 version을 마이너 버전 하나씩 올리고, 그때마다 노드 그룹과 추가 기능도 올리세요. 표준 지원 중인 버전이면 할증이 사라지고, 최신 버전이 가장 오래 남아요. 1.33부터는 Amazon Linux 2 노드 이미지가 없으니 그런 노드 그룹은 먼저 ami_type = "AL2023_x86_64_STANDARD"로 바꾸세요. upgrade_policy {"{"} support_type = "STANDARD" {"}"}로 두면 그 뒤로는 연장 지원에 들어가지 않고, 표준 지원이 끝날 때 AWS가 업그레이드해요
loses_supported_kubernetes = 오래된 API 종료, 되돌릴 수 없음
risk_supported_kubernetes = 컨트롤 플레인은 되돌릴 수 없어요. 새 버전에서는 오래된 API가 사라지니 단계마다 EKS 콘솔의 업그레이드 인사이트를 먼저 보세요. 노드가 하나씩 교체되고 파드가 옮겨 가요
