# What `glimpse plan` finds best among the changes that this tree can make: the cheapest that keeps every promise, with
# what mends its risks for nothing.
# Take the steps that it prints before the apply: where people use the service already, ingress = "both" comes first and
# alone, and the service must listen on IPv6.
bus          = "postgresql"      # the database carries the events between tasks, and no cache is needed
secret_store = "parameter_store" # standard parameters cost nothing; move the values before the deploy
egress       = "ipv6_only"       # no NAT, and no address that is charged
ingress      = "cloudfront"      # the balancer needs no public IPv4
uploads      = "presigned"       # files go straight into the bucket; move the app to clients/typescript first

# Longer than the balancer's 60 s, so that it is never the service that hangs up first.
keep_alive_seconds = 65

# floor((79 - 5 - 3) / ((4 + 1 for the bus) x 2 during a deploy)) tasks, each with the pool that Glimpse was measured with.
max_capacity  = 7
database_pool = 4

# What the plan says, and up to a quarter more.
monthly_budget_usd = 65
