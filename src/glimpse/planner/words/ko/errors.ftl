### What is wrong with what a command was given.

## Errors

path_unreadable = 읽을 수 없는 경로예요: { $path } ({ $detail }).
path_missing = 경로가 없어요: { $path }. Terraform 디렉터리나 `terraform show -json PLAN`으로 만든 파일을 주세요.
no_terraform = { $path }에 .tf 파일이 없어요. terraform을 실행하는 디렉터리를 주세요: `glimpse plan PATH`
path_missing_near = 경로가 없어요: { $path }. 혹시 { $near }인가요?
path_missing_below = 경로가 없어요: { $path }. Terraform이 있는 폴더 하나를 `glimpse plan { $first }`처럼 적어 주세요: { $folders }{ $more ->
        [0] {""}
       *[other] {" "}외 { $more }곳
    }
path_special = { $path }: 파일도 폴더도 아니에요. 파이프는 `-`로 읽어요: `terraform show -json PLAN | glimpse plan -`
no_terraform_above = { $path }에 .tf 파일이 없어요. 상위 폴더에는 있으니 실행해 보세요: `glimpse plan { $above }`
no_terraform_below = { $path }에 .tf 파일이 없어요. .tf 파일이 있는 하위 폴더 하나를 `glimpse plan { $first }`처럼 적어 주세요: { $folders }{ $more ->
        [0] {""}
       *[other] {" "}외 { $more }곳
    }
file_beside_terraform = { $path }: Terraform 파일이 아니에요. 폴더를 주세요: `glimpse plan { $folder }`
not_json = JSON이 아니에요 ({ $detail }). `terraform show -json PLAN`으로 만들어 주세요. 플랜 파일 자체는 읽을 수 없어요.
not_a_plan = { $path } 파일은 JSON이지만 플랜이 아니에요: planned_values.root_module을 찾지 못했어요. `terraform show -json PLAN`으로 만들어 주세요.
region_depends = { $path }의 리전은 파일만으로는 알 수 없는 { $cause }에 따라 달라져요. --region이나 --var로 지정해 주세요.
region_unknown = { $path }의 리전을 알 수 없어요: 리전이 적힌 aws provider 블록을 찾지 못했어요. --region ap-northeast-2처럼 지정해 주세요.
region_not_held = { $region } 리전의 가격이 없어요. 혹시 { $near }인가요? `glimpse prices show`에서 모든 리전을 볼 수 있어요.
variables_without_directory = { $path }: 파일이라 값이 이미 정해져 있어요. --var와 --var-file은 쓸 수 없어요.
variable_undeclared = --var { $name }: { $path }에 선언되지 않은 변수예요.
variable_undeclared_near = --var { $name }: { $path }에 선언되지 않은 변수예요. 혹시 { $near }인가요?
variable_file_broken = 올바른 변수 파일이 아니어서 금액을 계산할 수 없어요
variable_malformed = --var { $given }: --var min_capacity=1처럼 name=value 형태여야 해요.
variable_file_unreadable = 변수 파일을 읽을 수 없어요: { $path } ({ $detail }).
variable_refused = Terraform이 변수 { $name }의 값을 받지 않아요: { $why }
project_missing = --project { $path }: 그런 폴더가 없어요. 스택의 모듈이 들어 있는 폴더를 주세요.
project_too_wide = --project { $path }: 홈 폴더나 디스크 전체는 읽지 않아요. 프로젝트 폴더를 지정해 주세요.
project_elsewhere = { $path } 경로가 --project { $project } 안에 있지 않아요.
too_large_steps = { $path } 경로를 계산하는 데 { $limit }단계가 넘게 걸려서 금액을 계산하지 않았어요. `terraform show -json PLAN` 결과를 주세요.
too_large_seconds = { $path } 경로를 계산하는 데 { $limit }초가 넘게 걸려서 금액을 계산하지 않았어요. `terraform show -json PLAN` 결과를 주세요.
too_large_size = { $path }의 식이 만드는 원소나 문자가 { $limit }개를 넘어서 금액을 계산하지 않았어요.
too_large_depth = { $path }에서 이름이 다른 이름을 { $limit }번 넘게 가리켜서 금액을 계산하지 않았어요.
too_large_file = { $path }에 { $limit }바이트가 넘는 파일이 있어요. `terraform show -json PLAN` 결과를 주세요.
too_large_files = { $path }에서 읽을 파일이 { $limit }개를 넘어요. `terraform show -json PLAN` 결과를 주세요.
too_large_bytes = { $path }에서 읽을 Terraform이 { $limit }바이트를 넘어요. `terraform show -json PLAN` 결과를 주세요.
too_large_lines = { $path }에서 읽을 줄이 { $limit }줄을 넘어요. `terraform show -json PLAN` 결과를 주세요.
too_large_resources = { $path }의 리소스가 { $limit }개를 넘어요. 일부의 `terraform show -json PLAN` 결과를 주세요.
too_large_modules = { $path }에서 부르는 모듈이 { $limit }개를 넘어요. `terraform show -json PLAN` 결과를 주세요.
capacity_not_held = service.runs의 { $name }: 측정된 적이 없는 서비스예요. 측정된 서비스: { $held }.
document_not_held = plan.document의 { $name }: 모르는 문서예요. 아는 문서: { $held }.
usage_file_missing = 사용량 파일이 없어요: { $path }
usage_file_unreadable = 사용량 파일을 읽을 수 없어요: { $path } ({ $detail })
usage_file_too_large = 사용량 파일이 { $limit }바이트를 넘거나, 별칭을 펼치면 그만큼 커져요: { $path }
usage_file_not_yaml = 사용량 파일 형식이 아니에요: { $detail }.
usage_file_not_a_map = { $key } 자리에는 이름과 값을 짝지은 맵이 필요해요.
usage_file_key_twice = { $key } 키가 같은 맵에 두 번 나와요.
usage_file_version = 사용량 파일(버전 { $version })을 0.1 버전으로 읽었어요.
usage_file_key_unknown = { $key } 키는 사용량 파일의 섹션이 아니라서 그 안의 값을 읽지 않았어요. 쓸 수 있는 섹션: { $known }.
usage_file_key_unknown_near = { $key } 키는 사용량 파일의 섹션이 아니라서 그 안의 값을 읽지 않았어요. 혹시 { $near }인가요?
usage_key_unknown = { $address }에 적은 사용량 중 { $count }개는 여기서 어떤 가격에도 쓰이지 않아요: { $keys }.
usage_key_unknown_near = { $address }의 가격은 { $key } 값과 관계가 없어요. 혹시 { $near }인가요?
usage_address_unknown = 스택에 없는 주소 { $count }개에 사용량이 적혀 있어요: { $addresses }.
usage_address_unknown_near = 사용량을 적은 { $address } 리소스가 스택에 없어요. 혹시 { $near }인가요?
output_unwritable = { $path }에 쓸 수 없어요 ({ $detail }).
folder_gone = 지금 있는 폴더가 삭제됐어요. 있는 폴더로 옮겨 주세요.
system_refused = 운영체제가 거부했어요: { $detail }.
broken_inside = Glimpse 내부 오류예요 ({ $detail }). 바뀐 것은 없어요. 실행한 명령과 함께 알려 주세요.
region_undecided = { $path }의 리전을 정할 수 없어요. 보이는 리전: { $regions }. --region ap-northeast-2처럼 하나를 지정해 주세요.
plan_not_shown = { $path } 파일은 Terraform이 저장한 플랜 파일이에요. JSON으로 바꿔 주세요: terraform show -json { $path } > plan.json
plan_log = { $path } 파일은 `terraform plan -json`의 진행 메시지예요. terraform plan -out=plan.bin 다음에 terraform show -json plan.bin > plan.json을 실행해 주세요.
state_not_shown = { $path } 파일은 Terraform이 저장한 상태 파일이에요. JSON으로 바꿔 주세요: terraform init을 실행한 폴더에서 terraform show -json { $path } > state.json
terragrunt = Terragrunt 폴더예요: { $path }. 그 폴더에서 terragrunt plan -out=plan.bin 다음에 terragrunt show -json plan.bin > plan.json을 실행하고 plan.json을 주세요.
