### What a line of a bill assumes, and what it lacks.

## Bill: what a line assumes

tasks_billed = 오토 스케일링은 task를 { $min }~{ $max }개로 유지하고 대부분의 시간에는 { $expected }개가 실행돼요 (desired_count는 배포 시작값일 뿐이에요)
tasks_desired = 스케일링이 없어서 desired_count대로 task { $tasks }개가 한 달 내내 실행돼요
schedule_local = 일정의 시간대를 따지지 않고, 이용량과 같은 시간대로 봤어요
placement = task { $tasks }개는 온디맨드 { $on_demand }개, Spot { $spot }개로 배치돼요 (base 먼저, 나머지는 weight 비율)
placement_range = AWS는 이 비율의 반올림 방식을 공개하지 않아요: 온디맨드 { $least }~{ $most }개가 가능해요
capacity_measured = 부하가 요구하는 task 수는 { $service }의 측정값으로 계산했어요
capacity_unknown = 측정된 적 없는 서비스라 최소 task 수로 계산했어요 (glimpse.toml의 service.runs로 지정하세요)
lcu_largest = 시간마다 네 가지 차원(dimension) 중 가장 큰 값이에요. 열린 WebSocket도 활성 연결로 계산해요
lcu_internal = 내부용 로드 밸런서라 이용량의 트래픽이 들어오지 않는다고 봤어요
committed = 약정: { $term }, { $until }까지
backup_within_storage = 할당한 스토리지 크기까지의 백업은 요금에 포함돼요
extended_support = 표준 지원이 끝난 메이저 버전({ $version })이라 { $since }부터 연장 지원 요금이 붙어요
secret_read_at_start = task가 시작할 때 한 번만 읽어서 호출 요금은 무시할 만해요
shared_evenly = 이용량을 { $count }개에 똑같이 나눴어요
logs_measured = 측정 결과 { $service } 서비스는 메시지나 요청 하나마다 로그를 { $bytes }바이트 남겨요
logs_measured_none = 측정 결과 { $service } 서비스는 메시지나 요청마다 로그를 남기지 않아요. 경고와 오류 로그는 계산하지 않았어요
logs_kept_a_month = 로그 한 달 치를 보관한다고 봤어요
scaling_makes_alarms = 대상 추적 정책이 경보 { $count }개를 스스로 만들어요
insights_metrics = 지표 { $count }개: 클러스터, 서비스 { $services }개, 서비스마다 task 패밀리 하나예요
alias_queries_free = 별칭(alias) 레코드로 응답한 질의는 요금이 없어요
no_alarm_mail = 평범한 달에는 경보 메일이 없다고 봤어요
internet_out_of_workload = 이용량이 내보내는 전부예요: 메시지 전달, 응답, 다운로드
support_derived = 3년 차는 이전 버전처럼 그날부터 2년 뒤에 시작한다고 봤어요. AWS 일정을 확인하세요
support_unknown = { $engine } { $version }에 연장 지원 요금이 붙는지는 알 수 없어요
fetched_through_nat = 서버가 가져오는 양이에요: 이미지, 외부 서비스 (이용량의 fetched_gb_a_month)
zones_crossed = 서버는 가용 영역 { $zones }곳에 고르게, 데이터베이스와 캐시는 한 곳에 있다고 봤어요. 양쪽 모두 과금돼요
free_tier_granted = 상시 프리 티어(월 { $granted })를 뺐어요
linux_assumed = Linux, 공유 테넌시로 봤어요 (AMI가 정하지만 읽지 않았어요)

committed_proposed = 약정: { $term }, 구매일부터
logs_kept = 로그를 { $days }일 보관해요
internet_out_beside_edge = 이용량이 CloudFront를 거치지 않고 내보내는 양이에요. CloudFront를 거친 양은 그쪽에서 과금돼요
edge_of_region = 사용자가 스택과 같은 지역에 있다고 봤어요. WebSocket 업그레이드는 요청 1건이에요
sockets_as_requests = WebSocket API의 이벤트(메시지, 연결, 연결 해제)도 여기에 요청으로 들어와요
socket_messages = 보낸 메시지와 전달된 메시지({ $kb } KB 단위), 그리고 유휴 제한을 피하는 { $minutes }분마다의 ping이에요
function_called = 호출마다 { $mib } MiB로 { $ms } ms 걸린다고 봤어요 (이용량의 function_ms). 측정하기 전까지는 가정이에요
table_requests = 메시지마다 쓰기 1번과 받을 사람 조회 1번, 연결마다 기록과 삭제로 계산했어요
cache_least = 최소 과금 단위인 { $gb } GB예요. 이벤트는 지나갈 뿐 저장되지 않아요
cache_units = 메시지마다 { $units } 단위: 게시 1번, task 2개의 수신이에요

## Bill: what is missing

needs_table_capacity = read_capacity나 write_capacity를 읽지 못했어요
needs_public_ip = assign_public_ip를 읽지 못했어요
needs_retention = retention_in_days를 읽지 못했어요
needs_version = engine_version을 읽지 못했어요. 오래된 버전이면 연장 지원 요금이 붙어요
schedule_not_daily = 하루 한 번 정시에 실행되는 일정만 읽어요. 이 일정이 바꾸는 task 수는 계산에 없어요
no_price = { $region }에 { $looked_for } 가격이 없어요
price_ends = { $catalogue }에 { $limit } { $unit }까지의 가격만 있어요
no_price_in_term = { $region }에 { $term } 조건의 { $looked_for } 가격이 없어요. 있는 조건: { $terms }
needs_usage = 입력되지 않은 사용량: { $keys }
before_usage = 사용량 요금 제외
before_other_usage = 입력되지 않은 사용량 요금 제외
ui_no_price = 가격 없음
own_region_unknown = 프로바이더에 리전이 없어서 어느 리전에 있는지 알 수 없어요
commitment_address_unknown = [[commitments]]의 { $address }: 이 스택에 없는 주소라서 아무것도 바뀌지 않아요
commitment_address_unknown_near = [[commitments]]의 { $address }: 이 스택에 없는 주소라서 아무것도 바뀌지 않아요. 혹시 { $near }인가요?
commitment_ended = { $address }의 약정이 { $day }에 끝났어요. 이제 온디맨드 요금이 나와요
commitment_not_begun = { $address }의 약정은 { $day }에 시작해요. 그때까지는 온디맨드 요금이 나와요
commitment_of_nothing = { $address }에는 예약할 수 있는 시간이 없어서 약정이 아무것도 바꾸지 않아요
region_without_prices = { $region }에 있는데, { $catalogue }에 이 리전의 가격이 없어요
needs_quantity = 수량을 알 수 없어요
needs_task_count = task 수를 알 수 없어요: desired_count나 조정 대상을 읽지 못했어요
needs_task_size = task 정의 또는 그 cpu와 memory를 읽지 못했어요
needs_zones = 몇 개의 가용 영역(서브넷)에 있는지 읽지 못했어요
needs_instance_class = instance_class를 읽지 못했어요
needs_storage_size = allocated_storage를 읽지 못했어요
needs_vcpu_count = 이 클래스의 vCPU 수를 알 수 없어요
needs_node_type = node_type을 읽지 못했어요
needs_node_count = 노드 수를 읽지 못했어요
needs_disk_size = 디스크 크기가 파일에 없어요
needs_instance_type = instance_type을 읽지 못했어요
needs_instance_count = 인스턴스 수를 읽지 못했어요
needs_subnet = 퍼블릭 IPv4를 받는지는 서브넷이 정하는데 그 서브넷을 찾지 못했어요
