### Levers on the ways in.

lever_fewer_balancers = 호스트 이름으로 나누는 로드 밸런서 하나
how_fewer_balancers = 첫 aws_lb에 나머지의 인증서(aws_lb_listener_certificate)를 추가하고, 대상 그룹마다 host_header 조건의 aws_lb_listener_rule을 만드세요. DNS 레코드를 옮기고 이전 주소로 오는 요청이 없어지면 나머지 aws_lb를 지우세요. 시간 요금과 퍼블릭 IP가 없어지고 LCU는 옮겨 와요
loses_fewer_balancers = 로드 밸런서 하나의 장애를 공유
risk_fewer_balancers = 서비스들이 로드 밸런서 하나의 보안 그룹, 한도(규칙 100개, 인증서 25개), 장애를 함께 겪어요. 규칙이 10개를 넘으면 평가 횟수가 LCU에 들어가고, 웹 ACL과 액세스 로그도 함께 써요

lever_cloudfront_ingress = CloudFront와 내부용 로드 밸런서
how_cloudfront_ingress = 프라이빗 서브넷에 내부(internal) aws_lb를 하나 더 만들고, 서비스가 기존 대상 그룹과 함께 새 대상 그룹에도 등록되게 하세요(load_balancer 블록 추가). 그 앞에 aws_cloudfront_vpc_origin과 aws_cloudfront_distribution을 만들어 도메인을 옮기고, 몇 분 뒤 별도의 apply로 기존 aws_lb를 지우세요. 로드 밸런서의 퍼블릭 IP가 없어지고, 요청과 GB는 CloudFront가 과금해요
loses_cloudfront_ingress = 단계 하나 추가, 배포 두 번
risk_cloudfront_ingress = 모든 트래픽이 거치는 단계가 하나 늘어요. VPC 오리진의 WebSocket은 2026년 5월부터이고 안 되는 가용 영역도 있어요. 두 번이 아니라 한 번의 apply로 바꾸면 약 15분 동안 접속이 막혀요. 요청마다 과금되어 사용자가 많으면 아끼는 IP 요금보다 비싸요

lever_cloudfront_downloads = CloudFront 다운로드
how_cloudfront_downloads = 파일을 CloudFront로 내보내요. GB당 요금은 조금 싸지만 요청마다 과금돼요
loses_cloudfront_downloads = 지켜야 할 개인 키
risk_cloudfront_downloads = 개인 키가 유출되면 모든 파일을 읽을 수 있어요. 이미 발급한 링크는 파일을 삭제해도 최대 10분 동안 동작해요

lever_cloudfront_flat_rate = CloudFront 정액 요금제 Pro
how_cloudfront_flat_rate = CloudFront 콘솔에서 이 배포를 Pro 요금제로 바꾸세요. 웹 ACL이 꼭 필요해요. Terraform에는 해당 인수가 없으니 glimpse.toml의 [usage."주소"]에 flat_rate_plan = "pro"를 적으세요. 매달 요청 1,000만 건과 50 TB, 웹 ACL이 포함돼요
loses_cloudfront_flat_rate = 요금제 한도를 넘으면 느려짐
risk_cloudfront_flat_rate = 매달 요청 1,000만 건이나 50 TB를 넘으면 추가 요금 대신 전송이 느려져요. 프라이빗 오리진과 직접 만든 캐시 정책은 더 비싼 요금제에서만 돼요

promise_separate_balancers = 서비스마다 있는 로드 밸런서
promise_direct_ingress = CloudFront를 거치지 않는 접속
promise_direct_downloads = 버킷에서 바로 받는 다운로드
promise_unlimited_delivery = 요금제 한도를 넘어도 느려지지 않는 전송
