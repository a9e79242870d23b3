### Levers and scenarios, and why one is recommended.

## Levers and scenarios

search_forbidden = "{ $promise }" 약속이 없다면 ${ $less } 더 절감: { $levers }
search_second = 차선: ${ $more } 더 비쌈, { $levers }
search_more_on_demand = 온디맨드 task를 { $count }개로 늘리면 ${ $more } 더 들어요
passed_over_promise = { $scenario }: 지키지 못하거나 알 수 없는 약속: { $promises }
passed_over_unpriced = { $scenario }: 지금과 다른 부분에 가격이 없어서 절감액을 계산할 수 없어요
passed_over_planned = { $scenario }: 아직 구현되지 않은 변경안: { $levers }
passed_over_same = { $scenario }: 비용이 같아요
passed_over_dearer = { $scenario }: 추천보다 ${ $more } 더 비싸요
terraform = Terraform
purchase = 구매
hand = 직접
both = 둘 다
planned = 예정
