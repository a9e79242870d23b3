### Levers on the ways out of a VPC.

lever_gateway_endpoints = S3와 DynamoDB 게이트웨이 엔드포인트
how_gateway_endpoints = com.amazonaws.REGION.s3와 .dynamodb에 vpc_endpoint_type = "Gateway"인 aws_vpc_endpoint를 하나씩 추가하고, vpc_id는 이 게이트웨이의 VPC, route_table_ids는 모든 프라이빗 라우팅 테이블로 지정하세요. 요금이 없고, S3(ECR 이미지 포함)와 DynamoDB로 가는 트래픽이 NAT 게이트웨이를 거치지 않아요
loses_gateway_endpoints = 연결이 한 번 끊김
risk_gateway_endpoints = 경로가 바뀌는 순간 S3와 DynamoDB에 열린 연결이 한 번 끊겨요. 버킷 정책이나 보안 그룹이 게이트웨이의 퍼블릭 IP를 지정하고 있으면 엔드포인트(aws:SourceVpce, 접두사 목록)로 바꿔야 해요

lever_one_nat_gateway = 모든 가용 영역에 NAT 게이트웨이 하나
how_one_nat_gateway = VPC의 첫 aws_nat_gateway만 남기고, 모든 프라이빗 라우팅 테이블의 0.0.0.0/0 경로를 그쪽으로 바꾼 뒤 나머지와 그 aws_eip를 지우세요. 다른 가용 영역에서 나가는 트래픽은 영역을 건너가므로 대부분의 리전에서 GB당 양쪽에 $0.01씩 들어요
loses_one_nat_gateway = 영역 장애 때 외부 통신 불가
risk_one_nat_gateway = 그 가용 영역에 장애가 나면 다른 영역도 인터넷에 나가지 못해요. IP를 허용 목록에 넣은 상대에게 남은 주소를 알려야 해요

lever_nat_gateway = NAT 인스턴스 대신 NAT 게이트웨이
how_nat_gateway = NAT 인스턴스와 그 주소를 aws_nat_gateway와 aws_eip로 바꾸고, 인스턴스를 가리키던 경로에 nat_gateway_id를 넣으세요. 시간과 GB로 과금되고 AWS가 운영해요
loses_nat_gateway = GB당 요금 추가
risk_nat_gateway = 기술적인 위험은 없지만 시간당, GB당 요금이 더 비싸고, 하나뿐인 가용 영역이 멈추면 외부와 통신하지 못해요

lever_nat_instance = NAT 게이트웨이 대신 NAT 인스턴스
how_nat_instance = aws_nat_gateway를 t4g.nano aws_instance로 바꾸세요. 패킷을 전달하는 ARM 이미지(예: fck-nat), source_dest_check = false, credit_specification {"{"} cpu_credits = "standard" {"}"}, 8 GB gp3 루트 디스크를 쓰고, 같은 aws_eip를 연결한 뒤 경로에 network_interface_id를 넣으세요. GB당 요금이 없어져요
loses_nat_instance = 직접 운영하는 NAT
risk_nat_instance = 패치와 감시를 직접 해야 해요. 인스턴스가 멈추면 복구될 때까지 외부로 나가지 못해요. t4g.nano의 처리량은 게이트웨이보다 훨씬 작고, CPU 크레딧을 다 쓰면 느려져요

lever_interface_endpoints = NAT 대신 인터페이스 엔드포인트
how_interface_endpoints = ecr.api와 ecr.dkr에, 쓰고 있다면 logs, secretsmanager, ssm, sqs, sns에도 vpc_endpoint_type = "Interface", private_dns_enabled = true인 aws_vpc_endpoint를 추가하세요. 지금의 NAT 게이트웨이마다 프라이빗 서브넷 하나에 두고, S3와 DynamoDB는 게이트웨이 엔드포인트로 연결한 뒤 NAT 게이트웨이와 aws_eip, 경로를 지우세요. AWS만 호출하는 task에만 맞아요
loses_interface_endpoints = AWS 밖과 통신 불가
risk_interface_endpoints = task가 이 서비스 외에는 연결하지 못해요. 다른 AWS 서비스, 외부 API, ECR 밖의 이미지가 모두 막혀요. 먼저 VPC 흐름 로그를 확인하세요. 서비스가 늘 때마다 엔드포인트 요금이 더 들어요

lever_task_addresses = NAT 없이 task마다 퍼블릭 IP
how_task_addresses = aws_ecs_service의 network_configuration에 퍼블릭 서브넷을 넣고 assign_public_ip = true로 바꾸세요. 보안 그룹은 로드 밸런서만 허용하고, NAT와 그 주소, 경로를 지우세요. 서비스가 새로 배포돼요
loses_task_addresses = 인터넷에 노출되는 task
risk_task_addresses = task가 인터넷에 노출되고 보안 그룹만이 지켜요. task가 늘 때마다 IP 요금이 더 들어요

lever_ipv6_only = IPv6 전용 task와 외부 전용 게이트웨이
how_ipv6_only = VPC에 IPv6 대역(assign_generated_ipv6_cidr_block)을 주고, ipv6_native = true인 서브넷과 무료인 aws_egress_only_internet_gateway로 가는 ::/0 경로를 만들어 서비스를 옮기세요. 대상 그룹은 ip_address_type = "ipv6"로 하고 NAT를 지우세요. 로드 밸런서, 데이터베이스, 캐시는 둘 다 써요
loses_ipv6_only = IPv4로 못 나감, 1~3분간 503
risk_ipv6_only = IPv6가 없는 외부 서비스에는 닿지 못하니 task가 호출하는 결제, 메일, 푸시 서비스부터 확인하세요. ECS Exec를 쓸 수 없어 콘솔 대신 일회성 task를 실행해야 해요. 대상 그룹이 교체되어 1~3분 동안 새 연결이 실패하고, 캐시도 교체돼요. 서비스는 IPv6로 수신해야 해요

lever_ipv6_dual_stack = 듀얼 스택 task와 외부 전용 게이트웨이
how_ipv6_dual_stack = task가 데이터베이스용 프라이빗 IPv4를 유지하고 외부로는 IPv6로 나가요
loses_ipv6_dual_stack = task가 시작하지 못할 수 있음
risk_ipv6_dual_stack = 시작하지 못한다는 보고가 있어요. IPv4 주소가 있는 task는 Fargate가 레지스트리 토큰을 IPv4로 받아요. 시작되는 것을 확인할 때까지 예정으로 둬요

lever_private_addresses = 로드 밸런서 뒤 서버의 퍼블릭 IP 제거
how_private_addresses = 인스턴스(subnet_id)나 그룹(vpc_zone_identifier)을 NAT 게이트웨이로 나가는 프라이빗 서브넷으로 옮기고 associate_public_ip_address = false로 두세요. 사용자는 그대로 로드 밸런서로 들어와요. 인스턴스는 교체되고, 그룹의 인스턴스는 새로 고칠 때 바뀌어요
loses_private_addresses = 서버 직접 접속 불가
risk_private_addresses = 서버에 직접 접속할 수 없어요(SSH 대신 Session Manager를 쓰세요). 서버가 외부로 보내는 트래픽은 GB마다 과금되는 NAT 게이트웨이를 거쳐요

promise_nat_zones = 가용 영역마다 있는 NAT 게이트웨이
promise_nat_gateway = AWS가 운영하는 NAT
promise_nat_instance = GB당 요금이 없는 NAT
promise_ipv4_egress = IPv4로 나가는 경로
promise_private_tasks = 퍼블릭 IP가 없는 task
promise_public_addresses = 서버의 퍼블릭 IP
