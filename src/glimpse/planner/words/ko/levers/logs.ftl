### Levers on logs.

lever_log_retention = 로그 보관 7일
how_log_retention = 로그 그룹에 retention_in_days = 7을 지정하세요. 보관 요금은 GB와 월로 매겨지고, 훨씬 비싼 수집 요금은 그대로예요. 7일이 지난 로그는 며칠 안에 지워지고 되돌릴 수 없어요
loses_log_retention = 일주일 지난 로그 삭제
risk_log_retention = 일주일이 지난 장애는 로그로 조사할 수 없어요

lever_infrequent_access_logs = 로그를 Infrequent Access 클래스로
how_infrequent_access_logs = 로그 그룹에 log_group_class = "INFREQUENT_ACCESS"를 지정하고 새 이름을 주세요. 그룹의 클래스는 바꿀 수 없어 Terraform이 새 그룹을 만들어요. 기존 로그가 필요하면 먼저 removed 블록으로 기존 그룹을 상태에서 빼고, 로그를 쓰는 쪽을 새 이름으로 바꾸세요
loses_infrequent_access_logs = 로그 필터, Live Tail 없음
risk_infrequent_access_logs = 지표 필터, 구독, Live Tail, 데이터 보호, 임베디드 지표를 쓸 수 없고, 로그는 유료인 Logs Insights 쿼리로만 읽어요. 이 파일 밖에서 이 기능을 쓰던 것은 멈춰요

promise_log_days = 로그 보관 기간
promise_log_features = 로그의 지표 필터, 구독, Live Tail
