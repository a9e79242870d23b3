### What `glimpse deploy` says: its steps, what it asks, why it stops.

## The steps

deploy_step_preflight = [{ $number }/{ $count }] { $time }  사전 점검: 도구, 자격 증명, 리전, 할당량

deploy_step_bootstrap = [{ $number }/{ $count }] { $time }  부트스트랩: 상태 버킷, 레지스트리, DNS 영역, 인증서, CI 역할

deploy_step_delegation = [{ $number }/{ $count }] { $time }  도메인 위임: 상위 도메인이 이 영역을 가리키면 ACM이 인증서를 발급해요

deploy_step_image = [{ $number }/{ $count }] { $time }  이미지: 빌드와 푸시

deploy_step_plan = [{ $number }/{ $count }] { $time }  계획: Terraform이 바꿀 것과 비용

deploy_step_prepare = [{ $number }/{ $count }] { $time }  준비: 네트워크, DB 등 마이그레이션에 필요한 것

deploy_step_secrets = [{ $number }/{ $count }] { $time }  시크릿: 값이 없는 시크릿 채우기

deploy_step_migrate = [{ $number }/{ $count }] { $time }  마이그레이션: 별도 task로 DB 스키마 변경

deploy_step_apply = [{ $number }/{ $count }] { $time }  적용: 서비스를 포함한 나머지 계획

deploy_step_rollout = [{ $number }/{ $count }] { $time }  롤아웃: 서비스가 안정될 때까지 확인

deploy_step_migrate_after = [{ $number }/{ $count }] { $time }  migrate --after: 이전 릴리스만 쓰던 것 지우기

deploy_step_verify = [{ $number }/{ $count }] { $time }  검증: 실행 중인 서비스를 계획과 비교

## What a step finds and does

deploy_nothing_to_do = 할 일이 없어요.

deploy_account = 계정 { $account }, 리전 { $region }, 환경 { $name }.

deploy_state_kept = 부트스트랩의 Terraform 상태를 { $bucket } 버킷으로 옮겼어요.

deploy_certificates_issued = ACM이 인증서를 발급했어요.

deploy_delegate = 상위 도메인을 등록한 곳에서 { $domain }의 네임서버로 다음을 입력하세요: { $servers }. 몇 분 뒤 ACM이 인증서를 발급해요. 그대로 두거나, Ctrl-C로 멈췄다가 나중에 다시 실행해도 돼요.

deploy_waits_for_certificates = ACM을 기다리는 중이에요 ({ $time })

deploy_image_given = { $digest } 이미지가 레지스트리에 있어요.

deploy_image_found = { $tag } 이미지가 이미 레지스트리에 있어요: { $digest }

deploy_image_builds = { $tag } 이미지를 빌드하고 있어요…

deploy_image_pushed = 푸시했어요: { $digest }

deploy_secret_put = 새 무작위 값을 넣었어요: { $name }

deploy_task_started = task를 시작했어요: { $task }

deploy_waits_for_task = task가 실행 중이에요 ({ $time })

deploy_log_line = 로그: { $line }

deploy_task_done = task가 종료 코드 0으로 끝났어요.

deploy_event = ECS 이벤트: { $text }

deploy_waits_for_service = 실행 중인 새 task: { $desired }개 중 { $running }개 ({ $time })

deploy_steady = 서비스가 안정됐어요. 새 이미지로 실행 중인 task: { $desired }개 중 { $running }개.

deploy_no_after_for_older = 건너뛰었어요. 이 이미지는 현재 작업 트리의 이미지가 아니고, 이전 릴리스가 새 릴리스의 마이그레이션을 마무리하면 안 돼요.

deploy_last_good = 이제 { $digest } 이미지가 마지막 정상 이미지예요(파라미터 { $name }). 다음 배포가 실패하면 이 이미지로 돌아가요.

deploy_verified = { $time } 만에 배포와 검증을 마쳤어요: https://{ $domain }

## The plan and its money

deploy_changes = Terraform의 리소스 변경: { $created }개 생성, { $changed }개 변경, { $replaced }개 교체, { $destroyed }개 삭제.

deploy_change_replaced = 교체: { $address }

deploy_change_destroyed = 삭제: { $address }

deploy_more_lines = … 그 밖에 { $count }개

deploy_bill = 월 청구서: 지금 ${ $before }, 적용 후 ${ $after }.

deploy_bill_new = 월 청구서: ${ $after }.

deploy_bill_at_least = 월 청구서: 지금 ${ $before } 이상, 적용 후 ${ $after } 이상. 가격을 모르는 부분이 있어요.

deploy_bill_at_least_new = 월 청구서: ${ $after } 이상. 가격을 모르는 부분이 있어요.

deploy_bill_line = { $what }: 월 ${ $before } → ${ $after }

deploy_bill_line_new = { $what }: 월 ${ $after }

deploy_budget_small = 예산(${ $budget })이 청구서(${ $after })보다 적어요. AWS가 매달 알림을 보낼 거예요. monthly_budget_usd를 올리거나 더 작은 설계를 고르세요.

deploy_plan_grew = 나머지 계획에 앞서 보여 주지 않은 변경이 { $count }개 있어요:

deploy_ask_bootstrap = 이 계정에 만들까요? [y/N]

deploy_ask_plan = 이 계획을 적용할까요? [y/N]

deploy_ask_more = 이것도 적용할까요? [y/N]

deploy_agreed_before = 미리 동의했어요(--yes).

## Why it stops

deploy_preflight_missing = 부족한 것: { $count }개. 고친 뒤 다시 실행하세요.

deploy_nobody_to_ask = 동의를 구할 터미널이 없어요. 터미널에서 실행하거나 --yes를 붙이세요.

deploy_not_agreed = 동의하지 않아서 적용하지 않았어요.

deploy_state_lost = { $bucket } 버킷은 있지만 부트스트랩 상태가 없고, 이 컴퓨터에도 없어요. 첫 배포가 다른 컴퓨터에서 상태를 옮기기 전에 끝났어요. 그 컴퓨터에서 `glimpse deploy`를 실행하거나 가이드의 "단계가 실패하면"을 보세요.

deploy_not_delegated = ACM이 { $domains }의 인증서를 아직 발급하지 않았어요. 상위 도메인에 다음 네임서버가 있는지 확인하고 다시 실행하세요: { $servers }

deploy_image_unknown = --image { $digest }: 레지스트리 { $repository }에 그런 이미지가 없어요. 목록을 보려면: `aws ecr describe-images --repository-name { $repository }`

deploy_output_wrong = Terraform({ $root }): { $detail }. `glimpse deploy`에는 이 저장소 Terraform의 출력값이 필요해요.

deploy_secret_by_hand = { $names }: 배포가 만들 수 없는 값이에요. downloads_public_key와 짝인 개인 키(PEM)를 그 파라미터에 SecureString으로 넣고 다시 실행하세요.

deploy_task_endless = { $task } task가 { $minutes }분이 지나도 끝나지 않았어요. 로그를 확인하세요. 다시 실행하면 그 마이그레이션이 끝난 뒤에 새로 시작해요.

deploy_task_never_started = task의 컨테이너가 시작되지 않았어요. ECS의 설명: { $reason }

deploy_migration_failed = 마이그레이션이 종료 코드 { $exit_code }번으로 끝났어요. 이유는 위 로그에 있어요.

deploy_migration_after_failed = `migrate --after`가 종료 코드 { $exit_code }번으로 끝났어요. 서비스는 새 이미지로 실행 중이고, 이전 릴리스만 쓰던 것이 DB에 남아 있어요. 이유는 위 로그에 있어요.

deploy_no_service = Terraform은 적용됐지만 ECS 클러스터({ $cluster })에 { $service } 서비스가 없어요.

deploy_rollout_endless = 서비스가 { $minutes }분이 지나도 안정되지 않았어요. 이전 릴리스의 task가 계속 서비스하고 ECS도 계속 시도해요. 이유는 위 이벤트에 있어요. 더 기다리려면 다시 실행하세요.

deploy_given_up = task { $failed }개가 실패해서 ECS가 이 이미지를 포기했어요: { $reason }

deploy_goes_back = 마지막 정상 이미지로 돌아가요: { $digest }

deploy_no_image_before = { $digest } 이미지가 시작되지 않고, 돌아갈 정상 이미지도 없어요. 만든 리소스는 그대로 있어요. task 로그에서 원인을 찾아 이미지를 고치고 다시 실행하세요.

deploy_settings_fail = { $digest } 이미지는 전에 정상이었으니, 함께 바꾼 것(변수, 크기, 시크릿)이 원인이에요. ECS는 이전 task 정의로 돌아갔어요. 그 변경을 되돌리고 다시 실행하세요.

deploy_back_changes_more = { $digest } 이미지로 돌아가면 다음도 바뀌어서 적용하지 않았어요: { $addresses }. 확인한 뒤 실행하세요: glimpse deploy --image { $digest }

deploy_back_unsteady = 마지막 정상 이미지를 다시 적용했지만({ $digest }) 서비스가 안정되지 않았어요. 위 ECS 이벤트를 보세요.

deploy_went_back = 배포에 실패했어요. { $broken } 이미지가 실행되지 않아요. 서비스는 전처럼 { $digest } 이미지로 실행 중이에요. 원인은 실패한 task의 로그에 있어요.

deploy_not_verified = 이미지는 실행 중이지만 `glimpse verify`가 문제를 찾았어요. 위 보고서를 보세요.

deploy_nothing_changed = 아무것도 바뀌지 않았어요.

deploy_goes_on = 같은 명령을 다시 실행하면 여기서부터 이어서 해요.

deploy_goes_on_untouched = 서비스는 건드리지 않았어요. 같은 명령을 다시 실행하면 여기서부터 이어서 해요.

deploy_interrupted = { $step } 단계에서 멈췄어요. 같은 명령을 다시 실행하면 여기서부터 이어서 해요.

deploy_rehearses = 연습({ $name }): 계정도 AWS도 쓰지 않고, 시간도 실제로 흐르지 않아요.

## Terraform

deploy_terraform_created = { $address } 만듦 ({ $time })

deploy_terraform_changed = { $address } 변경함 ({ $time })

deploy_terraform_deleted = { $address } 삭제함 ({ $time })

deploy_terraform_works = AWS가 처리하고 있어요: { $address } ({ $time })

deploy_terraform_plans = Terraform이 계정과 파일을 비교하고 있어요 ({ $time })

deploy_terraform_ends = Terraform이 하던 일을 마치고 상태를 저장해요. Ctrl-C를 한 번 더 누르면 바로 멈춰요.

deploy_terraform_missing = Terraform을 시작할 수 없어요: { $detail }. Terraform 1.10 이상을 설치하고 PATH에 넣으세요.

deploy_terraform_failed =
    { $folder }에서 `terraform { $command }` 실행에 실패했어요:
    { $detail }

deploy_state_locked = Terraform 상태가 잠겨 있어요({ $who }, { $since }부터, { $operation }). 다른 배포가 실행 중이거나, 강제 종료된 배포가 적용을 마무리하는 중이에요. 끝날 때까지 기다리세요. 아무것도 실행 중이 아니라면: terraform -chdir={ $folder } force-unlock { $id }

deploy_local_state =
    직접 적용한 환경의 상태 파일이 있어요: { $path }. 먼저 상태 버킷으로 옮기고 파일을 지우세요:
    terraform -chdir={ $folder } init -migrate-state { $settings }

deploy_bill_unread = 이 계획의 청구서를 계산할 수 없어서 동의를 구할 수 없어요: { $detail }

## The dry run

deploy_dry_run = `glimpse deploy`가 { $name } 환경에서 할 호출과 각각에 필요한 권한이에요. 실제로 호출하지는 않아요.

deploy_dry_run_terraform = terraform { $command } ({ $root }), 리소스 유형별 권한:

deploy_dry_run_part = terraform plan, apply (environment), 마이그레이션에 필요한 것만: 계획과 적용 단계의 권한

deploy_dry_run_policies = 정확히 이만큼 허용하는 정책: CI용은 deploy-policy.json, deploy-network-policy.json, deploy-data-policy.json이고, 첫 배포에는 bootstrap-policy.json도 필요해요(glimpse/operations/outside/aws).

## Programs

deploy_tool_missing = 설치되어 있지 않거나 시작되지 않는 프로그램: { $tool }. { $least } 이상을 설치하고 PATH에 넣으세요.

deploy_tool_old = { $tool } 버전이 낮아요: { $version }. 배포에는 { $least } 이상이 필요해요.

deploy_builder_line = 빌드: { $line }

deploy_not_own_tree = 이 저장소의 Terraform 환경이 아니에요: { $path }. 위쪽 어느 폴더에도 bootstrap 폴더가 없어요. infrastructure/terraform/environments/startup-prod 같은 환경 폴더를 주세요.

deploy_name_unknown = { $path }: 클러스터 이름이나 서비스 도메인을 파일에서 알 수 없어요. 첫 적용 전에 둘 다 필요해요.

deploy_domain_reserved = domain_name의 { $domain }: 누구도 가질 수 없는 이름이에요. production.auto.tfvars에 갖고 있는 이름을 적으세요. docs/how-to/aws-in-ten-steps.ko.md의 6단계를 보세요.

deploy_bootstrap_destroys = 부트스트랩이 위에 나온 것을 삭제하거나 교체해요. --yes로는 동의하지 않아요. 이 클론에 production.auto.tfvars가 빠지지 않았나요? 정말 그렇게 하려면 터미널에서 --yes 없이 실행하세요.

deploy_variables_missing = 값이 없는 변수가 있어요: { $names }. production.auto.tfvars에 적으세요. docs/how-to/aws-in-ten-steps.ko.md의 6단계를 보세요.
