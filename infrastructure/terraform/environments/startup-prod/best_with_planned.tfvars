# What `glimpse plan` would find best if the service could all that is planned. Never recommended before it can.
bus                = "postgresql"
secret_store       = "parameter_store"
egress             = "ipv6_only"
ingress            = "cloudfront"
log_sample_percent = 10 # planned
uploads            = "presigned"
