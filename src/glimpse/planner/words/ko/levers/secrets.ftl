### Levers on secrets.

lever_parameters = Secrets Manager 대신 Parameter Store
how_parameters = 시크릿과 버전을 type = "SecureString"인 aws_ssm_parameter(표준 티어, 무료, 최대 4 KB)로 바꾸세요. 시크릿을 지우기 전에 값을 복사하고, 읽는 쪽에는 새 ARN을 넘기고 secretsmanager:GetSecretValue 대신 ssm:GetParameters 권한을 주세요
loses_parameters = 시크릿 교체 없음, 직접 옮기기
risk_parameters = 자동 교체와 다른 리전 복제가 없고, 배포 전에 값을 직접 옮겨야 해요. RDS가 관리하는 시크릿은 그대로 남아요

promise_secrets_manager = Secrets Manager의 교체와 복제
