### What goes wrong where `up`, `drill` and `verify` ask the planner what runs.

deployment_missing = { $path } 경로에 로드 밸런서 뒤의 Fargate ECS 서비스가 없어요. 여기서는 그런 서비스만 실행할 수 있어요. infrastructure/terraform/environments/startup-prod처럼 환경 폴더를 지정하세요.

deployment_tasks_unknown = { $path }만으로는 ECS 서비스가 task를 몇 개 실행하는지 알 수 없어요. --var NAME=VALUE나 --var-file FILE로 변수 값을 지정하세요.

planner_failed = `glimpse plan`이 계획을 출력하지 못하고 종료 코드 { $status }번으로 끝났어요: { $detail } 같은 경로로 직접 실행하면 전체 메시지를 볼 수 있어요.

plan_unreadable = `glimpse plan --format json`의 출력이 이 버전의 계획 형식이 아니에요: { $detail }. 모듈 경로에 다른 `glimpse`가 먼저 있을 수 있으니 다시 설치하세요.
