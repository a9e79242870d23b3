### What `glimpse verify` says: titles of its checks, what they found, why something is unknown, and its report.

## Titles

verify_title_service_healthy = 서비스가 정상이에요

verify_title_tls = TLS와 인증서

verify_title_security_headers = 보안 헤더

verify_title_websocket = WebSocket과 폴링으로 메시지 전달

verify_title_polling_stickiness = 롱 폴링이 한 task에 유지돼요

verify_title_idle_websocket = 조용한 WebSocket이 유휴 제한 시간을 넘겨도 유지돼요

verify_title_keep_alive = Keep-alive가 로드 밸런서의 유휴 제한 시간보다 길어요

verify_title_presigned_address = 미리 서명된 URL이 발급돼요

verify_title_direct_upload = 업로드가 객체 스토리지로 바로 가요

verify_title_upload_wrong_size = 크기가 다른 업로드는 거부돼요

verify_title_upload_wrong_type = 형식이 다른 업로드는 거부돼요

verify_title_upload_wrong_checksum = 체크섬이 다른 업로드는 거부돼요

verify_title_upload_second_put = 두 번째 업로드는 아무것도 바꾸지 못해요

verify_title_upload_expired = 만료된 URL은 거부돼요

verify_title_public_read_refused = 서명 없이는 아무도 파일을 읽을 수 없어요

verify_title_running_tasks = task가 충분히 실행돼요

verify_title_spot_share = Spot task와 온디맨드 task

verify_title_spot_recovery = Spot task가 사라져도 복구돼요

verify_title_alarm_ecs_cpu = 경보: task CPU

verify_title_alarm_ecs_memory = 경보: task 메모리

verify_title_alarm_running_tasks = 경보: 실행 중인 task 수

verify_title_alarm_balancer_5xx = 경보: 5xx 오류

verify_title_alarm_database_connections = 경보: 데이터베이스 연결 수

verify_title_balancer_5xx = 로드 밸런서와 task의 5xx 오류

verify_title_database_connections = 열려 있는 데이터베이스 연결

verify_title_database_connections_at_deploy = 배포 중 최대 데이터베이스 연결

verify_title_engine_support = 데이터베이스 엔진이 표준 지원 기간 안에 있어요

verify_title_storage_growth = 데이터베이스 스토리지 증가

verify_title_bill = 청구 금액과 계획

verify_title_terraform_applied = 실행 중인 설정이 Terraform과 같아요

## The service

verify_healthy = GET /health가 { $ms }ms 만에 { $status } 상태 코드로 응답했어요.

verify_unhealthy = GET /health가 { $ms }ms 뒤에 { $status } 상태 코드로 응답했어요. 200이어야 해요.

verify_tls = { $version }, 인증서는 { $days }일 더 유효해요. 일반 HTTP는 { $status } 상태 코드로 응답하고 HTTPS로 보내요.

verify_tls_only = { $version }, 인증서는 { $days }일 더 유효해요. 일반 HTTP에는 응답하지 않아요.

verify_tls_local = 이 컴퓨터에는 TLS가 없어요. TLS는 AWS의 로드 밸런서에서 끝나요.

verify_tls_none = 주소가 일반 HTTP예요. 비밀번호와 토큰이 네트워크에서 그대로 보여요.

verify_tls_problem = 클라이언트가 이 TLS 연결을 받아들이지 않아요: { $problem }

verify_tls_old = 로드 밸런서가 안전하지 않은 { $version } 연결을 골랐어요. 안전한 가장 낮은 버전: { $least }. 인증서는 { $days }일 더 유효해요.

verify_tls_ends = 인증서가 { $days }일 뒤에 끝나요. 갱신되고 있지 않아요(최소 { $least }일은 남아 있어야 해요). 연결 버전: { $version }.

verify_tls_plain = 일반 HTTP가 HTTPS로 보내지 않고 { $status } 상태 코드로 응답해요. TLS 자체는 정상이에요: { $version }, { $days }일 남음.

verify_headers = 페이지에 { $names } 헤더가 있어요.

verify_headers_missing = 페이지에 다음 헤더가 없거나 값이 안전하지 않아요: { $missing }.

verify_headers_no_page = GET /가 { $status } 상태 코드로 응답해서 헤더를 볼 페이지가 없어요.

verify_messages = 메시지가 한 계정에서 다른 계정으로 전달됐고, 확인 응답과 수신이 한 번씩 있었어요: { $trips }.

verify_message_lost = { $transport } 연결로 보낸 메시지에 확인 응답이 없었어요: { $problem }

verify_message_heard = { $transport } 연결로 보낸 메시지에 확인 응답은 왔지만 받는 사람에게는 { $receiver }번, 보낸 사람에게는 { $sender }번 도착했어요. 한 번씩이어야 해요.

verify_polling = 쿠키({ $cookie })가 있는 폴링 세션의 요청 { $requests }개에 모두 응답했어요. task가 몇 개인지는 볼 수 없어요.

verify_polling_proved = 쿠키({ $cookie })가 있는 폴링 세션의 요청 { $requests }개가 task { $tasks }개 중 같은 곳에 도착했어요. 쿠키 없이는 { $status } 응답으로 거부됐어요.

verify_polling_breaks = 폴링 세션의 요청 { $requests }개 중 { $failed }개가 실패했어요(첫 응답 { $status }). 다른 task로 가고 있어요. 대상 그룹의 고정 세션을 켜세요.

verify_polling_no_cookie = 요청 { $requests }개에 모두 응답했지만 로드 밸런서가 쿠키를 주지 않았어요. task가 하나뿐일 수 있어요.

verify_polling_one_task = 쿠키({ $cookie })가 있는 요청 { $requests }개에 모두 응답했지만, task가 하나라서 확인이 되지 않아요.

verify_polling_unproved = 쿠키({ $cookie })가 있는 요청 { $requests }개에 모두 응답했지만, 쿠키 없는 요청 { $tries }개에도 응답해서 확인이 되지 않아요.

verify_idle_socket = { $seconds }초 동안 메시지가 없던 WebSocket으로 메시지가 전달됐어요. 유휴 제한 시간은 { $idle }초이고 ping이 더 자주 와요.

verify_idle_socket_cut = 메시지가 없던 WebSocket이 { $seconds }초 뒤에 닫혔어요. 유휴 제한 시간은 { $idle }초예요. ping(25초마다)이 그보다 자주 와야 해요.

verify_keep_alive = task 연결이 { $seconds }초 동안 유휴 상태였어도 응답했어요. 로드 밸런서는 { $idle }초 뒤에 닫아요.

verify_keep_alive_cut = task가 유휴 연결을 { $seconds }초 안에 닫았어요. 로드 밸런서는 { $idle }초 동안 유지하므로 502로 응답하게 돼요. GLIMPSE_KEEP_ALIVE_SECONDS를 유휴 제한 시간보다 크게 설정하세요.

verify_keep_alive_set = task는 연결을 { $seconds }초 유지해요. 로드 밸런서의 { $idle }초보다 길어요.

verify_keep_alive_short = task는 연결을 { $seconds }초 유지해요. 로드 밸런서의 { $idle }초보다 길지 않아서 요청이 닫힌 연결을 만나 502가 나요.

verify_keep_alive_unset = task에 GLIMPSE_KEEP_ALIVE_SECONDS가 없어서 연결을 얼마나 유지하는지 볼 수 없어요.

verify_keep_alive_hidden = 로드 밸런서 뒤의 task 연결은 볼 수 없어요. --on local이나 --on aws로 확인하세요.

## Files

verify_presigned = URL이 가리키는 곳은 { $store }, 유효 시간은 { $seconds }초(최대 { $most }초), 서명한 항목은 { $names }.

verify_presigned_refused = POST /files/presigned-url이 { $status } 상태 코드로 응답했어요. 201이어야 해요.

verify_presigned_unsigned = 서명에 빠진 항목이 있어서 클라이언트가 아무것이나 올릴 수 있어요: { $names }

verify_presigned_no_end = { $store }의 URL에 유효 시간이 적혀 있지 않아요. 최대 { $most }초여야 해요.

verify_presigned_long = { $store }의 URL이 { $seconds }초 동안 유효해요. 최대 { $most }초여야 해요.

verify_upload = 파일이 서비스({ $service })를 거치지 않고 객체 스토리지({ $store })로 갔고, 같은 내용으로 돌아왔어요.

verify_upload_through_service = 업로드 URL({ $store })이 서비스({ $service }) 자신을 가리켜요. 파일이 로드 밸런서와 task를 지나가요.

verify_upload_fails = 응답: 업로드 { $put }, 완료 { $complete }, 다운로드 { $download }. 모두 200이어야 해요.

verify_upload_differs = 파일이 서비스({ $service })를 거치지 않고 객체 스토리지({ $store })로 갔지만 다른 내용이 돌아왔어요.

verify_upload_first = 이 점검에 앞선 업로드의 응답: { $put }, 완료 { $complete }.

verify_wrong_size = 객체 스토리지가 알린 것보다 많은 바이트를 { $status } 응답으로 거부했어요.

verify_wrong_size_taken = 객체 스토리지가 알린 것보다 많은 바이트를 받았어요({ $status }). 크기에 서명하지 않았거나 서명을 검사하지 않아요.

verify_wrong_type = 객체 스토리지가 알린 것과 다른 형식을 { $status } 응답으로 거부했어요.

verify_wrong_type_taken = 객체 스토리지가 알린 형식 대신 text/html을 받았어요({ $status }). 형식에 서명하지 않았거나 서명을 검사하지 않아요.

verify_wrong_checksum = 객체 스토리지가 알린 체크섬과 다른 내용을 { $status } 응답으로 거부했어요.

verify_wrong_checksum_taken = 객체 스토리지가 알린 체크섬과 다른 내용을 받았어요({ $status }).

verify_expired = 객체 스토리지가 발급한 지 { $seconds }초 지난 URL을 { $status } 응답으로 거부했어요.

verify_expired_taken = 객체 스토리지가 { $seconds }초 뒤에 만료된 URL로 온 업로드를 받았어요({ $status }).

verify_expired_slow = URL은 { $seconds }초 동안 유효해요. --slow를 주면 만료까지 기다려요.

verify_store_fails = 객체 스토리지가 { $status } 상태 코드로 응답해서 점검할 수 없어요.

verify_second_put = 객체 스토리지가 같은 URL로 온 두 번째 업로드를 { $status } 응답으로 거부했어요.

verify_second_put_ignored = 객체 스토리지가 두 번째 업로드를 받았지만({ $status }, URL이 유효한 동안 S3는 받아요) 사람들은 검사한 내용을 그대로 받아요.

verify_second_put_changes = 같은 URL로 두 번째 업로드를 하자({ $status }) 사람들이 검사하지 않은 내용을 받아요.

verify_public_read = 서명이나 토큰이 없는 요청은 거부됐어요: 객체 { $object }, 버킷 목록 { $listing }, GET /files { $file }.

verify_public_read_open = 서명이나 토큰이 없는 사람에게 열려 있어요: 객체 { $object }, 버킷 목록 { $listing }, GET /files { $file }. 모두 거부해야 해요. 퍼블릭 액세스를 차단하세요.

verify_public_read_fails = 서명이나 토큰 없이: 객체 { $object }, 버킷 목록 { $listing }, GET /files { $file }. 이런 응답으로는 누가 읽을 수 있는지 알 수 없어요.

verify_no_address_given = 서비스가 파일 URL을 주지 않았어요(응답 { $status }).

## The loss of a Spot task

verify_spot = { $task } 회수: 확인 응답을 받은 메시지 { $acknowledged }개가 한 번씩 보존됐고, 끊긴 소켓 { $cut }개가 다시 연결됐고(중앙값 { $median }초), { $seconds }초 뒤에 task가 모두 실행됐어요.

verify_spot_at_speed = { $task } 회수: 확인 응답을 받은 메시지 { $acknowledged }개가 한 번씩 보존됐고, 끊긴 소켓 { $cut }개가 다시 연결됐고(중앙값 { $median }초), { $seconds }초 뒤에 task가 모두 실행됐어요(AWS보다 { $speed }배 빠른 시작).

verify_spot_lost = { $task } 회수: 확인 응답을 받은 메시지 { $acknowledged }개 중 { $lost }개가 사라졌고, { $unheard }개가 상대에게 도착하지 않았고, { $duplicates }개가 두 번 왔어요.

verify_spot_gone = { $task } 회수: 소켓 { $gone }개가 돌아오지 않았어요.

verify_spot_late = { $task } 회수: 소켓이 { $seconds }초 뒤에 돌아왔어요. 최대 { $most }초여야 해요.

verify_spot_no_task = { $task } 회수: 대신할 task가 서비스하지 않아요. Spot 용량이 있는지 확인하세요.

verify_spot_url = URL만 주면 task를 중지하지 않아요. --on local 또는 --on aws --drill SERVICE로 확인하세요.

verify_spot_not_agreed_local = task를 중지해도 된다는 동의가 없어요. 예라고 답하거나 --yes를 주세요.

verify_spot_not_agreed_aws = --drill SERVICE 없이는 task를 중지하지 않아요.

verify_no_spot_task = 지금 서비스하는 Spot task가 없어요.

verify_not_taken = 스택이 { $seconds }초 안에 Spot task를 회수하지 않았어요.

verify_drill_refused = 스택의 페이지가 훈련을 시작하지 않았어요(응답 { $status }). 다른 훈련이 실행 중일 수 있어요.

verify_ask_spot = spot_recovery 점검을 위해 로컬 스택의 Spot task 하나를 회수해도 될까요? 실제 속도로는 최대 4분 걸려요. [y/N]

## The stack

verify_tasks = task { $running }개가 실행 중이에요. 원하는 수는 { $wanted }개, 최소는 { $fewest }개예요.

verify_tasks_missing = task가 { $running }개만 실행 중이에요. 원하는 수는 { $wanted }개, 최소는 { $fewest }개예요.

verify_spot_share = 온디맨드 { $on_demand }개, Spot { $spot }개로 용량 공급자 전략의 base와 weight대로예요. Spot 비율은 { $percent }%예요.

verify_spot_share_differs = 온디맨드 { $on_demand }개, Spot { $spot }개예요({ $percent }%). 전략대로라면 { $planned_on_demand }개와 { $planned_spot }개예요.

verify_spot_share_count = 온디맨드 { $on_demand }개, Spot { $spot }개예요. 전략은 task { $desired }개일 때만 알 수 있어요.

verify_spot_share_unseen = 어떤 task가 Spot인지 알 수 없어요.

verify_connections = 연결 { $open }개가 열려 있어요. 기준은 { $most }개 이하예요. 데이터베이스의 연결 { $limit }개 중 예약분을 빼면 { $usable }개예요.

verify_connections_many = 연결 { $open }개는 너무 많아요. 기준은 { $most }개 이하예요. 데이터베이스의 연결 { $limit }개 중 예약분을 빼면 { $usable }개예요.

verify_connections_no_limit = 연결 { $open }개가 열려 있지만 데이터베이스의 한도를 알 수 없어요.

verify_deploy = 배포 중 최대 task { $tasks }개 × { $pool } + { $admin } = 연결 { $needed }개예요. 쓸 수 있는 연결은 { $usable }개예요(최대 { $limit }개에서 예약분 제외).

verify_deploy_many = 배포 중 최대 task { $tasks }개 × { $pool } + { $admin } = 연결 { $needed }개가 필요해요. 데이터베이스에는 { $usable }개뿐이에요(최대 { $limit }개에서 예약분 제외). GLIMPSE_DATABASE_POOL이나 최대 task 수를 줄이세요.

verify_deploy_unseen = 데이터베이스의 연결 한도나 task의 연결 풀 크기를 알 수 없어요.

verify_errors = { $minutes }분 동안 5xx 응답이 { $count }건이에요. 설계 기준은 5분에 { $most }건이에요.

verify_errors_many = { $minutes }분 동안 5xx 응답 { $count }건은 너무 많아요. 설계 기준은 5분에 { $most }건이에요.

verify_errors_no_bound = { $minutes }분 동안 5xx 응답이 { $count }건이에요. 계획에 기준이 없어요.

verify_engine = { $engine } { $version }의 표준 지원은 { $ends }까지예요. { $days }일 남았어요.

verify_engine_old = { $engine } { $version }의 표준 지원이 { $ends }에 끝났어요. 연장 지원 요금이 vCPU와 시간마다 붙어요. 업그레이드하세요.

verify_engine_unknown = { $engine } { $version }의 표준 지원이 언제 끝나는지 알 수 없어요.

verify_storage_seen = { $most }GiB 중 { $used }GiB를 썼어요. 지금까지의 증가(월 { $monthly }GiB)라면 { $months }개월 뒤에 가득 차요(최소 { $least }개월).

verify_storage_seen_years = { $most }GiB 중 { $used }GiB를 썼어요. 지금까지의 증가(월 { $monthly }GiB)라면 10년 넘게 충분해요(최소 { $least }개월).

verify_storage_seen_full = { $most }GiB 중 { $used }GiB를 썼어요. 지금까지의 증가(월 { $monthly }GiB)라면 { $months }개월 뒤에 가득 차요. 최소 { $least }개월은 남아 있어야 해요.

verify_storage_planned = { $most }GiB 중 { $used }GiB를 썼어요. 계획의 메시지(하나에 { $bytes }바이트)로 월 { $monthly }GiB씩 늘어 { $months }개월 뒤에 가득 차요(최소 { $least }개월).

verify_storage_planned_years = { $most }GiB 중 { $used }GiB를 썼어요. 계획의 메시지(하나에 { $bytes }바이트)로 월 { $monthly }GiB씩 늘어 10년 넘게 충분해요(최소 { $least }개월).

verify_storage_planned_full = { $most }GiB 중 { $used }GiB를 썼어요. 계획의 메시지(하나에 { $bytes }바이트)로 월 { $monthly }GiB씩 늘어 { $months }개월 뒤에 가득 차요. 최소 { $least }개월은 남아 있어야 해요.

verify_storage_no_growth = { $most }GiB 중 { $used }GiB를 썼지만 기록도 메시지 계획도 없어요. glimpse.toml에 people.users를 적으세요.

verify_storage_no_limit = 데이터베이스 스토리지가 얼마나 커질 수 있는지 알 수 없어요.

verify_bill = { $services }: 지난 { $days }일로 보면 월 ${ $month }예요. 계획은 ${ $planned }이고 { $percent }%까지 더 나와도 괜찮아요.

verify_bill_high = { $services }: 지난 { $days }일로 보면 월 ${ $month }예요. 계획 ${ $planned }보다 { $percent }% 넘게 많아요.

verify_bill_no_days = 아직 하루치 비용도 없어요.

verify_bill_local = 이 컴퓨터에는 AWS 요금이 없어요. 청구 금액은 --on aws로 확인하세요.

verify_applied = Terraform과 같아요: { $names }.

verify_not_applied = Terraform과 달라요(괄호 안이 Terraform의 값): { $differing }

verify_nothing_applied = 이 컴퓨터에는 아무것도 적용되지 않아요. --on aws로 확인하세요.

## Alarms

verify_alarm = { $alarm }: { $threshold }. 설계 기준: { $derived }.

verify_alarm_threshold = { $alarm }: { $threshold }. 설계 기준과 달라요: { $derived }.

verify_alarm_direction = { $alarm }: 비교 방식이 달라요({ $comparison }, { $threshold }). 설계 기준: { $derived }.

verify_alarm_missing = 이 지표를 읽는 경보가 없어요: { $metrics }

verify_alarm_half = 이 지표를 읽는 경보가 없어서 그 오류를 알 수 없어요: { $metrics }

verify_alarm_no_bound = { $alarm } 경보는 있지만 계획에 임계값이 없어요.

verify_alarm_unread = { $alarm }의 임계값을 알 수 없어요. 설계 기준: { $derived }.

## Beside a finding

verify_document = 계획 문서: { $document }.

## Why something is unknown

verify_crashed = 점검 자체가 실패했어요: { $error }: { $detail }

verify_idle_slow = 로드 밸런서의 유휴 제한 시간이 { $idle }초예요. --slow를 주면 그만큼 연결을 유지해요.

verify_hung = 점검이 { $seconds }초 안에 끝나지 않았어요.

verify_no_deployment = Terraform에 로드 밸런서 뒤의 ECS 서비스가 없거나 읽을 수 없어요.

verify_no_database = Terraform에 데이터베이스가 없어요.

verify_no_address = 채팅 주소를 알 수 없어요. --on URL로 알려 주세요.

verify_url_hides = 밖에서는 볼 수 없어요. --on local이나 --on aws로 확인하세요.

verify_many_requests = 요청이 { $most }개 넘게 필요해서 멈췄어요.

verify_same_user = 두 토큰이 같은 사용자의 것이에요.

verify_token_refused = 서비스가 토큰을 받아 주지 않아요(GET /me 응답 { $status }).

verify_no_sign_up = 여기서는 가입할 수 없어요(응답 { $status }). 토큰 두 개를 주세요: --token JWT --token JWT

verify_no_conversation = 두 사용자가 채팅방을 만들지 못했어요(응답 { $status }).

verify_no_history = 채팅방의 기록을 읽을 수 없어요(응답 { $status }).

verify_database_silent = 로컬 데이터베이스가 응답하지 않아요: { $detail }

verify_page_silent = 로컬 스택의 페이지({ $url })가 응답하지 않아요: { $detail }

## Why nothing can be checked

verify_nothing_runs = { $folder }에서 실행 중인 스택이 없어요. `glimpse up`으로 시작하거나, --data로 폴더를 알려 주거나, --on URL을 주세요.

verify_unreachable = { $url } 주소가 응답하지 않아요: { $detail }. 주소가 맞는지, 서비스가 실행 중인지 확인하세요.

verify_no_such_target = --on { $target }: local, aws 또는 https://chat.example.com 같은 URL을 주세요.

verify_no_such_check = { $name } 점검은 없어요. 점검 목록: { $names }, { $rest }.

verify_two_tokens = --token은 두 사용자에게 하나씩 두 번 주거나 주지 않아요. 지금은 { $count }번 주었어요.

verify_drill_other = --drill { $given }: Terraform의 ECS 서비스와 이름이 달라요({ $service }).

## The report

verify_begins = 점검 { $count }개를 시작해요.

verify_begins_held = 연결을 로드 밸런서의 유휴 제한 시간 60초 너머로 유지하는 점검은 70초쯤 걸려요.

verify_begins_slow = 업로드 URL은 { $seconds }초 동안 유효하고, --slow는 만료까지 기다려요.

verify_waits = 아직 기다리는 점검: { $names }

verify_without_plan = 계획 없이({ $why }) 서비스만 점검해요.

verify_interrupted = 중단했어요. 보고서는 없어요. 위에 다른 말이 없으면 verify가 만든 것은 삭제했어요.

verify_left = verify가 만든 메시지, 파일, 계정 중 { $count }개를 삭제하지 못했어요. 메시지가 가리키지 않는 파일은 서비스가 하루 뒤에 삭제해요.

verify_head = glimpse verify 점검 대상: { $address }

verify_group_code = 코드 변경

verify_group_terraform = Terraform 변경

verify_group_test = 테스트

verify_group_monitoring = 모니터링

verify_group_others = 문서의 체크리스트에 없는 점검

verify_box = “{ $quote }” ({ $line }행)

verify_box_unanswered = 이 항목에 답하는 점검이 없어요.

verify_sum = 맞음 { $confirmed }개, 틀림 { $refuted }개, 모름 { $unknown }개예요.

verify_not_ours = { $request } 응답({ $status })이 Glimpse 채팅의 응답이 아니에요: { $detail }

verify_health_not_ours = GET /health가 { $ms } ms 만에 { $status } 상태 코드로 응답했지만 Glimpse 채팅의 응답이 아니에요. 이 주소에서 다른 것이 응답하고 있어요.

verify_limited = 서비스가 지금 이 주소의 요청을 제한하고 있어요(응답 { $status }). 나중에 다시 시도하세요.

verify_polling_fails = 폴링 세션의 요청 { $requests }개 중 하나가 { $status } 응답을 받았어요. 이 응답으로는 고정 세션을 확인할 수 없어요.

verify_upload_control = 객체 스토리지가 올바른 업로드도 { $status } 응답으로 거부했어요. 그래서 거부 응답으로는 아무것도 확인할 수 없어요.

verify_upload_unread = 업로드는 됐지만 서명된 다운로드 URL이 { $status } 응답을 줘요. 그래서 다른 사람이 읽을 수 있는지 비교할 수 없어요.

verify_store_strange = 서비스가 준 { $url } 주소는 http나 https 주소가 아니에요.

verify_store_private = 서비스가 준 주소({ $store })는 이 컴퓨터나 사설 네트워크로 이어져요. 아무것도 보내지 않았어요. GLIMPSE_S3_ENDPOINT를 확인하세요.

verify_redirected = { $url } 주소가 { $status } 응답으로 다른 주소를 가리켜요: { $location }. 토큰이 다른 주소로 가면 안 되므로 verify는 따라가지 않아요. 맞는 주소라면 --on에 주세요.

verify_not_glimpse = { $url } 주소는 Glimpse 채팅이 아니에요. GET /health 응답({ $status })이 Glimpse 채팅의 응답과 달라요. 아무것도 확인하지 않았고 계정도 만들지 않았어요.

verify_url_password = --on의 주소에는 사용자와 비밀번호를 쓸 수 없어요. 두 사용자의 토큰을 주세요: --token JWT --token JWT

verify_url_path = Glimpse 채팅은 주소의 루트에 있어요. 경로, 쿼리, 프래그먼트 없이 주세요: --on { $url }

verify_cleaning = verify가 만든 것을 삭제하고 있어요. 그대로 두려면 Ctrl-C를 한 번 더 누르세요.

verify_not_cleaned = 핸들이 verify-로 시작하는 계정과 그 메시지가 남아 있을 수 있어요.

verify_deploy_many_local = Terraform의 커넥션 풀로는 배포 중 최대 task { $tasks }개 × { $pool } + { $admin } = 연결 { $needed }개가 필요하지만, 데이터베이스에는 { $usable }개뿐이에요(최대 { $limit }개에서 예약분 제외). 여기서는 `glimpse up`이 task마다 { $here }개만 열게 해요. Terraform의 GLIMPSE_DATABASE_POOL이나 max_capacity를 낮추세요.
