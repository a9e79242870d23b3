### The sections of a plan's whole report: which there are, and what one says that has nothing to show.

show_beside_full = --full은 이미 모든 부분을 출력해요. --full과 --show 중 하나만 주세요
show_not_in_format = --show는 터미널과 Markdown 보고서의 일부를 골라요. --format { $format }에는 언제나 전체가 들어가니 --show를 빼 주세요
section_unknown = --show { $name }: 그런 부분이 없어요. 있는 부분: { $sections }
section_unknown_near = --show { $name }: 그런 부분이 없어요. 혹시 { $near }인가요? 있는 부분: { $sections }

## What a section says that has nothing to show

no_risks = 위험: 이 설계에서 읽은 부분에는 없어요.
no_steps = 적용 순서: 추천하는 변경이 없어서 할 일이 없어요.
no_levers = 변경안: 이 스택의 비용을 줄이는 것이 없어요.
no_scenarios = 시나리오: glimpse.toml에 적힌 것이 없고, 지금 스택과 비교할 추천 변경도 없어요.
no_promises = 약속: glimpse.toml에 적힌 것이 없고, 이 스택에는 변경으로 잃을 수 있는 것도 없어요.
no_growth = 사용할수록 늘어나는 것: 알려진 것이 없어요. glimpse.toml의 사용자 수([people] users)로 계산해요.
no_paid = 낸 비용: 알 수 없어요. --actual FILE로 AWS 청구서를 주세요.
no_checks = 체크리스트: 이 스택의 glimpse.toml에 계획 문서([plan] document)가 없어요.
no_alarms = 경보: 이 스택의 glimpse.toml에 계획 문서([plan] document)가 없어요.
no_claims = 주장: 이 스택의 glimpse.toml에 계획 문서([plan] document)가 없어요.

## The bill

ui_zero_lines = 지금 비용이 0인 항목 { $count }개:

## The comparison

ui_kept = 지킨 약속
best_of = { $count ->
       *[other] 모든 약속을 지키는 변경 조합 { $shown }개 가운데 가장 싼 것:
    }
ui_as_it_stands = 지금 스택
kept_everything = 모두
kept_all_but = { $count }개 빼고 모두
names_broken = 깨는 약속:
names_unknown = 지키는지 알 수 없는 약속:
ui_document_scenarios = 문서의 시나리오 비교

## The sources

ui_prices_used = 사용한 정가, { $region }
price_per = USD / { $unit }
price_from = USD, { $start } { $unit }부터
price_upfront = USD 선납, { $months }개월분
