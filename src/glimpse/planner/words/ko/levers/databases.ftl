### A lever on databases.

lever_storage_autoscaling = DB 스토리지 자동 조정
how_storage_autoscaling = aws_db_instance의 max_allocated_storage를 allocated_storage의 5배로 지정하세요(io1, io2에서는 iops 값 이하). 여유 공간이 10% 아래로 내려가면 RDS가 스토리지를 늘려요. DB를 실행한 채 적용되고, 실제로 늘어나기 전에는 비용이 없어요. 늘어난 크기가 allocated_storage와 달라도 Terraform은 차이로 보지 않아요
loses_storage_autoscaling = 스토리지를 줄일 수 없음
risk_storage_autoscaling = 늘어난 스토리지는 줄일 수 없고 계속 과금돼요. 비정상적으로 커지는 테이블이나 로그를 알 수 있게 FreeStorageSpace 경보를 두세요. 최대 6시간에 한 번 늘어나므로 갑작스러운 대량 적재는 여전히 디스크를 채울 수 있어요
