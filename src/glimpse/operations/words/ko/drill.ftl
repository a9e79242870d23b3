### What `glimpse drill` says.

drill_unknown = { $name } 훈련은 없어요. 할 수 있는 훈련: { $names }
drill_clients_count = 훈련의 클라이언트는 { $least }~{ $most }개예요. 하나로는 대화할 상대가 없고, 너무 많으면 스택이 아니라 이 컴퓨터의 성능을 재게 돼요.
drill_no_bus = 중단시킬 버스가 없어요. 이 스택에서는 DB가 이벤트를 전달해요. `glimpse drill database`를 해 보거나, 스택을 --bus valkey로 시작하세요.
drill_no_task = 서비스 중인 task가 없어서 중단시킬 수 없어요. 스택의 페이지에서 이유를 확인하세요.
drill_not_connected = 클라이언트 { $clients }개 가운데 { $connected }개만 연결돼서 훈련을 시작하지 않았어요. 스택의 페이지에서 이유를 확인하세요.
drill_signup_off = 채팅 서비스에 가입 기능이 꺼져 있어서(GLIMPSE_SIGNUP=off) 훈련용 클라이언트가 가입할 수 없어요. GLIMPSE_SIGNUP=on으로 스택을 시작하세요. ({ $detail })
drill_refused = 채팅 서비스가 훈련에 필요한 요청을 거부했어요: { $detail }
drill_no_answer = { $url }에서 { $seconds }초 동안 정상 응답이 없어 훈련을 계속할 수 없었어요. 마지막 응답: { $detail }
drill_other_speed = 실행 중인 스택의 속도({ $running })가 --speed { $wanted } 값과 달라요. --speed를 빼거나, 스택을 다시 시작하거나(`glimpse up --speed { $wanted }`), 스택을 끝내세요. 스택이 없으면 훈련용 스택을 따로 시작해요.
drill_stack_runs = { $options }: 이미 스택이 실행 중인데({ $page }) 스택을 시작할 때만 쓰는 옵션이에요. 빼거나, 그 스택을 끝내세요. 그러면 훈련용 스택을 따로 시작해요.
drill_page_gone = { $page }의 스택이 훈련 도중에 끝났거나 응답하지 않아요: { $detail }
drill_environment_unused = --env는 배포로 시작하는 task의 설정이에요. { $name } 훈련에는 쓰이지 않아요. `glimpse drill deploy --env 이름=값`을 써 보세요.

drill_setting_unknown = 서비스에 { $names } 설정이 없어요. `glimpse serve --help`에서 설정을 볼 수 있어요.
drill_goes_on = 실행 중인 스택에서 훈련은 계속돼요. 결과는 { $page }에서 볼 수 있어요.
drill_interrupted = 중단했어요. 보고서는 없어요.
drill_written = 보고서를 { $file }에 썼어요.
drill_on_running_stack = 실행 중인 스택에서 훈련해요: { $page }
drill_on_own_stack = 이 데이터 폴더에서 실행 중인 스택이 없어서 훈련용 스택을 시작해요.
drill_stopping_own_stack = 훈련용 스택을 끝내고 있어요.

# Whom an event is about.

drill_subject_balancer = 로드 밸런서
drill_subject_database = 데이터베이스
drill_subject_bus = 버스
drill_subject_storage = 객체 스토리지
drill_subject_service = 서비스
drill_subject_clients = 클라이언트
drill_subject_drill = 훈련
drill_subject_stack = 스택

# What happens to the clients.

drill_signing_up = 사용자 { $clients }명이 가입해요.
drill_clients_talk = 클라이언트 { $clients }개가 연결돼 서로 메시지를 보내요.
drill_clients_told = task가 종료된다는 안내를 받은 클라이언트: { $clients }
drill_clients_closed = 연결이 끝난 클라이언트: { $clients }
drill_clients_back = 다시 연결된 클라이언트: { $clients }. 연결이 끝난 뒤 길어야 { $seconds }초
drill_recovered = { $seconds }초 만에 스택이 복구됐어요.
drill_clients_stop = 클라이언트가 쓰기를 멈춰요. 저마다 전체를 새로 받아, 알고 있던 것과 비교해요.
drill_upload_began = 클라이언트 하나가 파일을 올려요.
drill_upload_done = 파일이 { $seconds }초 만에 올라갔어요.
drill_upload_failed = 업로드가 끝내 실패했어요.
drill_slow_readers_began = 클라이언트 { $clients }개가 많은 양을 요청하고 하나도 읽지 않아요.
drill_slow_readers_ended = 읽지 않은 클라이언트 { $of }개 가운데 { $clients }개의 연결을 채팅 서비스가 끊었어요.
drill_none_on_spot = Spot task가 없어서 온디맨드 task를 중단시켰어요. 실제 Spot 회수는 온디맨드 task에는 일어나지 않아요.

# The report.

drill_verdict_kept = { $name } 훈련: 약속 { $count }개를 모두 지켰어요.
drill_verdict_broken = { $name } 훈련: 약속 { $count }개 가운데 { $broken }개를 어겼어요.
drill_conditions = 클라이언트 { $clients }개, task { $tasks }개. 중단시킨 것: { $taken }. 속도 { $speed }. 같은 훈련을 다시 하려면: --seed { $seed }
drill_taken_service = 롤링 배포로 모든 task를 차례로
drill_taken_connections = 모든 연결을 한꺼번에
drill_taken_nothing = 없음. 대신 몇몇 클라이언트가 읽지 않음
drill_kept = 지킴
drill_broken = 어김
drill_measured = { $seconds }초(허용 { $bound }초)
drill_promise_nothing_lost = 확인 응답을 받은 메시지는 사라지지 않아요
drill_promise_nothing_twice = 같은 메시지가 두 번 저장되거나 두 번 오지 않아요
drill_promise_no_gap = 동기화한 뒤에 빠진 메시지가 없어요
drill_promise_same_as_fetched = 클라이언트가 알던 내용과 새로 받은 내용이 같아요
drill_promise_all_acknowledged = 모든 메시지가 결국 확인 응답을 받아요
drill_promise_acknowledged_in_time = 서비스하는 task가 있으면 모든 메시지가 제때 확인 응답을 받아요
drill_promise_everyone_back = 모든 클라이언트가 다시 연결돼요
drill_promise_recovered = 스택이 복구돼요
drill_promise_back_after_close = 자기 연결이 끝난 뒤 곧 다시 연결돼요(가장 늦은 클라이언트)
drill_promise_back_after_sigterm = SIGTERM부터 드레인 시간 + 5초 안에 다시 연결돼요(가장 늦은 클라이언트)
drill_promise_events_in_time = 버스가 없어도 이벤트가 제때 도착해요
drill_promise_nobody_disconnected = 어떤 클라이언트도 연결이 끊기지 않아요
drill_promise_acknowledged_again = DB가 돌아오면 곧 메시지가 다시 확인 응답을 받아요
drill_promise_messages_go_on = 확인 응답이 오래 멈추지 않아요
drill_promise_upload_completes = 진행 중이던 업로드가 끝까지 완료돼요
drill_promise_slow_readers_disconnected = 읽지 않는 클라이언트는 연결이 끊겨요
drill_promise_others_not_slower = 다른 클라이언트의 확인 응답 p99가 크게 늘지 않아요
drill_figure_messages = 메시지 { $acknowledged }개가 확인 응답을 받았고, 클라이언트에 { $heard }번 전달됐어요.
drill_figure_acknowledgement = 확인 응답에 { $median }ms(중앙값), 가장 느린 것은 { $slowest }초가 걸렸어요. 확인 응답이 없던 시간은 길어야 { $silence }초예요.
drill_figure_event = 가장 느린 이벤트는 다른 클라이언트보다 { $seconds }초 늦게 도착했어요.
drill_figure_no_close = 끊긴 연결이 없어요.
drill_figure_back = 연결 { $count }개가 끝났어요({ $told }개는 task의 안내를 받고). 다시 연결되기까지 { $median }초(중앙값), { $longest }초(최장), 실패한 시도 { $refused }번.
drill_figure_everyone = 중단시킨 지 { $seconds }초 뒤에는 모든 클라이언트가 다시 연결됐어요.
drill_figure_recovery = 복구: 새 task가 서비스하기까지 { $seconds }초.
drill_figure_recovery_document = 복구: 새 task가 서비스하기까지 { $seconds }초. 계획 문서에는 { $document }초라고 되어 있어요.
drill_figure_recovery_part = 복구: 스택 전체가 다시 서비스하기까지 { $seconds }초.
drill_figure_at_speed_1 = 속도 1이라면 약 { $seconds }초예요. { $speed }배 빠르게 한 것: Spot 회수 예고, 중지 제한 시간, 드레인, 등록 취소 지연, task 시작.
drill_not_divided = 그대로 둔 것: 클라이언트의 재시도 간격과 ping, 상태 확인, CPU.
drill_chart_seconds = 대화를 시작한 뒤 지난 시간(초)
drill_chart_messages = 초당 메시지
drill_chart_clients = 연결이 없는 클라이언트
drill_chart_told = task의 안내를 받고 옮김
drill_chart_cut = 끊김
drill_chart_taken = 없앰
drill_chart_recovered = 복구
drill_page_promises = 약속
drill_page_figures = 클라이언트가 겪은 것
drill_page_timeline = 타임라인
