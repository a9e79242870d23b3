### Processors in words.

lever_graviton_databases = RDS, Aurora를 Graviton 클래스로
how_graviton_databases = instance_class를 Graviton 계열의 같은 크기로 바꾸세요: db.t3 → db.t4g, db.m5 → db.m6g, db.r5 → db.r6g. 유지 관리 기간에 재시작되고, apply_immediately = true면 바로 재시작돼요. 다중 AZ면 1~2분 동안 대기 인스턴스로 장애 조치돼요
loses_graviton_databases = 몇 분간 재시작
risk_graviton_databases = 몇 분 동안 재시작돼요. PostgreSQL 12.7이나 MySQL 8.0.25보다 오래된 마이너 버전은 먼저 업그레이드해야 해요. 이전 클래스의 예약 인스턴스는 새 클래스에 적용되지 않아요

lever_graviton_nodes = ElastiCache, OpenSearch를 Graviton으로
how_graviton_nodes = 캐시의 node_type을 cache.t3 → cache.t4g, cache.m5 → cache.m6g, cache.r5 → cache.r6g로, 도메인 cluster_config의 instance_type과 dedicated_master_type을 m5 → m6g, c5 → c6g, r5 → r6g로 바꾸세요. Redis와 Valkey는 데이터를 유지한 채 변경되고, Memcached는 새 노드가 비어 있어서 그대로 두고, 도메인은 블루/그린으로 배포돼요
loses_graviton_nodes = 연결이 몇 초 끊김
risk_graviton_nodes = 노드가 교체되는 동안 연결이 몇 초 끊겨요. 도메인은 샤드를 복사하는 몇 시간 동안 느려질 수 있고 디스크 여유가 필요해요. 이전 유형의 예약 노드는 새 유형에 적용되지 않아요

lever_arm = ARM(Graviton) task
how_arm = 이미지를 linux/arm64로 빌드하고 task 정의에 runtime_platform {"{"} cpu_architecture = "ARM64" {"}"}를 넣으세요. 서비스가 task를 새로 배포해요. 온디맨드 시간 요금이 20% 싸요
loses_arm = ARM 빌드 필요
risk_arm = 이미지와 그 안의 네이티브 라이브러리를 모두 ARM용으로 빌드해야 해요. 가격표에 ARM Spot 가격이 없는 리전에서는 절감액을 계산할 수 없어요

lever_arm_instances = EC2를 Graviton(ARM)으로
how_arm_instances = instance_type을 Graviton 계열의 같은 크기로(t3 → t4g, m5 → m6g, c5 → c6g, r5 → r6g, m6i → m7g, c6i → c7g, r6i → r7g), ami를 arm64 이미지로 바꾸세요. 노드 그룹은 instance_types와 ami_type = "AL2023_ARM_64_STANDARD"를 바꾸세요. 인스턴스가 교체돼요. t2라면 credit_specification {"{"} cpu_credits = "standard" {"}"}도 넣으세요
loses_arm_instances = 모든 프로그램에 ARM 빌드 필요
risk_arm_instances = 실행하는 모든 것(패키지, 컨테이너, 에이전트)에 ARM 빌드가 필요해요. AWS Marketplace 이미지에는 없을 수 있고 Windows에는 없어요. 디스크 대역폭이 몇 퍼센트 달라요. 모든 가용 영역에 모든 유형이 있지는 않으니 aws ec2 describe-instance-type-offerings로 확인하세요

lever_amd_instances = EC2를 AMD 프로세서(x86)로
how_amd_instances = instance_type을 AMD 계열의 같은 크기로 바꾸세요: t3 → t3a, m5와 m6i → m6a, c5와 c6i → c6a, r5와 r6i → r6a. 이미지와 패키지는 그대로예요. 인스턴스는 중지됐다가 시작돼요
loses_amd_instances = AVX-512 없음, 코어가 느림
risk_amd_instances = AVX-512로 빌드한 프로그램은 쓸 수 없고, t3a의 코어는 t3보다 느려요. 실제 작업으로 재 보세요

lever_arm_functions = Lambda를 Graviton(ARM)으로
how_arm_functions = 함수에 architectures = ["arm64"]를 넣고 계층과 컨테이너 이미지를 arm64로 빌드하세요. 다음 배포 때 중단 없이 바뀌어요. 고정된 버전을 호출한다면 새 버전을 게시하세요
loses_arm_functions = ARM용 라이브러리 빌드
risk_arm_functions = 네이티브 라이브러리와 계층은 arm64로 빌드해야 해요. 순수 Python, Node.js, Java 코드는 그대로 실행돼요

promise_x86 = x86 프로세서
promise_intel = Intel 프로세서
