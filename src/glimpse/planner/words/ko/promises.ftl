### Promises, and the verdicts on them.

## Promises

websocket_yes = 소켓이 로드 밸런서를 지나고, 롱 폴링은 같은 task로 고정되고(sticky session), task끼리 메시지가 전달돼요
websocket_no_bus = task가 여럿인데 메시지를 나를 버스가 없어요. 다른 task에 연결된 사용자끼리는 메시지가 전달되지 않아요
websocket_not_sticky = 고정 세션 없이 task가 여럿이에요. 롱 폴링 클라이언트의 요청이 세션을 모르는 task로 갈 수 있어요
websocket_internal = 로드 밸런서가 내부용이고, 사용자가 접속할 경로가 이 파일들에 없어요
websocket_unknown = 애플리케이션 로드 밸런서 뒤의 Fargate 서비스를 찾지 못했어요
websocket_edge = 소켓이 CloudFront와 로드 밸런서를 지나고, 롱 폴링은 같은 task로 고정되고, task끼리 메시지가 전달돼요
websocket_gateway = API Gateway가 소켓을 유지해요. Socket.IO와 호환되지 않고, 연결은 2시간이 지나거나 10분 동안 데이터가 없으면 끊겨요
websocket_functions = 함수는 소켓을 유지할 수 없고, 대신 유지할 리소스도 없어요
tasks_none = task 없이 함수가 응답해요
min_tasks = 최소 { $found }개 실행 (약속: { $wanted }개 이상)
min_on_demand_tasks = 최소 온디맨드 { $found }개 (약속: { $wanted }개 이상)
tasks_unknown = 최소 task 수를 알 수 없어요. 필요한 수: { $wanted }개
on_demand_by_rounding = AWS가 이 비율의 반올림을 공개하지 않아 온디맨드가 { $wanted }개보다 적을 수 있어요
database_kept = { $found }
database_broken = { $found } (필요한 것: { $wanted })
database_unknown = 데이터베이스를 찾지 못했어요. 필요한 것: { $wanted }
commitments_held = glimpse.toml의 약정 { $count }개
commitments_proposed = 1년 약정으로 구매할 것 { $count }개
connections_fit = 배포 중 task가 가장 많을 때도 모든 task가 커넥션을 얻어요
connections_over = task당 커넥션이 { $pool }개인데, 배포 중 task가 가장 많을 때는 { $fitting }개까지만 쓸 수 있어요
connections_unknown = 풀 크기, 데이터베이스 한도, task 수 중 모르는 것이 있어요
sockets_held = task 하나를 잃었을 때 소켓 { $found }개, 필요한 수: { $wanted }개
sockets_unknown = task 하나가 소켓을 몇 개까지 유지하는지 측정한 적이 없어요. 필요한 수: { $wanted }개
pool_does_not_fit = task당 커넥션 { $pool }개 × 배포 중 최대 task { $tasks }개 = { $connections }개인데 풀에 쓸 수 있는 것은 { $usable }개예요(관찰값 { $seen } − 예약 { $reserved } − 관리용 { $admin }). 풀을 task당 { $fitting }개 이하로 줄이거나 max_capacity를 낮추세요
keep_alive_too_short = 서버는 { $seconds }초, 로드 밸런서는 { $idle }초 뒤에 유휴 연결을 닫아요. 가끔 이미 닫힌 연결로 요청이 가서 502 오류가 나요
promise_websocket = WebSocket 유지
promise_min_tasks = 최소 task 수
promise_min_on_demand_tasks = 온디맨드 task 수
promise_database = 데이터베이스
promise_no_commitment = 약정 없음
promise_connections_fit = 커넥션 여유
promise_sockets = 소켓 수
kept = 지킴
broken = 어김
unknown = 모름
confirmed = 맞음
refuted = 틀림
