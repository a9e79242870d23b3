### What a plan says beside the bill: availability, phases and steps.

## Availability

availability_why = SLA 기준 { $least }%, 캐시와 NAT를 빼면 { $most }%. 최소 task { $tasks }개, 온디맨드 { $on_demand }개. 계산에서 뺀 부분: { $unrated }
availability_functions = task 없이 SLA 기준 { $least }%. 계산에서 뺀 부분: { $unrated }
part_none = 없음
part_cloudfront = CloudFront(SLA 미확인)
part_spot_tasks = 온디맨드가 2개 미만인 task
part_serverless_cache = Valkey Serverless(SLA 미확인)
part_nat_gateway = NAT 게이트웨이(SLA 미확인)

## Phases and steps

phase_purchase = 구매
phase_code = 코드
phase_prepare = 적용 전
phase_by_hand = 직접 확인
phase_terraform = Terraform 변경
phase_deploy = 배포
phase_test = 테스트
step_commitment = { $address }의 { $term } 약정을 구매하고 glimpse.toml의 [[commitments]]에 구매일과 함께 적으세요
step_run_again = glimpse plan을 다시 실행해 월 ${ $monthly }인지 확인하세요
step_run_again_least = glimpse plan을 다시 실행해 월 최소 ${ $monthly }인지 확인하세요

## What a stack has today

promise_max_tasks = 최대 task 수
promise_instances = 인스턴스 수
promise_cache = 캐시 엔진
promise_cache_nodes = 캐시 노드 수
promise_zones = 가용 영역 수
as_today = 지금과 같아요
has_less = { $address }: { $found }, 지금은 { $today }
given_up = 포기하게 돼요
free_tier_changes = --free-tier always를 쓰면 다른 조합이 가장 저렴해요: { $levers } (${ $monthly })
no_free_tier_changes = 프리 티어가 없으면 다른 조합이 가장 저렴해요: { $levers } (${ $monthly })

## What to do, and what that saves

do_nothing = 그대로 두세요: 더 저렴한 방법은 모두 무언가를 포기해야 해요
do_nothing_certain = 그대로 두세요: 확실히 더 저렴한 변경이 없어요
do_nothing_charged = 없어요: 이 파일이 만드는 리소스에는 요금이 없어요
do_nothing_read = 제안할 수 없어요: 요금이 드는 리소스를 읽지 못했어요
do_none = 제안할 수 없어요: glimpse.toml의 약속을 모두 지키는 조합이 없어요. 이유: --show promises
do_unknown = 제안할 수 없어요: glimpse.toml의 약속을 지키는지 알 수 없어요. 이유: --show promises

## Promises

kept_as_today = 지금 그대로 유지하는 것:
kept_all = 추천한 변경은 지금 있는 것을 줄이지 않고 약정도 하지 않아요. 포기할 수 있는 것은 glimpse.toml의 [promises] may_give_up에 적으세요.

## The comparison

search_forbidden_commitment = 약정하면 ${ $less } 더 절감: { $levers }


## What a change saves

usage_a_month = 월 { $units } { $unit }({ $address }의 { $key })
usage_stored = { $units } { $unit }({ $address }의 { $key })
saves_below = 사용량이 없으면 월 ${ $usd } 절감되고 쓸수록 줄어, { $usage } 값을 넘으면 절감이 없어요
saves_below_any = 사용량이 없으면 월 ${ $usd } 절감되고 쓸수록 줄어, 다음 중 하나를 넘으면 절감이 없어요:
saves_above = 사용량이 없으면 월 ${ $usd } 더 들지만 쓸수록 줄어, { $usage } 값을 넘으면 절감돼요
saves_above_any = 사용량이 없으면 월 ${ $usd } 더 들지만 쓸수록 줄어, 다음 중 하나를 넘으면 절감돼요:
usages_more = 그 밖의 사용량 { $count }가지
saves_depends = 절감 여부는 알려지지 않은 사용량에 따라 달라요: { $keys } (모두 { $count }개)
new_resource = 새로 만드는 { $name }
ui_not_there = 확실히 절감되지 않아 그대로 두는 곳:
ui_see_steps = { $lever } · 적용할 곳, 방법, 위험: 적용 순서 참고
ui_edit_saves_least = 월 ${ $saved } 이상 절감
ui_edit_saves_usage = 사용량 요금의 일부 절감
ui_idle = 이 스택에는 해당하지 않는 변경안: { $count }개.
ui_saves_nothing = 이 변경은 여기서 절감이 없거나 비용이 더 들어요:
service = 서비스

saves_between = 두 값 사이예요. { $parts }의 가격은 없지만, 있는 가격에서 범위를 구할 수 있어요
saves_unpriced = { $parts }의 가격이 없어요
places_more = 그 외 { $count }곳
group_same_for_less = 같은 기능, 더 낮은 비용
group_gives_up = 포기하는 것이 있는 변경
group_commitment = AWS 약정
group_by_hand = 직접 확인할 것
ui_gives_up = 포기하는 것: { $name }
ui_growth = 사용할수록 늘어나는 것

ui_where = 위치
ui_how = 방법

## What is stored grows

growth_database = { $address }: 메시지가 매월 { $gb } GB씩 쌓여요. 스토리지 크기는 알 수 없어요
growth_database_never = { $address }: 메시지가 매월 { $gb } GB씩 쌓여요. 스토리지 { $gib } GiB는 { $years }년 안에 가득 차지 않아요
growth_database_full = { $address }: 메시지가 매월 { $gb } GB씩 쌓여요. 빈 상태에서 시작하면 { $months }개월째에 스토리지 { $gib } GiB가 가득 차요. 스토리지 자동 조정이 켜져 있는지는 알 수 없어요
growth_database_full_fixed = { $address }: 메시지가 매월 { $gb } GB씩 쌓여요. 빈 상태에서 시작하면 { $months }개월째에 스토리지 { $gib } GiB가 가득 차요. 스토리지 자동 조정은 꺼져 있어요
growth_database_full_autoscaled = { $address }: 메시지가 매월 { $gb } GB씩 쌓여요. 빈 상태에서 시작하면 { $months }개월째에 스토리지 자동 조정 한도인 { $gib } GiB가 가득 차고, 스토리지 요금은 지금보다 월 ${ $usd } 늘어요
growth_database_full_autoscaled_unpriced = { $address }: 메시지가 매월 { $gb } GB씩 쌓여요. 빈 상태에서 시작하면 { $months }개월째에 스토리지 자동 조정 한도인 { $gib } GiB가 가득 차요. 그때의 스토리지 요금은 알 수 없어요
growth_files = { $address }: 업로드한 파일이 매월 { $gb } GB씩 쌓이고, 월 요금이 매달 ${ $usd }씩 늘어요
growth_files_unpriced = { $address }: 업로드한 파일이 매월 { $gb } GB씩 쌓여요. 요금은 알 수 없어요
growth_logs = { $address }: 로그 보존 기간이 없어 매월 { $gb } GB씩 쌓이고, 월 요금이 매달 ${ $usd }씩 늘어요
growth_logs_unpriced = { $address }: 로그 보존 기간이 없어 매월 { $gb } GB씩 쌓여요. 요금은 알 수 없어요
max_tasks = 최대 { $found }개, 약속은 { $wanted }개 이상
