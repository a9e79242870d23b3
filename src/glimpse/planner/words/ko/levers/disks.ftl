### Levers on block storage.

lever_gp3 = EBS 볼륨을 같은 성능의 gp3로
how_gp3 = 여기나 시작 템플릿의 type(root_block_device, ebs_block_device, ebs에서는 volume_type)을 "gp3"로 바꾸세요. io1의 iops가 3,000보다 크면 그대로 두고 아니면 지우세요. 1,000 GiB가 넘는 gp2는 iops를 GiB × 3(최대 16,000)으로 지정하세요. throughput은 170 GiB가 넘는 gp2는 250, io1은 iops / 4가 125보다 클 때 그 값(최대 500)으로 지정하세요. 볼륨은 사용 중에 변경되고, 그룹의 인스턴스는 교체될 때 적용돼요
loses_gp3 = gp2 버스트 없음, 몇 시간 느려짐
risk_gp3 = 166 GiB 이하 gp2는 순간적으로 128 MiB/s까지 내지만 gp3는 125 MiB/s예요. io1은 99.9%의 시간 동안, gp3는 99%의 시간 동안 IOPS를 유지해요. 변경은 몇 시간 걸릴 수 있고 그동안 느려질 수 있어요

lever_gp3_less_throughput = EBS 볼륨을 gp3로, gp2는 125 MiB/s로
how_gp3_less_throughput = gp2 볼륨의 type(인스턴스나 템플릿의 블록에서는 volume_type)을 "gp3"로 바꾸고 throughput은 지정하지 마세요. 1,000 GiB가 넘으면 iops를 GiB × 3(최대 16,000)으로 지정하세요. io1은 지금 성능 그대로 gp3로 바꿔요: iops는 3,000보다 클 때만 남기고 throughput은 iops / 4(최대 500)예요. 먼저 CloudWatch에서 VolumeReadBytes와 VolumeWriteBytes의 합이 초당 125 MiB보다 작은지 확인하세요
loses_gp3_less_throughput = 디스크 속도 최대 125 MiB/s
risk_gp3_less_throughput = 170 GiB가 넘는 gp2는 250 MiB/s까지 읽고 쓰므로 125 MiB/s에서는 큰 스캔, 백업, 복원이 더 오래 걸려요. 변경은 몇 시간 걸릴 수 있고 그동안 느려질 수 있어요

lever_io2_to_gp3 = EBS io2 볼륨을 gp3로
how_io2_to_gp3 = type(인스턴스나 템플릿의 블록에서는 volume_type)을 "gp3"로 바꾸고, iops는 3,000보다 클 때만 남기고, iops × 0.256(올림)이 125보다 크면 throughput을 그 값으로 지정하세요. 볼륨은 사용 중에 변경돼요
loses_io2_to_gp3 = 내구성 99.999% 미만
risk_io2_to_gp3 = io2의 내구성은 99.999%, gp3는 99.8~99.9%예요. 지연 시간이 항상 1밀리초 미만이지는 않게 돼요

lever_db_gp3 = 데이터베이스 스토리지를 같은 성능의 gp3로
how_db_gp3 = storage_type을 "gp3"로 바꾸고 iops를 지우세요. io1의 IOPS가 2,000보다 크면 iops(12,000 이상)와 storage_throughput(iops / 4, 500~4,000)을 지정하세요. RDS는 데이터베이스를 실행한 채 스토리지를 변경하고, 변경 뒤 6시간 동안은 다시 변경할 수 없어요
loses_db_gp3 = 스토리지가 몇 시간 느려짐
risk_db_gp3 = 스토리지 최적화가 몇 시간 걸릴 수 있고 그동안 데이터베이스가 느려질 수 있어요. io1은 99.9%의 시간 동안, gp3는 99%의 시간 동안 IOPS를 유지해요

lever_search_gp3 = OpenSearch 디스크를 같은 성능의 gp3로
how_search_gp3 = 도메인의 ebs_options에서 volume_type = "gp3", throughput = 250(170 GiB 이하는 125), iops = 3000(1,000 GiB가 넘으면 GiB × 3)으로 지정하세요. 이만큼은 스토리지 요금에 포함돼요. 도메인은 블루/그린으로 배포되고 계속 사용할 수 있어요
loses_search_gp3 = 검색이 몇 시간 느려짐
risk_search_gp3 = 샤드를 새 노드로 복사하는 몇 시간 동안 느려질 수 있어요. 166 GiB 이하 gp2는 순간적으로 128 MiB/s까지 내지만 gp3는 125 MiB/s예요

lever_db_io2_to_gp3 = 데이터베이스 스토리지를 io2 대신 gp3로
how_db_io2_to_gp3 = storage_type을 "gp3"로 바꾸고 iops를 지우세요. iops × 0.256이 500보다 크면 storage_throughput을 그 값(올림, 최대 4,000)으로, iops를 12,000 이상으로 지정하세요. RDS는 데이터베이스를 실행한 채 스토리지를 변경해요
loses_db_io2_to_gp3 = 내구성 99.999% 미만
risk_db_io2_to_gp3 = io2의 내구성은 99.999%, gp3는 99.8~99.9%예요. 지연 시간이 항상 1밀리초 미만이지는 않게 돼요

lever_db_gp3_less_throughput = 작은 데이터베이스를 gp3(125 MiB/s)로
how_db_gp3_less_throughput = storage_type을 "gp3"로 바꾸고 iops를 지우세요. 400 GiB(Oracle은 200 GiB) 미만 gp3는 3,000 IOPS와 125 MiB/s예요. 먼저 CloudWatch에서 ReadThroughput과 WriteThroughput의 합이 125 MiB/s보다 작은지 확인하세요. RDS는 데이터베이스를 실행한 채 스토리지를 변경해요
loses_db_gp3_less_throughput = 디스크 속도 최대 125 MiB/s
risk_db_gp3_less_throughput = 큰 읽기와 백업이 느려져요. io1은 1,000 IOPS에서 250 MiB/s, 그 이상이면 더 많이 처리해요

promise_volume_durability = 볼륨 내구성 99.999%
promise_storage_throughput = 스토리지 처리량
