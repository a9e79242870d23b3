# What `glimpse plan` finds best among the changes that this tree can make: the cheapest that keeps every promise.
# Take the steps that it prints before the apply: the balancer is replaced, and the service must listen on IPv6.
bus                = "postgresql"      # the database carries the events between tasks, and no cache is needed
secret_store       = "parameter_store" # standard parameters cost nothing; move the values before the deploy
egress             = "ipv6_only"       # no NAT, and no address that is charged
ingress            = "cloudfront"      # the balancer needs no public IPv4
log_retention_days = 7
uploads            = "presigned" # files go straight into the bucket; move the app to clients/typescript first
