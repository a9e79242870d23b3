### The page of --format html.

## The head

html_today = 지금
html_recommended = 추천
html_saves = 절감
html_a_month = /월
html_contents = 차례
html_made = 만든 날: { $day }, 도구: glimpse { $version }, 가격표: { $name }.

## The bill

html_bill = 청구서
html_by_component = 구성 요소별 월 비용(USD)
html_others = 그 외 { $count }개
html_all = 작은 부분 { $count }개
html_tree = 서비스별
html_tree_how = 상자의 높이는 청구서에서 차지하는 비율이에요. 금액은 월 USD예요.
html_service = 서비스
html_lines_count = 항목 수
html_as_table = 표로 보기
html_usd_a_month = 월 USD

## The changes

html_waterfall = 지금에서 추천까지의 월 비용(USD)
html_other_changes = 그 외 변경안 { $count }개
html_changes = 변경안
html_changes_lead = 절감액이 큰 순서예요. 각 금액은 앞의 변경안에 더해지는 절감액이라 모두 더하면 전체 절감액이 돼요.
html_saves_a_month = 월 절감
html_effort = 작업: { $effort } ({ $work })
html_planned = 아직 구현되지 않았어요
html_effort_none = 고칠 파일 없음
html_effort_variable = 값 변경
html_effort_config = 값 변경과 준비
html_effort_code = 서비스나 클라이언트 수정
html_effort_migration = 다른 구조로 변경
html_sources_note = 아래 항목마다 단가, 출처 문서, 날짜, 가정이 있어요.
html_scenario_without = { $name }(지키지 못하는 것: { $promises })
html_alike = 같은 것 { $count }개, 각 ${ $usd }
html_risk = 위험
html_not_advised = 추천하지 않는 변경안
html_not_advised_lead = 무언가를 포기하거나, 알려지지 않은 사용량에 달려 있거나, 위의 변경안에 더해도 절감이 없는 변경안이에요. 금액은 추가로 절감되는 값이에요.
html_steps = 적용 순서

## Cost against what is given up

html_scenarios = 다른 선택
html_alternatives = 비용과 포기하는 것(월 USD)
html_alternatives_how = 채워진 점은 약속을 모두 지키는 선택이에요. 빈 점은 무언가를 포기하거나, 포기하게 될 수 있는 선택이에요.
html_alternative = 선택
html_without = "{ $name }" 없이
html_with_commitment = AWS 약정 구매
html_not_kept = 지키지 못하는 약속
html_none = 없음
html_reasons = 더 저렴한 것을 추천하지 않는 이유

## What is not known

html_gaps_lead = 여기 있는 것은 0으로 치지 않았어요. 그래서 합계는 최솟값이에요. 비용이 가장 클 수 있는 것부터 보여요.
html_no_gaps = 모든 리소스에 가격이 있거나 자체 요금이 없어요.
html_gap_unread = 읽지 못한 것
html_gap_bound = 최대 월 ${ $usd }예요.

## Every line

html_lines = 모든 항목
html_lines_lead = 비용이 큰 리소스부터예요. 항목을 열면 단가, 출처, 날짜, 가정이 보여요.
html_left_out = 나머지 항목 { $count }개는 모두 ${ $usd }이고, glimpse bill로 볼 수 있어요.
html_before_usage = 알려지지 않은 사용량의 단가 { $count }개
html_zero_lines = $0.00인 항목 { $count }개
html_unit_price = 단가
html_source = 출처
html_date = 가격 날짜
html_confidence = 신뢰도
html_confidence_high = 높음
html_confidence_medium = 중간
html_range = task가 가장 적을 때와 많을 때
html_committed = 약정 종료
html_give_usage = 지정할 사용량
html_paid = 실제로 낸 금액

## The document

html_document = 계획 문서
html_document_says = 문서의 값
html_alarm = 경보
