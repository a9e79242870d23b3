### The levers in words: what each is called, what it risks, and what it asks for.

lever_task_count = task 수: desired_count를 2로
lever_min_capacity = 최소 용량: task 1개
lever_spot_base = Spot base: 온디맨드 하한 없음
lever_spot_weights = Spot 가중치: 10 : 90
lever_presigned_uploads = 미리 서명된 URL 업로드
lever_keep_alive = 로드 밸런서보다 긴 keep-alive
lever_pool_size = 한도에 맞는 커넥션 풀
lever_on_demand_pair = 온디맨드 task 2개
lever_valkey_serverless = 노드 대신 Valkey Serverless
lever_bus_postgresql = 캐시 없이 PostgreSQL 버스
lever_api_gateway_websocket = 로드 밸런서 없이 API Gateway WebSocket
lever_serverless = Lambda, API Gateway, DynamoDB로 전환

## How each works

how_task_count = 배포를 task 2개로 시작해요. 그 뒤는 오토 스케일링이 정하므로 스케일링이 없을 때만 절감돼요
how_min_capacity = 문서의 변경 그대로, 한가한 시간에는 오토 스케일링이 task 1개까지 줄일 수 있어요
how_spot_base = 온디맨드로 먼저 두는 task(base)를 없애서 모든 task를 Spot에 둘 수 있게 해요. Spot은 온디맨드 가격의 30%예요
how_on_demand_pair = 처음 두 task는 항상 온디맨드이고, 스케일링이 더하는 것만 Spot에 둬요
how_spot_weights = base를 넘는 task는 10개 중 9개를 Spot에 둬요. weight는 백분율이 아니라 비율이에요
how_valkey_serverless = 이벤트는 지나갈 뿐 저장되지 않아서 최소 과금 단위인 0.1 GB 요금이면 돼요
how_bus_postgresql = 커밋할 때마다 데이터베이스가 다른 task에 알리고, 놓친 이벤트는 데이터베이스에서 읽으므로 캐시가 필요 없어요
how_presigned_uploads = 클라이언트가 파일을 버킷에 직접 올려요. 아끼는 것은 task의 메모리이고, 바이트가 가장 큰 차원일 때는 LCU도 줄어요
how_keep_alive = 서버가 로드 밸런서의 유휴 제한 시간보다 오래 연결을 유지해 가끔 나는 502를 없애요. 비용은 줄지 않아요
how_pool_size = 데이터베이스 커넥션을 배포 중 가장 많은 task 수로 나눠요. 비용은 줄지 않아요
how_api_gateway_websocket = WebSocket API가 소켓을 유지하면서 이벤트를 HTTP API로 넘기고, HTTP API가 프라이빗 호스팅 영역으로 찾은 task에 전달해요
how_serverless = 함수가 두 API에 응답하고 테이블이 메시지를 보관해요. 시간으로 과금되는 것이 없어요

## What each risks

loses_task_count = 여분 task 없음
risk_task_count = 스케일링이 이미 2개를 지키면 없어요. 아니라면 하나를 잃을 때 용량이 절반이에요
loses_min_capacity = 한가할 때 여분 task 없음
risk_min_capacity = 15분만 한가해도 task가 1개가 돼요. 그 하나를 잃으면 장애이고, 2개 미만 경보는 계속 울려요
loses_spot_base = 모든 task가 회수될 수 있음
risk_spot_base = 모든 task가 2분 예고로 한꺼번에 회수될 수 있고, Spot이 모자라도 온디맨드로 바뀌지 않아요
loses_spot_weights = base를 넘는 task는 Spot
risk_spot_weights = task 2개에서는 차이가 없어요(어느 쪽이든 1개씩). base를 넘는 task는 Spot에 더 많이 배치돼요. launch_type을 쓰는 서비스는 먼저 용량 공급자 전략으로 바꾸고 강제로 새 배포를 해야 해요
loses_presigned_uploads = 앱 업데이트 필요
risk_presigned_uploads = 클라이언트를 바꿔야 하고, 업데이트하지 않은 앱은 파일을 보낼 수 없어요. 업로드 URL이 유출되면 5분 동안 크기와 형식이 정해진 파일 하나를 올릴 수 있어요
loses_keep_alive = 없음
risk_keep_alive = 알려진 위험은 없어요. 다만 문서의 코드는 HTTP 대상 그룹 뒤에 TLS 서버를 띄워 모든 상태 확인이 실패해요
loses_pool_size = task당 커넥션 감소
risk_pool_size = task를 20개까지 허용하는 동안은 task당 커넥션이 적어요. max_capacity를 낮추면 늘어나요
loses_on_demand_pair = 없음
risk_on_demand_pair = 알려진 위험이 없어요. 두 task 모두 Spot 회수에서 안전해요
loses_valkey_serverless = 전용 캐시 노드 없음
risk_valkey_serverless = 클러스터 모드와 TLS만 되므로 서비스의 클라이언트가 둘 다 지원해야 해요. 이벤트가 폭주하면 느려지는 대신 한도까지 과금돼요
loses_bus_postgresql = 캐시 없음, DB 부하 증가
risk_bus_postgresql = 이벤트마다 버스트 가능 인스턴스(db.t4g)에 NOTIFY가 하나씩 늘어요. CPU를 지켜봐야 하고, 무제한 모드에서 초과 사용한 CPU 크레딧은 과금돼요
loses_api_gateway_websocket = Socket.IO 없음(재작성)
risk_api_gateway_websocket = Socket.IO와 호환되지 않아 서비스와 클라이언트를 다시 써야 해요. 연결은 2시간이 지나거나 10분 동안 데이터가 없으면 끊겨요
loses_serverless = 전부 재작성
risk_serverless = 전부 다시 써야 해요. 함수는 소켓을 유지하지 못하고 PostgreSQL의 보장이 사라지며, 모든 메시지가 WebSocket API의 제한을 받아요

lever_max_capacity = DB 커넥션 한도에 맞는 최대 task 수
how_max_capacity = 배포 중 task가 두 배가 되어도 커넥션 풀이 데이터베이스 한도 안에 들도록 조정 대상의 max_capacity를 낮추세요
loses_max_capacity = 최대 task 수 감소
risk_max_capacity = 오토 스케일링 상한이 낮아져요. 그보다 많은 task가 필요하면 데이터베이스를 먼저 키워야 해요
promise_cache_node = 전용 캐시 노드
promise_no_rewrite = 지금의 서비스 코드
