### What `glimpse deploy` finds in the account, the registry, the image builder, and a rehearsal.

deploy_denied = AWS가 { $action } 호출을 거부했어요. 이 자격 증명의 정책이 허용하지 않아요. 배포 정책(deploy-policy.json, deploy-network-policy.json, deploy-data-policy.json)을, 첫 배포라면 bootstrap-policy.json도 연결하세요. 필요한 권한은 `glimpse deploy --dry-run`에 모두 나와요.

deploy_no_region = 리전을 알 수 없어요. --region으로 지정하거나 AWS_REGION을 설정하세요.

deploy_region_unknown = AWS에 { $region } 리전이 없어요. 리전은 ap-northeast-2처럼 생겼어요.

deploy_region_off = 이 계정에서 { $region } 리전이 꺼져 있어요. 켜고(`aws account enable-region --region-name { $region }`) 활성화될 때까지 기다린 뒤 다시 실행하세요.

deploy_quota_too_small = { $region } 리전의 할당량 "{ $quota }": 지금 { $limit }, 배포에 필요한 값 { $needed }. 증가를 요청하세요: `aws service-quotas request-service-quota-increase --service-code { $service_code } --quota-code { $quota_code } --desired-value { $needed } --region { $region }`

deploy_zone_missing = 이 계정은 { $zone } 가용 영역을 쓸 수 없어요. { $region }에 있는 가용 영역: { $zones }. 변수 zones를 바꾸세요.

deploy_zone_without_vpc_origins = CloudFront VPC 오리진을 지원하지 않는 가용 영역이에요: { $zone_id }(2025년 6월 보고), 이 계정에서는 { $zone }. 변수 zones를 다른 두 영역으로 바꾸세요.

deploy_authority_missing = RDS 인증 기관이 빠진 리전이에요: { $region }({ $path }). 이대로는 task가 그 리전의 DB에 연결할 수 없어요. 모든 리전이 들어 있는 AWS 파일을 받는 방법은 그 파일의 첫 줄들에 있어요.

deploy_service_role_missing = 계정에 서비스 연결 역할({ $role })이 없고, 이 자격 증명으로는 AWS가 만들 수 없어요. { $service }에 대한 { $action } 권한을 주거나, 권한이 있는 사람이 한 번 실행하세요: `aws iam create-service-linked-role --aws-service-name { $service }`

deploy_task_refused = ECS가 { $family } task를 시작하지 못했어요: { $detail }. 다시 실행해 보세요. 같은 말이 나오면 원인은 계정이나 서브넷에 있어요.

deploy_task_missing = ECS 클러스터({ $cluster })에 { $task } task가 더는 없어요. 멈춘 task는 한 시간만 남아요. 다시 실행하세요.

deploy_unknown_rehearsal = --rehearse { $given }: 그런 경우는 없어요. 쓸 수 있는 값: { $cases }

deploy_rehearsal_order = 연습을 멈춰요. `{ $step }`에 필요한 것이 아직 없어요: { $needs }

deploy_certificate_failed = ACM이 { $domain }의 인증서를 발급하지 않아요: { $reason }. 원인을 고치고 인증서({ $arn })를 삭제한 뒤 다시 실행하세요. 부트스트랩이 새로 요청해요.

deploy_git_failed = { $folder }에서 Git 실행에 실패했어요: { $detail }. 이미지 태그가 커밋이라서, 커밋이 있는 클론에서 배포해야 해요.

deploy_no_builder = 이미지를 빌드할 수 있는 프로그램이 없어요. 찾아본 것: { $looked }. 하나를 설치하세요. Docker는 데몬도 실행 중이어야 해요. 레지스트리에 있는 이미지를 --image로 지정해도 돼요.

deploy_builder_failed = `{ $program } { $command }` 실행에 실패했어요: { $detail }. 미러 등에 필요한 빌드 옵션은 GLIMPSE_BUILD_OPTIONS에 넣으세요.

deploy_push_lost = 레지스트리가 이미지를 받았지만 목록에 없어요: { $image }. 다시 실행하세요.
