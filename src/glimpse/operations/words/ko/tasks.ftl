### What happens to the tasks and the balancer of the stack on this machine.

task_starting = { $provider }에서 시작해요.

task_serving = 상태 확인을 통과해 로드 밸런서에 등록됐어요. 시작한 지 { $seconds }초 만이에요.

task_reclaimed = Spot이 회수해요. 지금 SIGTERM, 늦어도 { $seconds }초 뒤 SIGKILL이에요.

task_deregistered = 등록이 취소됐어요. 로드 밸런서가 새 연결을 보내지 않아요.

task_cut = 등록 취소 지연 시간이 끝나, 로드 밸런서가 남은 연결 { $count }개를 닫아요.

task_stopping = SIGTERM을 보냈어요. 늦어도 { $seconds }초 뒤 SIGKILL이에요.

task_stop_timeout = 중지 제한 시간 { $seconds }초가 지나도 실행 중이라 SIGKILL을 보냈어요.

task_ended = 끝났어요(종료 코드 { $exit }).

task_killed = 훈련이 SIGKILL을 보냈어요.

task_died = 예기치 않게 종료됐어요(종료 코드 { $exit }).

task_out_of_memory = 메모리 { $mib }MiB를 넘겨 커널이 종료시켰어요.

task_not_healthy = 시작하고 { $seconds }초 안에 상태 확인을 통과하지 못해 SIGKILL을 보냈어요.

task_unhealthy = 로드 밸런서의 상태 확인({ $path })에 연달아 { $count }번 실패했어요. ECS가 중지하고 다른 task를 시작해요.

task_restart_waits = task가 계속 종료돼서 다음 task는 { $seconds }초 뒤에 시작해요.

deploy_began = 롤링 배포를 시작해요. 설정: { $names }

deploy_done = 배포가 끝났어요. 새 task만 실행 중이에요.

deploy_rolling_back = 새 task { $count }개가 상태 확인을 통과하지 못해 배포를 되돌려요.

deploy_rolled_back =
    새 task { $count }개가 상태 확인을 통과하지 못해 배포를 되돌렸어요. 이전 설정이 적용돼 있어요. task의 마지막 로그:
    { $said }
    설정을 고쳐서 다시 배포하세요.

deploy_no_room = 최소 { $least }%, 최대 { $most }%로는 새 task를 시작할 수도, 기존 task를 중지할 수도 없어요. Terraform에서 deployment_maximum_percent를 높이거나 deployment_minimum_healthy_percent를 낮추세요.

clients_cut = 로드 밸런서가 모든 연결을 한꺼번에 닫아요.

orphans_ended = 이전 `glimpse up`이 강제 종료되면서 남긴 프로세스 { $count }개를 종료했어요.

tasks_not_started =
    task를 시작할 수 없어요. { $log }의 마지막 줄:
    { $said }

task_not_running = { $task }: 실행 중인 task가 아니에요. 실행 중인 task: { $names }

haproxy_missing = 로드 밸런서로 쓰는 HAProxy가 설치되어 있지 않아요. PATH와 /usr/sbin에 haproxy가 없어요. `apt-get install haproxy` 또는 `brew install haproxy`로 설치하세요.

haproxy_not_started =
    로드 밸런서로 쓰는 HAProxy가 시작되지 않았어요. { $log }의 마지막 줄:
    { $said }

limits_not_linux = task가 Terraform의 크기가 아니라 이 컴퓨터의 CPU와 메모리를 그대로 써요. control group은 Linux에만 있어요.

limits_not_permitted = task가 Terraform의 크기가 아니라 이 컴퓨터의 CPU와 메모리를 그대로 써요. 이 사용자는 control group을 만들 수 없어요. 제한하려면 root로 실행하세요.

limits_no_controllers = task가 Terraform의 크기가 아니라 이 컴퓨터의 CPU와 메모리를 그대로 써요. 이 컴퓨터의 control group으로는 둘 다 제한할 수 없어요. cpu와 memory 컨트롤러를 켜 주세요.
