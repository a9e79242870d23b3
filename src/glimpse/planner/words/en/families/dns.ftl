health_check_of_aws = its endpoint is taken to be in AWS; one elsewhere costs more
needs_resolver_addresses = how many addresses the resolver endpoint has is unknown
needs_domains = how many domains the list has is unknown
