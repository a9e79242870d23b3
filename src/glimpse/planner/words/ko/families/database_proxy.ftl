proxy_vcpus = 뒤에 있는 인스턴스의 vCPU { $count }개로 계산했어요(최소 2개, 대기 인스턴스 제외)
needs_proxy_targets = 프록시 뒤에 있는 인스턴스를 모두 알 수 없어요
needs_subnets = 서브넷이 몇 개인지 알 수 없어요
