### Newer generations in words.

lever_newer_instances = EC2: 같은 계열의 다음 세대
how_newer_instances = 인스턴스, 시작 템플릿 또는 노드 그룹의 instance_type(instance_types)을 다음 계열의 같은 크기로 바꾸세요: t2 → t3, m4 → m5, c4 → c5(c4.8xlarge → c5.9xlarge), c5a → c6a, r4 → r5. 인스턴스 스토어가 있으면 m3 → m5d, c3 → c5d, r3 → r5d, i2 → i3. t2는 credit_specification {"{"} cpu_credits = "standard" {"}"}도 넣으세요. t3는 기본이 무제한 모드예요. 인스턴스는 중지됐다가 시작되고, 그룹은 인스턴스를 차례로 교체해요
loses_newer_instances = 재시작, 인스턴스 스토어 삭제
risk_newer_instances = t2, m3, m4, c3, c4, r3, r4, i2에서 옮기면 Xen에서 Nitro로 바뀌어요. 오래된 이미지에는 ENA와 NVMe 드라이버를 먼저 설치해야 하고 디스크 이름이 /dev/xvd…에서 /dev/nvme…로 바뀌어요. 인스턴스 스토어의 데이터는 중지할 때처럼 사라지고, 디스크 개수가 줄 수 있어요. 모든 가용 영역에 모든 유형이 있지는 않으니 aws ec2 describe-instance-type-offerings로 확인하세요

lever_newer_databases = RDS, Aurora: 클래스의 다음 세대
how_newer_databases = instance_class를 다음 계열의 같은 크기로 바꾸세요: db.t2 → db.t3, db.m3과 db.m4 → db.m5, db.r3과 db.r4 → db.r5. 유지 관리 기간에 재시작되고, apply_immediately = true면 바로 재시작돼요. 다중 AZ면 1~2분 동안 대기 인스턴스로 장애 조치돼요
loses_newer_databases = 몇 분간 재시작
risk_newer_databases = 몇 분 동안 재시작돼요. db.t3는 항상 무제한 모드라서, db.t2라면 느려질 기준 초과 CPU 사용이 vCPU 시간으로 과금돼요

lever_newer_nodes = ElastiCache, OpenSearch: 다음 세대
how_newer_nodes = 캐시의 node_type을 cache.r4 → cache.r5, cache.m3.large → cache.m5.large로, 도메인 cluster_config의 instance_type과 dedicated_master_type을 m4 → m5, c4 → c5, r4 → r5, t2 → t3로 바꾸세요. Redis와 Valkey는 그대로 변경되고, Memcached는 새로 만들어져 비어 있고, 도메인은 블루/그린으로 배포돼요
loses_newer_nodes = 연결이 몇 초 끊김
risk_newer_nodes = 노드가 교체되는 동안 연결이 몇 초 끊겨요. 도메인은 샤드를 복사하는 몇 시간 동안 느려질 수 있고 디스크 여유가 필요해요
