least_ecpu = 한도에 정한 최소 초당 { $count } ECPU는 쓰지 않아도 요금이 붙어요
