# What `glimpse plan` would find best if the service could all that is planned. Never recommended before it can.
bus                = "postgresql" # planned: the service does not carry its events over the database yet
secret_store       = "parameter_store"
egress             = "ipv6_only"
ingress            = "cloudfront"
log_sample_percent = 10          # planned
uploads            = "presigned" # planned
