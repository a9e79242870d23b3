### What the reader of Terraform files says.

## Reading

family_unknown = { $type } 유형은 Glimpse가 아직 계산하지 못해요
other_provider = { $provider } 프로바이더의 리소스 { $count }개: AWS 리소스가 아니에요
unpriced_no_price_held = { $type }({ $service })에는 AWS 요금이 있지만 Glimpse는 아직 계산하지 못해요
unpriced_account_wide = { $service } 요금은 계정 전체의 사용량에 따라 정해져서 { $type }만으로는 알 수 없어요
unpriced_subscription = 계정 전체에 적용되는 구독에 속해서 여기서는 계산하지 않아요: { $type }({ $service })
unpriced_commitment = 선구매 약정이에요: { $type }({ $service }). 약정은 glimpse.toml의 [[commitments]]에 적어 주세요
unpriced_by_use_elsewhere = 만들거나 복사하는 것이 다른 리소스로 과금되는데, 그 양은 Terraform에 없어요: { $type }({ $service })
unpriced_marketplace = AWS Marketplace 판매자가 정한 가격으로 팔려요: { $type }({ $service })
unpriced_retired = AWS가 더는 제공하지 않아요: { $type }({ $service })
unpriced_not_known = { $type }({ $service })에 AWS 요금이 있는지 알 수 없어요
unpriced_in_cluster = Kubernetes 클러스터에서 실행돼요: { $type }. 클러스터가 AWS에 요청하는 로드 밸런서, 디스크, Fargate 파드는 계산하지 않아요
free_but_for = { $type } 자체는 무료지만 { $argument } 설정에는 요금이 있고, 아직 계산하지 못해요
argument_unknown = { $argument } 값이 과금을 정하는데, 파일만으로는 알 수 없는 { $cause }에 따라 달라져요
part_unknown = 과금되지만 Glimpse가 아직 계산하지 못하는 부분이에요
part_doubtful = 과금 여부나 적용되는 요금을 파일만으로는 알 수 없어요
cluster_unknown = launch_type도 전략도 없고, 클러스터가 이 파일들에 없어요
strategy_without_weight = 전략에 weight가 0보다 큰 용량 공급자가 없어요. ECS가 거부해요
capacity_provider_unknown = FARGATE도 FARGATE_SPOT도 아닌 용량 공급자예요: { $provider }
task_size_illegal = Fargate에는 { $cpu } vCPU와 { $memory } GB 조합의 task가 없어요
module_missing = { $address }: { $source } 폴더가 없어요
module_not_installed = { $address }: { $source } 모듈이 설치되어 있지 않아요. 먼저 `terraform init`을 실행하거나 `terraform show -json PLAN` 결과를 주세요
module_outside = { $address }: { $source } 경로는 프로젝트 밖이라 읽지 않아요. --project { $project } 옵션을 주세요
module_in_itself = { $address }: { $source } 경로가 자기 자신으로 돌아오거나 너무 깊어요
module_source_unknown = { $address }: source가 단순한 문자열이 아니에요 ({ $source }). Terraform도 받지 않아요
file_broken = Terraform이 읽을 수 없는 줄이라서 이 파일의 내용은 계산에서 빠졌어요
count_unknown = { $address }: count = { $expression } 값이 파일만으로는 알 수 없는 { $cause }에 따라 달라져요
for_each_unknown = { $address }: for_each = { $expression } 값이 파일만으로는 알 수 없는 { $cause }에 따라 달라져요
block_on_one_line = 한 줄로 쓴 블록에는 인수 하나만 올 수 있고 다른 블록은 올 수 없어요. 각각 다른 줄에 써 주세요. 이 파일의 내용은 계산에서 빠졌어요
items_share_line = 인수나 블록 두 개가 한 줄에 있어요. 각각 다른 줄에 써 주세요. 이 파일의 내용은 계산에서 빠졌어요
entries_share_line = 객체의 두 항목이 쉼표 없이 한 줄에 있어요
key_ambiguous = 이 키가 이름인지 문자열인지 알 수 없어요. 값을 찾으려면 괄호로, 그대로 쓰려면 따옴표로 감싸 주세요
argument_twice = 한 블록 안에 같은 인수가 두 번 있어요. 이 파일의 내용은 계산에서 빠졌어요
nested_too_deep = 식의 중첩이 너무 깊어요
file_too_slow = 이 파일은 구문을 읽는 데 너무 오래 걸려서 내용이 계산에서 빠졌어요
template_broken = 올바른 템플릿이 아니에요
block_labels = { $block } 블록에는 레이블 { $count }개가 필요해요
declared_twice = { $address } 선언이 두 번 나와요. 첫 번째만 계산했어요
override_broken = override 파일에 Terraform이 읽을 수 없는 줄이 있어요. 어떤 값도 바뀔 수 있어서 금액을 계산하지 않았어요
override_of_nothing = { $address }: 덮어쓸 선언이 다른 파일에 없어요
expression_error = Terraform이 받지 않을 식이에요: { $why }
file_outside = { $function } 함수를 실행하지 않았어요. 프로젝트 안에 있는 파일만 읽어요
value_undeclared = { $name } 값이 있지만 그런 변수는 선언되어 있지 않아요
workspace_assumed = 선택한 workspace가 없어서 terraform.workspace를 default로 봤어요. TF_WORKSPACE를 지정하거나 `terraform workspace select`를 실행하세요
zones_assumed = { $date } 기준으로 { $region }의 가용 영역을 { $count }개로 봤어요
default_vpc_assumed = { $date } 기준으로 { $region }의 기본 VPC는 가용 영역 { $count }개에 퍼블릭 서브넷이 하나씩 있다고 봤어요
tofu_file = { $name } 대신 Terraform의 .tf 파일을 읽었어요. OpenTofu라면 같은 이름의 .tf 파일 대신 이 파일을 읽어요
count_too_large = { $address }: 개수가 { $limit }개를 넘어서 제외했어요
region_from_resources = provider에 리전이 없어서 리소스의 리전, 가용 영역, ARN이 말하는 { $region } 기준이에요
region_from_most = 상태의 리소스가 가장 많이 있는 { $region } 리전 기준이에요
region_from_providers = 별칭 없는 provider에 리전이 없어서 리소스가 가장 많이 있는 { $region } 기준이에요
region_from_variable = 플랜에 있는 { $variable } 값에 따라 { $region } 리전 기준이에요
region_from_reference = provider의 식에 나오는 유일한 리전인 { $region } 기준이에요
region_from_files = 플랜과 같은 폴더의 .tf 파일을 플랜의 변수로 계산해 얻은 { $region } 리전 기준이에요
region_from_environment = provider에도 리소스에도 리전이 없어서 { $variable } 값인 { $region } 기준이에요
plan_incomplete = 완전한 플랜이 아니에요(-target, -exclude 또는 오류). 빠진 리소스는 계산하지 않았어요
plan_incomplete_named = 완전한 플랜이 아니에요(-target, -exclude 또는 오류). 플랜에 없어서 계산하지 않은 것({ $count }개): { $names }
plan_deferred = { $address }: 이 플랜이 다음 플랜으로 미룬 리소스라서 계산하지 않았어요
file_means_folder = Terraform은 폴더 단위로 읽어요. { $file } 대신 그 폴더({ $path })를 읽었어요
