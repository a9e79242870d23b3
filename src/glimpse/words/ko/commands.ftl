### The help of every command.

help_actual = Cost and Usage Report(CSV, gzip, Parquet)나 Cost Explorer CSV. 사용량을 채우고 청구서 옆에 실제 비용을 보여 줘요.
help_serve = 채팅 서버를 실행해요. Socket.IO, REST, 바로 써 볼 수 있는 페이지를 포트 하나로 제공해요.
help_serve_more =
    설정이 없으면 ./glimpse-data에 내장 PostgreSQL을 시작하고, 첫 파일을 받을 때 내장 객체 스토리지도 시작해요. SIGTERM을 받으면 종료를 준비하고, Ctrl-C는 바로 끝내요. 어느 쪽이든 이미 받은 요청에는 응답해요.

      glimpse serve                       실행한 뒤 http://localhost:3001 열기
      GLIMPSE_PORT=8000 glimpse serve     다른 포트로

    종료 코드: 0 요청대로 종료
               2 설정이 틀렸거나 필요한 것이 없음

    환경 변수:
help_migrate = GLIMPSE_DATABASE_URL의 DB를 이 버전에 맞게 마이그레이션해요. 배포 전에 실행하세요.
help_migrate_more =
    DB 소유자로 로그인하세요. 더 새로운 버전이 이미 마이그레이션했고 이 버전도 그대로 쓸 수 있으면 아무것도 적용하지 않아요.

      GLIMPSE_DATABASE_URL=postgresql://… glimpse migrate
                                                  배포하기 전에
      GLIMPSE_DATABASE_URL=postgresql://… glimpse migrate --after
                                                  배포한 뒤에

    종료 코드: 0 DB가 이 버전에 맞음
               2 설정이 틀렸거나 마이그레이션할 수 없음

    환경 변수:
help_up = 로드 밸런서, task, DB, 버스, 객체 스토리지까지 스택 전체를 이 컴퓨터에서 실행하고 실시간 페이지를 열어요.
help_up_more =
    task 수와 크기, 이벤트를 전달하는 버스, 로드 밸런서의 상태 확인과 연결 유지 방식은 Terraform이 정해요. Ctrl-C를 누르면 모두 끝나고, 다시 시작하면 데이터가 그대로 있어요.

      glimpse up                              지금 그대로의 이 저장소 스택
      glimpse up prod --var-file best.tfvars  변수 파일을 적용한 스택
      eval "$(glimpse up --addresses)"; psql "$DATABASE_URL"
                                              실행 중인 스택의 DB 들여다보기
help_drill = 부하를 준 상태에서 스택의 한 부분을 중단시키고, 클라이언트가 무엇을 잃었는지 세어 보여 줘요.
help_drill_more =
    `glimpse up`으로 실행 중인 스택이 있으면 그 스택에서, 없으면 훈련하는 동안만 따로 시작한 스택에서 해요. 약속이 깨지면 종료 코드는 1이에요.

      spot          AWS가 Spot task를 회수하고, 새 task가 시작돼요
      crash         task 하나를 예고 없이 강제로 종료해요
      bus           task 사이의 버스를 강제로 종료했다가 다시 시작해요
      database      PostgreSQL을 강제로 종료하고, 복구되는지 봐요
      storage       파일을 올리는 동안 객체 스토리지를 강제로 종료해요
      deploy        새 task가 이전 task를 모두 대체해요
      storm         로드 밸런서가 조용한 200개까지 모든 연결을 한꺼번에 끊어요
      slow-readers  다른 클라이언트가 대화하는 동안 일부는 읽기를 멈춰요

      glimpse drill spot --speed 5    회수 예고, 드레인, 시작 시간을 5분의 1로
      glimpse drill deploy --env GLIMPSE_JWT_SECRETS=new,old
                                      task 설정을 바꾸는 롤링 배포
help_verify = 실행 중인 스택에서 계획 문서의 체크리스트를 하나씩 확인해요. 결과는 맞음, 틀림, 모름이에요.
help_verify_more =
    볼 수 없는 것은 '모름'이고, 통과로 치지 않아요. 틀린 항목이 있으면 종료 코드는 1이에요.

      glimpse verify                          `glimpse up`으로 실행 중인 스택
      glimpse verify --on https://chat.example.com --token JWT --token JWT
                                              배포된 채팅을 바깥에서
      glimpse verify --on aws                 거기에 더해 AWS가 알려 주는 것

    바깥에서는 계정 두 개로 대화하고, 쓴 것은 지워요. AWS에서는 표준 자격 증명으로 읽기만 해요. 비용 점검에는 0.01달러가 들어요.
help_bus = task 사이에서 이벤트를 전달하는 것: postgresql(DB 자체) 또는 valkey. 기본값: Terraform대로
help_tasks = 실행할 task 수. 기본값: Terraform이 원하는 수
help_stack_data = 이 컴퓨터에서 실행하는 스택의 데이터 폴더. 기본값: glimpse-data/up
help_speed = Spot 회수 예고, 드레인, 등록 취소 지연, task 시작 시간을 N으로 나눠요(1 이상). 클라이언트의 시간은 그대로예요.
help_port = 채팅에 접속하는 로드 밸런서의 포트. 기본값: 8080
help_page_port = 실시간 페이지의 포트. 기본값: 8090
help_addresses = 실행 중인 스택의 주소를 셸 변수로 출력하고 끝내요.
help_drill_name = { $names } 중 하나.
help_clients = 훈련하는 동안 대화할 클라이언트 수. 기본값: 12
help_seed = 어느 task를 중단시킬지, 시작에 얼마나 걸릴지를 정해요. 같은 값이면 같은 훈련이 돼요.
help_env = 배포가 새 task에 줄 설정. 여러 번 쓸 수 있어요.
help_on = 확인할 대상: local(`glimpse up`의 스택), 배포된 채팅의 URL, 또는 aws. 기본값: local
help_token = 메시지를 쓰고 지울 사용자의 액세스 토큰. 두 개를 주세요. 기본값: 계정 두 개를 만들고 끝나면 삭제해요.
help_slow = 업로드 URL이 만료될 때까지(300초) 기다렸다가, 거부되는지 확인해요.
help_verify_drill = 이 ECS 서비스의 Spot task 하나를 중지하고, 서비스가 복구되는지 확인해요.
help_verify_yes = 묻지 않아요. 로컬 스택의 task 하나를 중지해도 괜찮다는 뜻이에요.
help_only = 이 항목만 확인해요.
help_verify_strict = '모름'인 항목이 있으면 종료 코드 3으로 끝내요.
help_deploy = 빈 계정에서 검증된 서비스까지 스택을 AWS에 배포해요. 다시 실행하면 멈춘 곳에서 이어서 해요.
help_deploy_more =
    순서: 사전 점검, 부트스트랩, 도메인 위임, 이미지, 계획, 준비, 시크릿, 마이그레이션, 적용, 롤아웃, migrate --after, 검증. 비용이 드는 일은 먼저 물어봐요. 이미지에 문제가 있으면 이전 이미지로 돌아가고 종료 코드는 1이에요.

      glimpse deploy --dry-run                모든 호출과 필요한 권한
      glimpse deploy --rehearse               계정 없이 가짜 AWS로 전체 순서 연습
      glimpse deploy --var-file best.tfvars   `glimpse plan`이 추천하는 설계
      glimpse deploy --image sha256:…         전에 실행하던 이미지로 되돌리기
help_deploy_image = 이미지를 새로 빌드하지 않고, 레지스트리에 있는 이 다이제스트를 실행해요.
help_deploy_dry_run = 호출을 하지 않고, 순서대로 모든 호출과 필요한 권한만 보여 줘요.
help_deploy_rehearse = 계정 없이 가짜 AWS로 전체 순서를 연습해요. CASE는 일어날 일이에요: good(기본값), later-deploy, killed, broken-image, broken-first-image, no-spot, migration-fails, migration-never-starts, slow-delegation, quota-too-small, no-credentials
help_deploy_yes = 묻지 않고 계획을 그대로 적용해요.
help_watch = 배포한 스택이 실제로 얼마를 쓰고 어떤 상태인지 계획과 나란히 보여 줘요.
help_watch_more = 
    Cost Explorer의 서비스별·태그별 비용을 청구서와 비교해 차이를 하나씩 설명해요. 경보, task, 연결 수, 5xx, CPU 크레딧, 스토리지가 차는 때, 가격표가 얼마나 오래됐는지도 보여 줘요.

      glimpse watch --var-file best.tfvars --format markdown --output week.md
      GLIMPSE_SLACK_URL=https://… glimpse watch --send slack
help_watch_days = 비교할 일수(기본값 7). Cost Explorer가 최대 24시간 늦어서 마지막 날은 그저께예요.
help_watch_send = 보고서를 SNS 주제(sns:ARN)나 GLIMPSE_SLACK_URL의 Slack 웹훅으로 보내요.
help_workload_command = 이용량 파일 `glimpse.toml`
help_from_cloudwatch = CloudWatch 지표 한 달 치로 `glimpse.toml`을 채워요.
help_from_cloudwatch_more =
    값마다 어느 지표에서 왔는지 적어서, 다음 계획은 실제 이용량으로 크기를 정해요. --output이 없으면 값만 보여 주고, 있으면 주석을 지키면서 그 파일을 고쳐요.

      glimpse workload from-cloudwatch infra/prod
help_from_cloudwatch_days = 읽을 기간: 오늘 이전 며칠(기본값 30)
help_from_cloudwatch_output = 고칠 `glimpse.toml`
help_glimpse =
    AWS의 Terraform 스택이 얼마인지, 바꾸면 얼마를 아끼고 무엇이 위험한지 오프라인에서 계정 없이 알려 줘요. 그 스택이 실행하는 채팅 서비스도 들어 있어요.

    처음이라면:
      glimpse plan PATH    내 스택이 얼마이고 무엇을 바꾸면 좋은지
      glimpse diff main    내 브랜치가 비용을 얼마나 바꾸는지
      glimpse serve        브라우저에서 써 보는 채팅

    명령마다 `glimpse COMMAND --help`에 예가 있어요.
help_arguments = 인자
help_options = 옵션
help_commands = 명령
help_help = 이 도움말.
help_examples =
    예:
      glimpse plan prod --var-file balanced.tfvars    변수 파일을 적용해서
      glimpse plan prod --lang en                     영어로
      terraform show -json PLAN > plan.json && glimpse plan plan.json
                                                      Terraform이 계산한 그대로
      glimpse bill prod --format json --output bill.json
                                                      스크립트가 읽을 청구서
help_plan = 스택을 읽어 요금을 계산하고, 무엇을 바꾸면 얼마가 줄고 무엇을 포기하게 되는지 알려 줘요.
help_plan_more =
    PATH는 Terraform 디렉터리나 `terraform show -json PLAN`으로 만든 파일이에요.

      glimpse plan infra/prod                     40줄 이내의 답
      glimpse plan infra/prod --full              전체 보고서
      glimpse plan infra/prod --var-file a.tfvars --var tasks=4
                                                  다른 값으로
      glimpse plan plan.json --format json        스크립트가 읽을 Terraform 플랜

    종료 코드: 0 완료
               1 지금 스택이 glimpse.toml에 적은 약속을 어김
               2 입력을 읽을 수 없음
               3 --strict에서 가격이 없거나 읽지 못한 것이 있음
help_bill_more =
    PATH는 Terraform 디렉터리나 `terraform show -json PLAN`으로 만든 파일이에요.

      glimpse bill infra/prod                     출처가 붙은 모든 항목
      glimpse bill infra/prod --compare-regions us-east-1,eu-west-1
                                                  다른 리전에서는 얼마인지
      glimpse bill infra/prod --actual cur.csv    실제로 낸 비용과 나란히

    종료 코드: 0 완료
               2 입력을 읽을 수 없음
               3 --strict에서 가격이 없거나 읽지 못한 것이 있음
help_bill = 지금 스택의 가격만 항목별로 보여 줘요.
help_diff = 청구서가 어떻게 바뀌는지 보여 줘요. 리비전, 폴더, 플랜, 청구서 가운데 둘을 항목별로 비교해요.
help_diff_more =
    A와 B는 Terraform 디렉터리, 플랜이나 상태의 JSON, 청구서의 JSON(`glimpse bill --format json`), git 리비전(REV 또는 REV:PATH) 중 하나예요. REV만 쓰면 다른 쪽의 경로를 써요. 리비전은 체크아웃하지 않고 git에서 바로 읽고, glimpse.toml과 변수 파일도 그 리비전의 것을 써요. 같은 이름의 파일이나 폴더가 여기 있으면 리비전보다 먼저예요.

      glimpse diff main                           main과 지금 작업 트리
      glimpse diff main infra/prod                infra/prod 스택만
      glimpse diff v1.2:infra/prod HEAD           태그와 마지막 커밋
      glimpse diff bill.json infra/prod           전에 만든 청구서와 비교
      glimpse diff main --max-increase 50 --format markdown

    차이마다 원인이 있어요: stack(파일), workload(glimpse.toml이나 사용량), price(AWS의 새 단가 × 전의 수량, 청구서의 JSON을 비교할 때만). --max-increase는 stack과 workload만 보고 새 단가는 보지 않아요. --max-usd는 B의 합계를 봐요. 새로 알 수 없게 된 금액이 있으면, glimpse.toml이 이유와 함께 허용하지 않는 한 둘 다 실패해요.

    종료 코드: 0 완료
               1 --max-increase나 --max-usd를 넘었거나, 모르는 금액이 새로 생김
               2 한쪽을 읽을 수 없음
               3 --strict인데 B에 가격이 없거나 읽지 못한 것이 있음
help_diff_a = 이전: 경로나 git 리비전. -는 표준 입력.
help_diff_b = 이후: A와 같은 것. 기본값: 작업 트리.
help_diff_workload = 양쪽에 쓸 이용량 파일(glimpse.toml). 기본값: 각 쪽의 파일 옆에 있는 것.
help_max_increase = 파일과 이용량의 변경으로 월 비용이 이 금액(USD)보다 많이 늘면 종료 코드 1이에요.
help_max_usd = B의 합계가 월 이 금액(USD)보다 크면 종료 코드 1이에요.
help_prices = Glimpse에 들어 있는 가격표예요.
help_prices_show = 가격표에 무엇이 있고, 얼마나 오래됐고, 어디서 왔는지 보여 줘요.
help_prices_update = AWS가 공개하는 가격 파일에서 가격을 새로 받아요.
help_prices_update_more =
    리전마다 가격 파일을, 그리고 Fargate Spot 가격과 CloudFront 요금제를 읽고 검사해서 사용자 캐시에 저장해요. 출처에 없는 가격은 예전 값과 날짜를 그대로 둬요. 오프라인이면 아무것도 바뀌지 않아요.

      glimpse prices update                     이 스택의 리전
      glimpse prices update --regions us-east-1,eu-west-1
      glimpse prices update --dry-run           무엇이 어떻게 바뀌는지
help_update_regions = 읽을 리전. 기본값은 PATH의 스택이 쓰는 리전이에요.
help_update_from = 네트워크 대신, AWS 사이트와 같은 구조의 이 폴더에서 가격 파일을 읽어요.
help_update_into = 사용자 캐시 대신 이 폴더에 가격을 써요.
help_update_dry_run = 무엇이 바뀔지만 보고하고 아무것도 쓰지 않아요.
help_after = 배포가 끝난 뒤에 실행할 때 써요. 이전 버전만 쓰던 것을 지워요.
help_path = Terraform 디렉터리, 또는 플랜이나 상태의 JSON (-는 표준 입력). 기본값: 이 저장소에서는 infrastructure/terraform/environments/startup-prod, 다른 곳에서는 지금 폴더.
help_workload = 이용량 파일(glimpse.toml). 기본값: PATH 옆의 파일, 없으면 사용자 수를 가정하지 않아요.
help_usage = 리소스의 월 사용량 파일(infracost-usage.yml). 같은 항목은 glimpse.toml의 [usage]가 우선해요.
help_region = provider의 리전 대신 쓸 AWS 리전.
help_project = 모듈을 읽을 수 있는 가장 위 폴더. 없으면 .git이 있는 가장 가까운 위 폴더예요.
help_var = Terraform 변수, name=value. 여러 번 쓸 수 있어요.
help_var_file = Terraform 변수 파일. 여러 번 쓸 수 있고 나중 파일이 우선해요.
help_free_tier = none(기본) 또는 always(AWS 상시 프리 티어 적용).
help_format = { $formats } 중 하나.
help_compare_regions = 이 리전들에서도 가격을 계산해요. 그곳에서 팔지 않거나 가격을 모르는 것은 이름을 밝혀요.
help_output = 보고서를 이 파일에 써요. -를 쓰면 화면에 출력해요.
help_lang = en 또는 ko. 기본값은 로캘을 따라요.
help_full = 짧은 보고서 대신 모든 부분을 출력해요. 보고서 너비는 터미널에 맞춰 80~160칸이고, 파일과 파이프에는 80칸이나 COLUMNS의 값을 써요.
help_show = 여기 적은 부분만 적은 순서로 출력해요: { $sections } 중에서 골라요. 터미널과 Markdown에서만 쓰고, JSON에는 언제나 전체가 들어가요.
help_strict = 가격이 없거나 읽지 못한 것 중 glimpse.toml이 이유와 함께 받아들이지 않은 것이 있으면 종료 코드 3이에요.
help_version = Glimpse의 버전.
ui_kinds_everywhere = 서비스별 가격 종류와 그 가격이 있는 리전 수:
ui_kinds_here = 서비스별 가격 종류. 있음은 이 리전에 있는 가격 수, 없음은 그 가격이 있는 다른 리전 수예요.
ui_same_everywhere = 공통
ui_held_here = 있음
ui_not_here = 없음
help_init = 이 스택에서 쓸 수 있는 키를 주석으로 담은 glimpse.toml을 만들어요.
help_init_more =
    PATH는 Terraform 디렉터리 또는 `terraform show -json PLAN`의 결과 파일이에요. 그 옆에 파일을 만들어요. 줄의 #을 지우기 전에는 청구서와 계획이 바뀌지 않아요. 터미널에서는 먼저 몇 가지를 물어봐요. Enter를 누르면 그 키는 적지 않아요. 이미 있는 파일은 바꾸지 않아요.

    예:
      glimpse init infra/prod                물어본 다음 glimpse.toml 작성
      glimpse init --yes --output - PATH     묻지 않고 화면에 출력해요

    종료 코드: 0 완료
               2 스택을 읽지 못했거나 파일이 이미 있어요
help_init_path = Terraform 디렉터리, 또는 플랜이나 상태의 JSON. 기본값: 지금 폴더.
help_init_output = 대신 이 파일에 써요(이미 있으면 안 돼요). -를 쓰면 화면에 출력해요.
help_yes = 묻지 않아요. 모든 키를 주석으로 두어요.
option_not_assignment = { $option } { $text }: 이름=값 꼴이어야 해요.

package_missing = 이 명령에 필요한 Python 모듈({ $module })이 설치되어 있지 않아요: pip install '{ $package }'. 채팅 이미지에는 `glimpse serve`와 `glimpse migrate`에 필요한 것만 들어 있어요.
help_group_cost = 스택의 비용
help_group_chat = 채팅 서비스
help_group_machine = 이 컴퓨터에서 스택 전체
help_group_aws = AWS에서
help_group_shell = 셸
help_prices_show_more =
    네트워크에서는 아무것도 읽지 않아요.

      glimpse prices show                             모든 리전
      glimpse prices show --region ap-northeast-2     한 리전과 그 출처
help_completion = 셸에서 Tab 키로 명령, 옵션, 값을 자동 완성하게 하는 스크립트를 출력해요.
help_shell = { $shells } 중 하나.
help_completion_more =
    한 번 실행하고, Glimpse를 업데이트한 뒤에는 다시 실행하세요. 새 셸부터 쓸 수 있어요.

    bash (bash-completion 패키지가 있을 때):
      mkdir -p ~/.local/share/bash-completion/completions
      glimpse completion bash > ~/.local/share/bash-completion/completions/glimpse

    bash (그 패키지가 없을 때는 ~/.bashrc에):
      eval "$(glimpse completion bash)"

    zsh:
      mkdir -p ~/.zfunc && glimpse completion zsh > ~/.zfunc/_glimpse
    그리고 ~/.zshrc에:
      fpath+=~/.zfunc; autoload -Uz compinit; compinit

    fish:
      mkdir -p ~/.config/fish/completions
      glimpse completion fish > ~/.config/fish/completions/glimpse.fish
