root_disk_assumed = 루트 디스크를 { $gib } GB로 봤어요 (AMI가 정하지만 읽지 않았어요)
needs_disk_iops = 디스크의 IOPS가 파일에 없어요
