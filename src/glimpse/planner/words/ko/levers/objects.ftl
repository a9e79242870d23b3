### Levers on objects and files.

lever_abort_uploads = 미완료 업로드를 7일 뒤 삭제
how_abort_uploads = 버킷의 aws_s3_bucket_lifecycle_configuration(버킷마다 하나예요. 없으면 만드세요)에 status = "Enabled", filter {"{"}{"}"}, abort_incomplete_multipart_upload {"{"} days_after_initiation = 7 {"}"} 규칙을 추가하세요
loses_abort_uploads = 7일 넘는 업로드 불가
risk_abort_uploads = 7일 넘게 걸리는 업로드는 완료할 수 없어요

lever_colder_classes = 객체를 S3 Intelligent-Tiering으로
how_colder_classes = 버킷의 aws_s3_bucket_lifecycle_configuration에 status = "Enabled", filter {"{"}{"}"}, transition {"{"} days = 0, storage_class = "INTELLIGENT_TIERING" {"}"} 규칙을 추가하세요. 30일 동안 읽지 않은 객체는 요금이 내려가고 90일 뒤 더 내려가요. 128 KB보다 작은 객체는 Standard에 남아요
loses_colder_classes = 객체마다 요금 추가
risk_colder_classes = 객체마다 전환 요청 요금이 한 번, 모니터링 요금이 매달 나와요. 작거나 자주 읽는 객체가 대부분이면 더 비싸져요

lever_efs_infrequent_access = 한 달간 읽지 않은 EFS 파일을 IA로
how_efs_infrequent_access = 파일 시스템에 lifecycle_policy {"{"} transition_to_ia = "AFTER_30_DAYS" {"}"}를 추가하세요. 교체 없이 변경돼요
loses_efs_infrequent_access = 오래된 파일을 읽을 때 요금
risk_efs_infrequent_access = Infrequent Access에서 읽거나 그리로 옮기는 GB마다 요금이 나오고, 그런 파일의 첫 읽기는 수십 밀리초 걸려요. 오래된 파일을 자주 읽으면 더 비싸져요

promise_standard_storage = 자주 읽는 데이터용 스토리지 클래스
