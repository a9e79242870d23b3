health_check_of_aws = its endpoint is taken to be in AWS; one elsewhere costs more
needs_resolver_addresses = the number of addresses of the resolver endpoint is unknown
needs_domains = the number of domains in the list is unknown
