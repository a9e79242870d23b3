### What `glimpse workload from-cloudwatch` says.

workload_not_beside = { $path }: 이 스택 옆에 glimpse.toml이 없어요. 먼저 만드세요: `glimpse init { $path }`

workload_file_unreadable = { $path }: 파일을 읽을 수 없어요: { $detail }

workload_unwritable = { $path }: 파일을 쓸 수 없어서 그대로 뒀어요: { $detail }

workload_not_toml = { $path } 파일은 TOML이 아니에요: { $detail }

workload_no_users = { $path } 파일에 서비스를 쓰는 사람 수가 없고, 이 값은 지표로 알 수 없어요. people.users를 먼저 적으세요. 다른 값은 사용자 한 명 기준이에요.

workload_asking = { $region }의 CloudWatch 지표 { $days }일 치 읽는 중 …

workload_title = CloudWatch { $days }일 치로 본 { $region }의 이용량

workload_measured = 측정한 값

workload_column_key = 키

workload_column_before = 이전

workload_column_after = 지금

workload_column_metric = 출처

workload_bill = 이 값으로는 한 달에 ${ $after }예요. 이전에는 ${ $before }였어요.

workload_nothing = 하루 치 데이터가 있는 지표가 없어서 측정하지 못했어요. 며칠 동안 트래픽이 있은 뒤에 다시 실행하세요.

workload_facts = 참고로 본 것 (파일의 값이 아님)

workload_fact_utilization = task의 { $metric }: 평균 { $mean }%, 가장 바쁜 시간 { $most }%

workload_fact_storage = DB의 FreeStorageSpace: 하루에 { $mib }MiB씩 줄어요

workload_fact_processed = 로드 밸런서의 ProcessedBytes: WebSocket을 포함해 한 달 { $gb }GB

workload_kept = 지표로 알 수 없어서 그대로 둔 값

workload_metrics = CloudWatch에 요청한 지표: { $count }개(1,000개에 $0.01).

workload_written = { $path }에 썼어요. 값마다 주석에 지표가 있어요.

workload_not_written = 파일은 바꾸지 않았어요. 쓰려면 --output FILE을 주세요.

## Why a value is kept

workload_no_data = CloudWatch에 { $metric } 값이 하루 치도 없어요(파일은 일주일 치)

workload_more_sockets = 동시에 열린 소켓({ $sockets }개)이 파일에 적힌 사용자({ $users }명)보다 많아요. people.users를 고치세요

workload_connects_unclear = 하루 새 연결 { $new }개와 요청 { $requests }건이 habits.requests_per_connection과 맞지 않아요

workload_fewer_objects = 버킷의 파일이 줄어서 업로드와 삭제를 구분할 수 없어요

workload_no_bucket = task 정의와 Terraform에서 버킷 이름을 알 수 없어요

workload_no_request_metrics = 버킷에 요청 지표가 없고(S3에서 유료), 다운로드가 이 스택의 CloudFront를 거치지 않아요

workload_no_log_group = task 정의가 CloudWatch에 로그를 남기지 않아요

workload_no_nat_gateway = GB당 요금이 있는 NAT 게이트웨이가 스택에 없어요

workload_kept_users = 사람이 적는 값이에요

workload_kept_own_metrics = 서비스의 Prometheus 지표에만 있고 CloudWatch에는 없어요

workload_kept_sizes = ProcessedBytes는 요청, 응답, WebSocket 메시지를 합친 값이에요

workload_kept_cloudfront = CloudFront 뒤에서는 로드 밸런서의 새 연결이 CloudFront의 연결이에요

workload_kept_no_metric = 그런 지표가 없어요
