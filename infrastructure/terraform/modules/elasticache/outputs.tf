output "url" {
  description = "Address of the events, as the service takes it. Without a cache they pass through the database, whose address the service knows."
  value = (
    var.bus == "cache_node" ? "rediss://${aws_elasticache_replication_group.this[0].primary_endpoint_address}:6379" :
    var.bus == "cache_serverless" ? "rediss://${aws_elasticache_serverless_cache.this[0].endpoint[0].address}:6379" :
    "postgresql:"
  )
}

output "security_group_id" {
  description = "Security group of the cache. Its clients add their own rules. Null without a cache."
  value       = one(aws_security_group.this[*].id)
}
