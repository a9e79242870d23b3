### Risks: for each kind what and why, and a few words for the summary.

## Extended support

extended_support_charged = { $engine } { $version }의 표준 지원이 끝나 { $since }부터 연장 지원 요금이 청구돼요. 여기서는 월 ${ $usd }예요. { $supported } 이상은 표준 지원을 받아요
short_extended_support_charged = 연장 지원 요금 청구 중
extended_support_charged_by_use = { $engine } { $version }의 표준 지원이 끝나 { $since }부터 연장 지원 요금이 ACU 시간당 ${ $usd }씩 청구돼요. { $supported } 이상은 표준 지원을 받아요
short_extended_support_charged_by_use = 연장 지원 요금 청구 중
extended_support_charged_unpriced = { $engine } { $version }의 표준 지원이 끝나 { $since }부터 연장 지원 요금이 청구돼요. 가격표에 단가가 없어요. { $supported } 이상은 표준 지원을 받아요
short_extended_support_charged_unpriced = 연장 지원 요금 청구 중
extended_support_soon = { $engine } { $version }의 표준 지원이 곧 끝나요. { $since }부터 연장 지원 요금이 여기서는 월 ${ $usd } 청구돼요. { $supported } 이상은 더 오래 지원돼요
short_extended_support_soon = 곧 연장 지원 요금 시작
extended_support_soon_by_use = { $engine } { $version }의 표준 지원이 곧 끝나요. { $since }부터 연장 지원 요금이 ACU 시간당 ${ $usd }씩 청구돼요. { $supported } 이상은 더 오래 지원돼요
short_extended_support_soon_by_use = 곧 연장 지원 요금 시작
extended_support_soon_unpriced = { $engine } { $version }의 표준 지원이 곧 끝나 { $since }부터 연장 지원 요금이 청구돼요. 가격표에 단가가 없어요. { $supported } 이상은 더 오래 지원돼요
short_extended_support_soon_unpriced = 곧 연장 지원 요금 시작
extended_support_of_search = 이 OpenSearch 또는 Elasticsearch 버전은 연장 지원 대상이라 노드 시간마다 요금이 더 청구돼요. 가격표에 단가가 없어요. OpenSearch 2.11 이상은 표준 지원을 받아요
short_extended_support_of_search = 연장 지원 요금 청구 중

## Databases

public_database = { $engine }에 퍼블릭 액세스가 켜져 있어요. 인터넷에서 막아 주는 것은 보안 그룹과 암호뿐이고, 퍼블릭 주소에 월 ${ $usd }가 들어요
short_public_database = 퍼블릭 액세스가 켜진 DB
public_database_unpriced = { $engine }에 퍼블릭 액세스가 켜져 있어요. 인터넷에서 막아 주는 것은 보안 그룹과 암호뿐이에요
short_public_database_unpriced = 퍼블릭 액세스가 켜진 DB
storage_cannot_grow = 스토리지가 { $gib }GiB로 고정돼 있어요. max_allocated_storage가 없으면 RDS가 늘리지 않고, 디스크가 가득 차면 DB가 멈춰요. 실제로 늘어나기 전에는 비용이 없어요
short_storage_cannot_grow = DB 스토리지 자동 조정 없음

## Tasks

killed_before_drained = Spot task가 회수되면 SIGTERM 뒤 { $stop }초(stopTimeout) 만에 강제 종료되는데, 대상 그룹은 { $drain }초 동안 요청을 이어가요. 그때까지 열린 요청은 끊겨요. stopTimeout을 최대 120초로, deregistration_delay를 그 이하로 맞추세요
short_killed_before_drained = 드레이닝 전에 끝나는 Spot task
scaling_without_room = min_capacity와 max_capacity가 같아서(둘 다 { $count }) 조정 정책이 task를 늘리거나 줄일 수 없어요
short_scaling_without_room = 오토 스케일링 여유 없음
scaling_at_its_most = desired_count({ $count })가 max_capacity와 같아서 부하가 늘어도 조정 정책이 task를 더 만들 수 없어요
short_scaling_at_its_most = task를 늘릴 여유 없음

## Network

nat_gateway_alone = 가용 영역 { $zones }개의 서브넷이 이 NAT 게이트웨이 하나로 나가요. 그 영역에 장애가 나면 모두 인터넷에 나가지 못하고, 다른 영역에서 나가는 트래픽에는 영역 간 전송 요금이 붙어요
short_nat_gateway_alone = 여러 영역에 NAT 게이트웨이 하나
nat_instance_alone = 가용 영역 { $zones }개의 서브넷이 이 NAT 인스턴스 하나로 나가요. 인스턴스나 그 영역에 장애가 나면 모두 인터넷에 나가지 못해요
short_nat_instance_alone = 여러 영역에 NAT 인스턴스 하나
health_check_slow = 응답하지 않는 대상에도 최대 { $seconds }초 동안 요청이 가요({ $interval }초마다 확인, { $failures }번 실패해야 제외). 30초와 2번이면 60초예요
short_health_check_slow = 느린 상태 확인

## Monitoring

alarms_without_actions = 동작이 없는 경보가 { $count }개예요. 요금은 나가는데 울려도 아무에게도 알리지 않아요(alarm_actions, ok_actions, insufficient_data_actions가 비어 있어요)
short_alarms_without_actions = 아무에게도 알리지 않는 경보
topic_without_subscription = 경보 { $count }개가 이 SNS 주제로 알리는데, 파일에는 구독이 없어요. 누군가 직접 구독하지 않았다면 아무도 알림을 받지 못해요
short_topic_without_subscription = 구독이 없는 경보 주제

## Instances

group_without_room = min_size와 max_size가 같아서(둘 다 { $count }) 이 그룹의 조정 정책이 인스턴스를 늘리거나 줄일 수 없어요
short_group_without_room = 오토 스케일링 여유 없음
group_at_its_most = desired_capacity({ $count })가 max_size와 같아서 부하가 늘어도 이 그룹의 조정 정책이 인스턴스를 더 만들 수 없어요
short_group_at_its_most = 인스턴스를 늘릴 여유 없음
burstable_credits = 무제한 모드의 버스트 가능 인스턴스가 { $count }개예요. 하루 평균이 기준선을 넘으면 초과분이 vCPU 시간당 ${ $usd }씩 상한 없이 청구돼요
short_burstable_credits = 상한 없는 CPU 크레딧
burstable_credits_unpriced = 무제한 모드의 버스트 가능 인스턴스가 { $count }개예요. 하루 평균이 기준선을 넘으면 초과분이 vCPU 시간 단위로 상한 없이 청구돼요
short_burstable_credits_unpriced = 상한 없는 CPU 크레딧

## Logs

logs_for_ever = retention_in_days가 없는 로그 그룹이 { $count }개예요. 로그가 지워지지 않아 저장 요금이 매달 늘어요. 실제로 찾아보는 기간만큼 retention_in_days를 지정하세요
short_logs_for_ever = 지워지지 않는 로그
