### What `glimpse watch` says.

watch_days = --days { $days }: 1에서 { $most } 사이의 일수를 주세요.

watch_send = --send { $given }: sns: 다음에 주제의 ARN을 쓰거나(sns:arn:aws:sns:…) slack을 주세요.

watch_subject_attention = { $name }: 확인 필요({ $count }건), { $day }

watch_subject_good = { $name }: 이상 없음, { $day }

watch_sent = 보고서를 보냈어요: { $where }

watch_slack_missing = --send slack을 쓰려면 환경 변수 { $variable }에 수신 웹훅 주소가 있어야 해요.

watch_slack_not_https = { $variable } 값이 https:// 주소가 아니라서 보내지 않았어요. 웹훅 주소를 다시 복사해 주세요. 비밀 값이라 여기에는 표시하지 않아요.

watch_slack_refused = Slack이 보고서를 거부했어요: { $status } { $detail }. 웹훅이 취소됐을 수 있어요. 새로 만들어 주세요.

watch_slack_unreachable = Slack에 연결할 수 없어요: { $detail }. 이 컴퓨터의 네트워크를 확인하세요.

watch_asking = { $region }의 AWS에서 낸 비용과 스택 상태 읽는 중 …

watch_title = { $region }의 { $name }, { $date }

watch_attention = 확인이 필요해요

watch_attention_none = 확인이 필요한 것이 없어요.

watch_unknown = 알 수 없음

## Money

watch_spending = 낸 비용과 계획

watch_paid = { $days }일 동안({ $start }부터 { $end }까지) 낸 비용: { $paid }. 한 달로 치면 { $month }, 계획은 { $planned }.

watch_paid_high = 최근 { $days }일의 속도로는 한 달에 ${ $month }예요. 계획한 ${ $planned }보다 { $percent }% 많아요.

watch_partial = 비용이 { $first }부터 있어요. { $wanted }일 가운데 { $days }일만 비교해서 판단하기에는 부족해요.

watch_no_costs = Cost Explorer에 최근 { $days }일의 비용이 없어요. 비용은 최대 24시간 늦게 반영되고, Cost Explorer를 켠 직후에도 24시간까지 걸려요.

watch_at_least = 가격을 모르는 부분이 있어서 계획 금액은 최솟값이에요.

watch_adjustments = 이 기간에 기록됐지만 위 금액에 없는 것: 세금 { $tax }, 크레딧과 환불 { $credits }.

watch_tag = { $key }={ $value } 태그가 있는 것과 { $key } 태그가 없는 것({ $untagged })을 셌어요. 다른 환경({ $others })은 세지 않았어요.

watch_no_tag = 다른 스택을 포함해 계정의 모든 비용을 셌어요.

watch_tag_inactive = { $key } 태그가 비용 할당 태그로 활성화되지 않았어요(Billing and Cost Management의 비용 할당 태그에서 활성화하고 최대 24시간이 걸려요).

watch_tag_nameless = { $key } 태그의 값인 환경 이름을 Terraform에서 알 수 없어요.

watch_estimated = 월 청구서가 나올 때까지 Cost Explorer의 추정치예요.

watch_chart = 하루 비용(USD), 계획은 하루 { $planned }

watch_lines = 항목별, 이 기간의 속도로 본 한 달 비용(USD)

watch_not_planned = 비용을 냈지만 계획에 없는 것 (월 USD)

watch_not_paid = 계획에 있지만 이 기간에 비용이 없는 것 (월 USD)

watch_not_comparable = AWS의 사용 유형 이름을 몰라요

watch_hosted_zone = 호스팅 영역은 매달 1일에 한 번 청구돼요. 1일이 없는 기간에는 보이지 않아요.

watch_services = 서비스별, 이 기간의 속도로 본 한 달 비용(USD)

watch_explained = 크레딧까지 넣으면 계획과의 차이는 월 { $total }: { $parts }.

watch_instead = {" "}({ $planned } { $unit } 대신 { $paid })

watch_instead_rate = {" "}({ $unit }당 { $listed } 대신 { $paid })

watch_part_not_planned = 계획에 없음 { $amount }

watch_part_not_paid = 비용 없음 { $amount }

watch_part_free = 프리 티어 또는 무료 { $amount }

watch_column_line = 항목

watch_column_service = 서비스

watch_column_planned = 계획

watch_column_paid = 낸 비용

watch_column_difference = 차이

watch_column_why = 이유

watch_requests = 이 보고서에 쓴 Cost Explorer 요청: { $count }번(한 번에 $0.01).

## Health

watch_health = 상태

watch_column_what = 대상

watch_column_finding = 결과

watch_of_alarms = 경보

watch_of_tasks = task

watch_of_answers = 5xx 응답

watch_of_connections = DB 연결

watch_of_cpu_credits = DB CPU 크레딧

watch_of_storage = DB 스토리지

watch_of_budget = 예산

watch_of_certificate = 인증서

watch_of_engine = DB 엔진

watch_of_prices = 가격표

watch_alarms = { $count }개 중 { $ok }개 정상

watch_alarms_silent = { $count }개 중 { $ok }개 정상, 데이터 없음: { $names }

watch_alarms_none = 이름이 { $prefix } 다음으로 이어지는 경보가 없어요

watch_alarm = { $name } 경보가 { $since }부터 울리고 있어요: { $reason }

watch_tasks = { $wanted }개 중 { $running }개 실행 중: 온디맨드 { $on_demand }개, Spot { $spot }개

watch_tasks_unplaced = { $wanted }개 중 { $running }개 실행 중

watch_tasks_none = { $wanted }개가 실행돼야 하는데 실행 중인 task가 없어요.

watch_answers = { $days }일 동안 요청 { $requests }건에 { $errors }건({ $percent }%)

watch_connections = { $days }일 동안 최대 { $most }개, 한도 { $limit }개

watch_connections_unlimited = { $days }일 동안 최대 { $most }개, 한도는 알 수 없음

watch_cpu_credits = 최저 잔액 { $lowest }, 초과 크레딧 청구 없음

watch_cpu_credits_surplus = 최저 잔액 { $lowest }, 초과 크레딧 { $surplus }개 청구: 이 부하에는 인스턴스 클래스가 작아요

watch_storage = { $most }GiB 중 { $used }GiB 사용, 하루 { $growth }MiB씩 늘면 { $ends }에 가득 차요

watch_storage_full = DB 디스크 { $most }GiB 중 { $used }GiB를 썼어요. 하루 { $growth }MiB씩 늘면 { $ends }에 가득 차요.

watch_storage_steady = { $most }GiB 중 { $used }GiB 사용, 거의 늘지 않아요

watch_storage_no_growth = { $most }GiB 중 { $used }GiB 사용, 언제 차는지 알려면 이틀 치 데이터가 필요해요

watch_storage_no_limit = AWS에서 디스크 크기를 알 수 없어요

watch_budget = { $name }: { $month } ${ $limit } 중 ${ $spent }

watch_budget_passed = { $name } 예산을 넘었어요: { $month } ${ $limit } 중 ${ $spent }.

watch_no_certificate = 로드 밸런서에 인증서가 없어요

watch_certificate = { $domain }: { $ends }까지 유효, ACM이 60일 전에 갱신해요

watch_certificate_ends = { $domain } 인증서가 { $ends }에 만료되는데 ACM이 갱신하지 않았어요. DNS 레코드를 확인하세요.

watch_engine = { $version }: { $ends }까지 표준 지원

watch_engine_ends = DB 버전 { $version }의 표준 지원이 { $ends }에 끝나요. 그 뒤에는 vCPU마다 연장 지원 요금이 붙어요. 그 전에 업그레이드하세요.

watch_engine_unknown = { $version }: 표준 지원 종료일을 알 수 없어요

watch_prices = 계획의 가격은 { $oldest }부터 { $newest }까지의 것이에요. `glimpse prices update`로 새 가격을 받아요
