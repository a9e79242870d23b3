nodes_in_two_zones = 두 번째 가용 영역에 같은 수의 노드가 더 있어요
