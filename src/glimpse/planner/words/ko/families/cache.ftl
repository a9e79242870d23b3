least_nodes = 자동 조정이 유지하는 최소 노드 수({ $count }개)예요
support_percent = 온디맨드 노드 요금의 { $percent }%가 더 붙어요
