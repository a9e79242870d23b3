standard_storage_assumed = 클러스터가 이 파일들에 없어서 Aurora I/O 최적화가 아닌 표준 구성으로 봤어요
needs_least_capacity = 클러스터의 최소 용량을 읽지 못했어요
readers_by_scaling = 이 파일들이 만드는 것보다 읽기 전용 인스턴스를 { $count }개 더 유지하는 자동 조정이 있어요
