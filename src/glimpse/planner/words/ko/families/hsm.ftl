hsm_type_newest = 클러스터가 스택에 없어서, 새로 만들 수 있는 유일한 유형({ $type })으로 봤어요
