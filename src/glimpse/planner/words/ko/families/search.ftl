needs_search_nodes = 노드의 유형이나 개수가 파일에 없어요
needs_search_disk = 데이터 노드의 디스크 크기나 노드 수를 알 수 없어요
search_extended = 연장 지원 중인 버전이라 노드 시간마다 추가 요금이 있고, Glimpse는 아직 계산하지 못해요
