health_check_of_aws = 대상이 AWS 안에 있다고 봤어요. 밖에 있으면 더 비싸요
needs_resolver_addresses = Resolver 엔드포인트의 주소 수를 알 수 없어요
needs_domains = 목록의 도메인 수를 알 수 없어요
