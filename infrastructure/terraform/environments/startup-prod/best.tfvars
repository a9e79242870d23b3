# What `glimpse plan` finds best among the changes that this tree can make: the cheapest that keeps every promise.
# Take the steps that it prints before the apply: the balancer and the cache are replaced, and the service must speak
# TLS in cluster mode to the one and listen on IPv6 to the other.
bus                = "cache_serverless" # billed by what is kept and asked; its least is a third of a node
cache_engine       = "valkey"
secret_store       = "parameter_store" # standard parameters cost nothing; move the values before the deploy
egress             = "ipv6_only"       # no NAT, and no address that is charged
ingress            = "cloudfront"      # the balancer needs no public IPv4
log_retention_days = 7
