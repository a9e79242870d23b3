# Serverless caches: two that carry events and keep nothing, each charged for its engine's least; one whose limits ask
# for more; one that may hold anything, and one whose usage says what it holds.
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

resource "aws_elasticache_serverless_cache" "carts" {
  name                     = "carts"
  engine                   = "valkey"
  snapshot_retention_limit = 7

  cache_usage_limits {
    ecpu_per_second {
      minimum = 1000
      maximum = 5000
    }
  }
}
