### Why `glimpse verify --on aws`, `watch` and `workload from-cloudwatch` cannot see something.

aws_no_credentials = AWS 자격 증명이 없어요. 환경 변수, 프로필, SSO, 역할을 모두 찾아봤어요. 로그인하거나(`aws sso login`), AWS_PROFILE 또는 AWS_ACCESS_KEY_ID와 AWS_SECRET_ACCESS_KEY를 설정하세요.

aws_credentials_broken = AWS 자격 증명을 읽을 수 없어요: { $detail }. 다시 로그인하거나(`aws sso login`), AWS_PROFILE과 그 프로필을 고치세요.

aws_credentials_refused = AWS가 자격 증명을 받아 주지 않아요({ $detail }). 다시 로그인하거나 유효한 자격 증명을 주세요.

aws_denied = AWS가 { $action } 호출을 거부했어요. 이 자격 증명의 정책이 허용하지 않아요. 연결할 정책: { $policy }.

aws_throttled = AWS가 { $action } 요청을 제한하고 있어요. 이 계정에 요청이 너무 많아요. 1분 뒤에 다시 해 보세요.

aws_unreachable = { $region }의 { $action }: 엔드포인트에 연결할 수 없어요({ $detail }). 리전(--region)과 이 컴퓨터의 네트워크를 확인하세요.

aws_call_failed = { $region }의 { $action } 호출이 실패했어요: { $detail }

aws_not_found = { $region }에서 찾을 수 없어요: { $name }. 리전(--region)과 계정을 확인하고, 이 Terraform을 적용했는지도 확인하세요.

aws_name_unknown = 적용하기 전에는 Terraform에서 { $what }의 이름을 알 수 없어서 찾아볼 수 없어요.

aws_no_data = AWS에 아직 { $name } 데이터가 없어요.

aws_no_running_task = { $service }의 실행 중인 task가 없어서 설정을 볼 수 없어요.

aws_deployment_under_way = { $service } 배포가 진행 중이라 예전 설정과 새 설정의 task가 함께 실행되고 있어요. 배포가 끝난 뒤 다시 해 보세요.

aws_no_balancer = { $service } 서비스 앞에 로드 밸런서가 없어요.

aws_internal_balancer = 내부용 로드 밸런서({ $name })인데 Terraform에 도메인이 없어요. --on URL로 주소를 주세요.

aws_no_spot_task = { $service } 서비스에 중지해 볼 수 있는 Fargate Spot task가 없어요.

aws_too_few_days = Cost Explorer에 최근 { $wanted }일 가운데 { $days }일치 비용만 있어요. 계정에서 Cost Explorer를 켜야 하고, 하루 늦게 반영돼요.

aws_other_currency = Cost Explorer의 통화가 { $currency } 기준이에요. 계획은 USD예요.
