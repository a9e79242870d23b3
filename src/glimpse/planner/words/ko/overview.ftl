### What a plan's report begins with: the answers, the bars, the waterfall, the changes and the gaps.

## The questions, and the label before each answer

question_cost = 비용이 얼마예요?
question_advice = 무엇을 하면 돼요?
question_loss = 무엇을 잃나요?
question_offers = 어떻게 하면 더 아끼나요?
question_promises = 지금 어떤 약속이 깨져 있나요?
question_risks = 지금 무엇이 위험한가요?
question_unknown = 무엇을 아직 모르나요?
question_sources = 이 숫자는 어디에서 왔나요?
ui_answer_cost = 지금 비용
ui_answer_advice = 할 일
ui_answer_loss = 잃는 것
ui_answer_offers = 더 아끼기
ui_answer_promises = 깨진 약속
ui_answer_risks = 지금 위험
ui_answer_unknown = 모르는 것
ui_answer_sources = 가격 출처

## What it costs

cost_before_usage = 사용량 요금 제외: 트래픽, 요청, 저장은 쓴 만큼 따로예요
cost_before_other_usage = 알려 주지 않은 사용량의 요금은 제외했어요

## What to do

advice_change = 변경 하나를 적용하세요:
advice_changes = 아래 변경 { $count }가지를 적용하세요
advice_scenario = 아래 변경 { $count }가지를 적용하세요({ $scenario } 시나리오)
advice_saves = 월 ${ $monthly }가 되고 ${ $saving }({ $percent }%)를 아껴요
advice_saves_of_known = 최소 월 ${ $monthly }가 되고 ${ $saving }(알려진 금액의 { $percent }%)를 아껴요
advice_saves_at_least = 월 ${ $monthly }가 되고 ${ $saving }({ $percent }%) 이상을 아껴요
advice_saves_at_least_of_known = 최소 월 ${ $monthly }가 되고 ${ $saving }(알려진 금액의 { $percent }%) 이상을 아껴요
advice_saves_usage = 쓴 만큼 내는 요금이 줄어요. 금액은 사용량에 따라 달라요
advice_saves_nothing = 비용은 그대로이고, 앞으로의 요금이나 장애를 막아요
advice_all = 적용할 변경:
advice_largest = 큰 것부터:
advice_for_the_least = 비용이 가장 적은 값을 기준으로 한 답이에요
advice_by_hand = 직접 확인할 것:
more_items = 그 외 { $count }가지
as_it_is = { $text }

## What is lost

loss_nothing = 지금 있는 것은 잃지 않아요
loss_no_change = 없어요. 추천하는 변경이 없어요
loss_given_up = glimpse.toml에서 포기할 수 있다고 한 것:
loss_kept = 유지:
loss_on_the_way = 감수할 것:
keeps_websocket = WebSocket 연결
keeps_min_tasks = 최소 task 수
keeps_max_tasks = 최대 task 수
keeps_min_on_demand_tasks = 온디맨드 task 수
keeps_database = 데이터베이스 엔진
keeps_multi_az = 다른 가용 영역의 예비 인스턴스
keeps_cache = 캐시 엔진
keeps_cache_nodes = 캐시 노드 수
keeps_instances = 인스턴스 수
keeps_zones = 가용 영역 수
keeps_log_days = 로그 보관 기간
keeps_no_commitment = 선구매 없음
keeps_connections_fit = 커넥션 여유
keeps_sockets = 약속한 소켓 수

## What more could be saved

offers_some = 포기하거나 약정하면 매달 더 아껴요:
offer = "{ $promise }" 포기 ${ $saving }
offer_commitment = 1년 약정 ${ $saving }
offers_little_usage = 사용량이 적은 동안 월 최대 ${ $saving } 절감:

## What is at risk or broken now

broken_promise = glimpse.toml의 약속 "{ $promise }":
risks_some = { $count }가지:
risks_all_mended = 변경을 적용하면 모두 해결돼요({ $count }가지)
risks_mended = 변경을 적용하면 { $count }가지가 해결돼요

## What is not known

unknown_nothing = 없어요. 모든 항목에 가격이 있어요
unknown_values = 변수 { $count }개의 값:
unknown_unpriced = 항목 { $count }개의 가격:
unknown_unread = 파일에서 읽지 못한 부분 { $count }곳
unknown_usage = 사용량 { $count }가지(glimpse.toml에 적을 수 있어요)
unknown_usage_init = 사용량 { $count }가지(glimpse init이 사용량을 적을 glimpse.toml을 만들어 줘요)
unknown_spot = Spot 회수 빈도
unknown_for_warnings = 청구서 아래 주의 { $count }가지

## Where the numbers come from

sources = { $region }의 AWS 정가 { $count }개, { $oldest }~{ $newest } 기준
sources_of_one_day = { $region }의 AWS 정가 { $count }개, { $newest } 기준
sources_list = 세금과 프리 티어 제외
sources_free_tier = 세금 제외, AWS 상시 프리 티어 적용
sources_none = 이 파일에 있는 것의 가격을 몰라요

## Bars, waterfall, changes, gaps, and the command for more

ui_answer_paid = 낸 금액
ui_bars = 항목별 비용 (월, USD)
bars_rest = 다른 항목 { $count }가지
ui_steps_down = 지금 → 추천 (월, USD)
steps_today = 지금
steps_recommended = 추천
ui_changes = 변경과 절감 (월, USD)
ui_change = 변경
ui_asks = 감수할 것
changes_rest = 그 외 { $count }가지: --show levers
changes_rest_mending = 위험을 없애는 { $count }가지 더: --show levers
saves_by_use = 사용량만큼
ui_gaps = 합계에서 빠진 것 (클 수 있는 것부터)
gaps_rest = 그 외 { $count }개: --show bill
gap_no_price = 가격을 모르는 것: { $parts }
gap_bound = {" "}(최대 ${ $usd })
not_given_more = 금액을 정하는 변수 { $count }개 더: --show bill
more_full = 더 보기: { $command } --full. 일부만 보려면 --show 뒤에 steps, levers, risks, scenarios, promises, bill, sources 중에서 고르세요
