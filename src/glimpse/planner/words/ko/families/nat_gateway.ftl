nat_one_zone = 리전 NAT 게이트웨이는 적어도 가용 영역 하나에 있고, 요금은 영역 NAT 게이트웨이와 같아요
needs_nat_zones = 리전 NAT 게이트웨이의 가용 영역과 주소는 AWS가 알아서 늘려서, 몇 개인지 알 수 없어요
