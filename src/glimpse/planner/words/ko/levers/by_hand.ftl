### What is found by hand in words: charged, and used by nothing in the files.

lever_unattached_addresses = 사용하지 않는 탄력적 IP 반환
how_unattached_addresses = EC2 콘솔의 탄력적 IP에서 연결이 없는지 확인한 뒤 aws_eip 리소스를 지우세요
loses_unattached_addresses = IP 주소를 되찾을 수 없음
risk_unattached_addresses = 반환한 IP는 되찾을 수 없어요. 이 파일 밖에서 쓰는 곳(DNS 레코드, 파트너의 허용 목록, IP를 붙이는 스크립트)이 있으면 동작하지 않게 돼요

lever_unattached_volumes = 연결되지 않은 EBS 볼륨 삭제
how_unattached_volumes = EC2 콘솔의 볼륨에서 상태가 "사용 가능"인지 확인하고, 데이터가 필요할 수 있으면 스냅샷을 만든 뒤 aws_ebs_volume 리소스를 지우세요
loses_unattached_volumes = 볼륨의 데이터 삭제
risk_unattached_volumes = 데이터가 삭제되고, 태그로 볼륨을 찾아 연결하는 스크립트가 있으면 찾지 못해요. 스냅샷도 실제로 쓴 용량만큼 과금돼요

lever_old_snapshots = 사용하지 않는 스냅샷 삭제
how_old_snapshots = EC2 콘솔의 스냅샷에서 언제 무엇으로 만들었는지 보고, 복원할 일이 없으면 aws_ebs_snapshot(또는 aws_ebs_snapshot_copy) 리소스를 지우세요. Data Lifecycle Manager(aws_dlm_lifecycle_policy)는 스냅샷을 주기적으로 만들고 오래된 것을 지워 줘요
loses_old_snapshots = 스냅샷의 데이터 삭제
risk_old_snapshots = 그 데이터를 더는 복원할 수 없어요. 실제로 쓴 용량만 과금되므로 볼륨 전체 크기로 계산한 것보다 적게 줄 수 있어요

lever_idle_balancers = 대상이 없는 로드 밸런서 삭제
how_idle_balancers = EC2 콘솔에서 대상 그룹에 등록된 대상이 없고 CloudWatch의 RequestCount(또는 ActiveFlowCount)가 계속 0인지 확인한 뒤, aws_lb 리소스를 리스너, 규칙, 대상 그룹과 함께 지우세요
loses_idle_balancers = DNS 이름을 되찾을 수 없음
risk_idle_balancers = 로드 밸런서의 DNS 이름은 되찾을 수 없어요. 이 파일에 없는 리스너나 대상을 다른 스택, 배포 도구, 사람이 등록했을 수 있어요

lever_stopped_disks = 중지해 둔 인스턴스 삭제
how_stopped_disks = 다시 쓸 수 있으면 AMI를 만들어 두고, aws_instance 리소스를 aws_ec2_instance_state, aws_eip와 함께 지우세요
loses_stopped_disks = 디스크의 데이터 삭제
risk_stopped_disks = 디스크의 데이터가 삭제되고 퍼블릭 IP도 잃어요. AMI의 스냅샷은 실제로 쓴 용량만큼 과금돼요

lever_session_manager = 배스천 대신 Session Manager
how_session_manager = 접속할 서버의 인스턴스 프로파일에 AmazonSSMManagedInstanceCore를 연결하고(Amazon Linux와 Ubuntu 이미지에는 에이전트가 있어요) aws ssm start-session으로 셸이 열리는지 확인하세요. 데이터베이스에는 이런 서버 하나를 거쳐 AWS-StartPortForwardingSessionToRemoteHost 문서로 접속해요. 그런 다음 배스천의 aws_instance(또는 그룹)를 aws_eip, 22번 포트의 보안 그룹 규칙과 함께 지우세요
loses_session_manager = 배스천을 거치는 SSH 불가
risk_session_manager = SSH 키, 터널, 배스천 IP를 적어 둔 허용 목록이 동작하지 않고, 배스천에서 함께 돌던 것(cron 작업, VPN)도 사라져요. 서버는 NAT나 유료 인터페이스 엔드포인트로 Systems Manager에 연결돼야 해요. 다른 인스턴스가 없으면 데이터베이스로 포워딩할 곳이 없어요(Fargate task는 ECS Exec)

promise_ssh_bastion = SSH 배스천
