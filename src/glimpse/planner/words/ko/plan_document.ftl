### What the plan document says, and the steps in this repository's own tree. No other stack is told any of it.

## Claims

claim_total_before = 지금 스택의 모든 항목을 이 이용량으로 계산한 값이에요
claim_total_after = 문서의 변경을 적용하고 task 2개를 지킨 값이에요
claim_saving = 지금에서 balanced를 뺀 값이에요
claim_saving_percent = 같은 값을 지금 비용의 비율로 본 것이에요
claim_sum = 문서의 항목을 그대로 더하면 { $lines } = { $sum }
claim_ecs_before = task 3개: 파일대로 배치하면 ${ $as_written }, 전부 Spot이면 ${ $spot }, 전부 온디맨드면 ${ $on_demand }. 실제 최소 실행 수는 { $running }개예요
claim_ecs_after = task 2개: 온디맨드 하한이 있으면 ${ $balanced }, 전부 Spot이면 ${ $spot }
claim_balancer = 문서에는 로드 밸런서의 퍼블릭 IPv4 두 개가 빠져 있어요
claim_database = 이 리전 정가로 본 인스턴스와 스토리지예요
claim_cache = 이 리전 정가로 본 노드 하나예요
claim_nat = 문서에는 퍼블릭 IPv4 주소와 디스크가 빠져 있어요
claim_absent = 이 스택에 없어요
claim_rest_before = 로그, 경보, 시크릿, DNS, 파일, 전송, 이미지, 그리고 위 다섯 줄에 없는 것이에요
claim_rest_after = 업로드가 로드 밸런서를 거치지 않아도 파일, 로그, 경보 비용은 그대로예요
claim_spot = base가 먼저라 task 2개는 어떤 비율이든 1개씩이에요. base까지 없애면 ${ $base } 절감되지만 온디맨드 하한이 사라져요
claim_tasks = min_capacity가 이미 { $fewest }개를 유지해요: 3 → 2는 ${ $desired }, 문서의 min 1은 ${ $lowest } 절감이지만 task가 1개 남아요
claim_tasks_fixed = 스케일링이 없어 { $fewest }개가 한 달 내내 실행돼요: 2개로 줄이면 ${ $desired }, 문서의 min 1은 ${ $lowest } 절감이에요
claim_presigned = 여기 업로드는 월 { $uploaded } GB예요. $5가 되려면 { $needed } GB가 필요하고, 바이트가 가장 큰 LCU 차원일 때만이에요
claim_presigned_measured = 여기 업로드는 월 { $uploaded } GB예요. $5가 되려면 { $needed } GB가 필요하고, 바이트가 가장 큰 LCU 차원일 때만이에요. 실제로 아끼는 것은 task의 CPU로, { $service } 측정값으로는 MB당 { $spent } ms예요
claim_keep_alive = 클라이언트 연결은 이미 유지돼요. 요청마다 새로 열어도 ${ $most } 더 들 뿐이에요. $3가 되려면 초당 새 연결 { $needed }개가 필요해요
claim_lcu_per_gb = 바이트가 가장 큰 차원일 때 LCU-시간 하나가 1 GB예요
claim_inbound_free = 인터넷에서 들어오는 트래픽의 정가예요
claim_extreme_cost = 이 이용량으로 본 extreme이에요
claim_balanced_cost = 이 이용량으로 본 balanced예요
claim_serverless_cost = 이 이용량으로 본 serverless예요
claim_scenario_least = { $region }에 가격이 없는 부분이 있어 최소 ${ $least }예요
claim_percent_of_range = ${ $before } 대비 ${ $low }~${ $high }: 비용이 범위면 절감률도 범위라서 숫자 하나로는 맞지 않아요
claim_interruption = AWS는 Fargate Spot 중단율을 공개하지 않고, weight가 task 하나의 중단율을 바꾸지도 않아요. 어느 쪽이든 task { $tasks }개 중 { $spot }개가 Spot이에요
claim_recovery = task 시작 25~90초, 부팅 5~15초, 첫 상태 확인까지 최대 { $interval }초예요. 응답 없는 task라면 최대 { $hung }초예요
claim_one_task = 잃은 task를 채우는 것은 ECS 스케줄러이고, 오토 스케일링은 오히려 2개를 1개로 줄여요 (${ $saves } 절감)
claim_connections = 실제 인스턴스에서 관찰된 값이에요. AWS는 공개하지 않아요 (공식의 상한은 { $formula })
claim_connections_unknown = 이 데이터베이스 클래스의 한도는 관찰된 값이 없어요
claim_pool = task { $most }개(배포 중 { $peak }개)와 { $few }개일 때 task당 들어가는 수예요. 50개면 task { $few }개만으로도 { $needed }개가 필요해요
claim_pool_unknown = 데이터베이스 한도나 task 수를 알 수 없어요
claim_reserved = 1년, 선결제 없음: 월 ${ $now }에서 ${ $reserved }
claim_reserved_unknown = 이 데이터베이스의 예약 가격이 없어요
claim_cloudfront = 다운로드를 CloudFront로 옮길 때예요. 요청과 전송 요금에서 버킷의 전송 요금을 뺀 값이에요
claim_capacity_zero = 개발 환경이라고 가정하고 밤 9시간 동안 task를 없앤 값이에요. 운영 환경에서는 최소 task 수와 온디맨드 task 수 약속을 어겨요
claim_capacity_zero_unknown = 밤에 task를 없앨 때의 절감액을 여기서는 계산할 수 없어요
claim_phase6 = balanced에 데이터베이스 예약과 CloudFront 다운로드를 더한 값이에요. 밤에 task를 없애는 것은 운영 환경에서 거부돼요
unit_usd = { $value }
unit_usd_per_gb = ${ $value }/GB
unit_percent = { $value }%
unit_seconds = { $value }초
unit_tasks = task { $value }개
unit_connections = { $value }개
unit_connections_a_task = task당 { $value }개

## The checklist, where this repository does it otherwise

group_code = 코드 변경
group_terraform = Terraform 변경
group_test = 테스트
group_monitoring = 모니터링
check_one_service = 새 파일 3개가 아니라 채팅 서비스의 일부예요. 키는 서버가 만들고 크기와 타입을 서명에 넣어요
check_client_package = 진행률, 재시도, 취소가 있는 브라우저와 모바일용 패키지예요
check_keep_alive = 서버 설정으로 60초보다 길게 해요. 문서의 httpsOptions는 TLS를 켜서 모든 상태 확인이 실패해요
check_pool = 데이터베이스 한도와 배포 중 task 수에서 계산해요. connectionLimit은 Prisma 스키마 속성이 아니에요
check_variables = 모듈 코드를 고치지 않고 시나리오 변수 파일로 바꿔요
check_upload_lies = 크기, 타입, 소유자를 속이는 클라이언트로도 확인해요
check_keep_alive_seconds = 헤더가 아니라, 61초 동안 쓰지 않은 연결이 응답하는지 확인해요
check_spot = 스케줄러가 25~90초 뒤 새로 띄워요. 중요한 것은 소켓이 돌아오고 잃는 것이 없는지예요
check_alarms = 계산된 임계값으로 확인해요
check_connections = 계산된 경보값 기준이에요. 45는 풀이 크면 배포마다 울려요
check_budget = 모니터링 모듈의 예산이 80%와 100%에 알려 줘요. glimpse bill로 비교하세요

## The alarms and their thresholds

alarm_ecs_cpu = ECS CPU 사용률
alarm_ecs_memory = ECS 메모리 사용률
alarm_running_tasks = 실행 중인 task
alarm_balancer_5xx = 로드 밸런서 5xx
alarm_database_connections = 데이터베이스 커넥션
alarm_load = 스케일링 목표가 { $target }%라서 그 값은 정상적인 스케일 아웃 때마다 넘어요. 목표와 100%의 중간을 넘으면 스케일링이 부하를 따라가지 못하는 거예요
alarm_load_unknown = 이 지표에 대상 추적이 없어 계산할 근거가 없어요
alarm_tasks = 오토 스케일링이 최소 { $fewest }개를 지켜요. 그보다 적으면 task가 시작되는 것보다 빨리 종료되는 거예요
alarm_tasks_unknown = 최소 task 수를 알 수 없어요
alarm_errors = 가장 바쁜 5분의 요청 { $requests }건 중 { $percent }%예요. 로드 밸런서와 task의 오류를 더해요
alarm_connections = 데이터베이스가 주는 { $offered }개(관찰된 최솟값에서 예약분을 뺀 값)의 5분의 4예요. task { $fewest }개를 배포할 때 { $deploy }개가 필요해요
alarm_connections_only = 데이터베이스가 주는 { $offered }개(관찰된 최솟값에서 예약분을 뺀 값)의 5분의 4예요
alarm_connections_unknown = 이 데이터베이스의 한도를 알 수 없어요
threshold_percent = > { $value }%, { $minutes }분
threshold_fewer = < { $value }, { $minutes }분
threshold_errors = > { $value }건/{ $minutes }분
threshold_more = > { $value }개

## What each lever asks for in this repository's own tree, phase by phase

step_edit = { $stack }에서 { $values }
step_apply = 이 값들을 변수 파일에 넣고(이 저장소에는 { $scenario }.tfvars가 있어요) terraform plan으로 교체되는 리소스를 확인한 뒤 terraform apply하세요
step_image = 이미지를 빌드해 푸시하고 다이제스트를 apply에 넘기세요. latest처럼 내용이 바뀌는 태그로는 롤백할 수 없어요
step_verify = 같은 --var-file로 glimpse plan을 다시 실행해 월 ${ $monthly }인지 확인하세요
step_test_task_count = 배포가 task 2개로 시작해 2개로 끝나는지 확인하세요
step_test_min_capacity = 15분 한가한 뒤 task 1개로도 응답하는지 보고, 실행 task 경보도 맞춰 낮추세요
step_test_spot_base = 두 task를 동시에 멈춰도 모두 다시 연결되고 확인된 메시지가 남는지 보세요
step_test_on_demand_pair = 실행 중인 두 task의 용량 공급자가 FARGATE인지 확인하세요
step_test_spot_weights = Spot task를 멈추면 소켓이 몇 초 안에 다른 task로 옮겨 가고 25~90초 뒤 새 task가 뜨는지 보세요
step_test_arm = ARM에서 초당 메시지 수를 재세요. 이 계획은 x86 측정값으로 계산했어요
step_test_night_off = 22시에 task가 없어지고 7시에 돌아오는지 확인하세요
step_test_valkey_node = 서로 다른 task에 연결된 두 사람이 메시지를 주고받는지 확인하세요
step_code_valkey_serverless = 버스 클라이언트를 TLS와 클러스터 모드로 연결하세요
step_test_valkey_serverless = 서로 다른 task에 연결된 두 사람이 메시지를 주고받는지 확인하세요
step_code_bus_postgresql = 서비스가 PostgreSQL로 이벤트를 전달하게 하세요. Glimpse는 GLIMPSE_BUS_URL=postgresql:이면 되고, 이 저장소의 Terraform이 설정해요
step_prepare_bus_postgresql = 한가한 시간을 고르세요. 이번 배포 동안(약 5분)에는 이전 버스의 task와 새 버스의 task 사이에 이벤트가 전달되지 않아요. 그동안 놓친 메시지는 소켓이 새 task로 옮겨 갈 때 받아요. 캐시는 이전 task가 모두 끝난 뒤 삭제돼요
step_test_bus_postgresql = 서로 다른 task의 두 사람이 메시지를 주고받는 동안 데이터베이스 CPU가 기준선 아래인지 확인하세요
step_test_parameters = 새 task가 시작되고 기존 키로 서명한 토큰을 받는지 확인하세요
step_test_nat_gateway = 새 task가 게이트웨이로 이미지를 받아 시작되는지 확인하세요
step_test_task_addresses = task의 퍼블릭 IP가 로드 밸런서 외에는 응답하지 않는지 확인하세요
step_code_ipv6_only = 서비스가 ::에서 수신하고, 호출하는 외부 서비스에 모두 IPv6 주소가 있어야 해요
step_test_ipv6_only = 새 task가 시작되고(이미지, 시크릿, 로그가 모두 IPv6로 오가요) 푸시 알림이 도착하는지 확인하세요
step_code_ipv6_dual_stack = 먼저 직접 쓰는 계정에서 이런 task가 시작되는지 확인하세요. 시작하지 못한다는 보고가 있어요
step_test_ipv6_dual_stack = NAT 없이 새 task가 시작되는지 확인하세요
step_test_cloudfront_ingress = CloudFront를 거친 WebSocket이 한 시간 유지되고, 로드 밸런서가 CloudFront 외의 요청에는 응답하지 않는지 확인하세요
step_prepare_cloudfront_downloads = 키 쌍(RSA 2048)을 만들어 공개 키는 downloads_public_key에, 개인 키는 배포 전에 해당 파라미터에 넣으세요
step_test_cloudfront_downloads = 서비스가 준 링크는 동작하고, 서명을 빼면 403이 나며, 버킷 자체는 누구에게도 응답하지 않는지 확인하세요
step_test_log_retention = 로그 그룹의 보관 기간이 7일인지 확인하세요
step_code_presigned_uploads = docs/how-to/direct-uploads.ko.md를 따라 앱을 clients/typescript 클라이언트로 옮기세요. 서비스는 이미 업로드에 서명하고 도착한 파일을 확인해요
step_test_presigned_uploads = 사진이 올라가고, 크기나 타입이 다른 파일은 버킷이 거부하는지 확인하세요
step_code_keep_alive = 서버가 유휴 연결을 로드 밸런서의 60초보다 긴 65초 동안 유지하게 하세요
step_test_keep_alive = 61초 동안 쓰지 않은 연결도 응답하는지 확인하세요
step_code_pool_size = 서비스가 GLIMPSE_DATABASE_POOL로 커넥션 풀 크기를 정하게 하세요
step_test_pool_size = 배포하는 동안 DatabaseConnections가 경보 아래인지 확인하세요
step_test_storage_autoscaling = aws rds describe-db-instances에서 인스턴스의 MaxAllocatedStorage가 지정한 상한인지 확인하세요
step_code_api_gateway_websocket = 서비스와 클라이언트를 Socket.IO에서 API Gateway 프로토콜로 옮기세요
step_test_api_gateway_websocket = 2시간 제한 뒤 클라이언트가 스스로 다시 연결되는지 확인하세요
step_code_serverless = 서비스를 함수로, 데이터를 테이블로 옮기고 읽음, 순서, 번호 매기기를 새로 설계하세요
step_test_serverless = 채팅의 모든 약속을 처음부터 다시 테스트하세요
step_prepare_arm = linux/arm64 이미지를 빌드하세요. x86 이미지는 시작되지 않아요
step_prepare_valkey_node = 한가한 시간을 고르세요. 새 캐시를 만들고 task가 옮겨 간 뒤 기존 노드를 삭제해요. 이번 배포 동안(약 5분)에는 이전 task와 새 task 사이에 이벤트가 전달되지 않아요. 그동안 놓친 메시지는 소켓이 새 task로 옮겨 갈 때 받아요
step_prepare_valkey_serverless = 한가한 시간을 고르세요. 새 캐시를 만들고 task가 옮겨 간 뒤 기존 노드를 삭제해요. 이번 배포 동안(약 5분)에는 이전 task와 새 task 사이에 이벤트가 전달되지 않아요. 그동안 놓친 메시지는 소켓이 새 task로 옮겨 갈 때 받아요
step_prepare_parameters = Secrets Manager의 서명 키를 파라미터 /NAME/jwt-signing-keys에 복사하세요. 값이 없으면 glimpse deploy가 새 키를 만들고, 모두 다시 로그인해야 해요
step_prepare_ipv6_only = 한가한 시간을 고르세요. task가 새 서브넷과 새 대상 그룹으로 옮겨 가는 동안, 첫 새 task가 정상이 될 때까지 1~3분은 새 연결과 요청에 503으로 응답해요. 열린 소켓은 그 task가 멈출 때까지 유지돼요. 캐시는 새것을 만든 뒤 기존 것을 삭제해요. 그동안 이전 task와 새 task 사이에는 이벤트가 전달되지 않고, 놓친 메시지는 소켓이 새 task로 옮겨 갈 때 받아요
step_prepare_cloudfront_ingress = 다른 변경 없이 먼저 ingress = "both"를 적용하세요. 두 번째 로드 밸런서, VPC 오리진(최대 15분), CloudFront 배포가 만들어지고, task가 두 로드 밸런서에 모두 등록된 뒤 도메인이 CloudFront를 가리켜요. 5분 뒤 ingress = "cloudfront"를 적용하면 기존 로드 밸런서가 없어져요. DNS 캐시는 길어야 60초라 접속이 막히지 않아요. 서비스를 두 번 배포하게 되고, 그때마다 소켓이 한 번씩 1~5초 안에 다시 연결돼요
step_prepare_nat_gateway = apply 직전에 NAT 인스턴스가 프라이빗 라우팅 테이블에 만든 기본 경로를 지우세요. 게이트웨이가 생길 때까지 약 3분은 외부로 나가지 못해 새 task를 시작할 수 없고, 실행 중인 task는 계속 동작해요
step_edit_by_hand = { $stack }의 파일에서 직접 바꾸세요: { $lever }. 변수는 이 저장소의 것이라 여기에는 없어요
step_stable = apply가 배포까지 해요. 서비스가 안정될 때까지 기다리세요
step_test_max_capacity = terraform plan의 database_connections_fit 검사에서 경고가 사라졌는지 확인하세요
