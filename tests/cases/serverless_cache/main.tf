# Serverless caches: two that carry events and keep nothing, each charged for its engine's least; one whose limits ask
# for more; and one that may hold anything.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_elasticache_serverless_cache" "valkey" {
  name   = "valkey"
  engine = "valkey"
  tags   = { "glimpse:role" = "bus" }
}

resource "aws_elasticache_serverless_cache" "redis" {
  name   = "redis"
  engine = "redis"
  tags   = { "glimpse:role" = "bus" }
}

resource "aws_elasticache_serverless_cache" "reserved" {
  name   = "reserved"
  engine = "valkey"
  tags   = { "glimpse:role" = "bus" }

  cache_usage_limits {
    data_storage {
      minimum = 2
      maximum = 4
      unit    = "GB"
    }
  }
}

resource "aws_elasticache_serverless_cache" "sessions" {
  name   = "sessions"
  engine = "valkey"
}
