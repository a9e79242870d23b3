# Serverless caches: each engine has a least amount that is charged.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_elasticache_serverless_cache" "valkey" {
  name   = "valkey"
  engine = "valkey"
}

resource "aws_elasticache_serverless_cache" "redis" {
  name   = "redis"
  engine = "redis"
}
