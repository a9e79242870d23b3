locals {
  engine_versions       = { redis = "7.1", valkey = "8.0" }
  major_engine_versions = { redis = "7", valkey = "8" }

  # The network type of a cache cannot change, and Valkey does not become Redis again. So each has a name of its own: the
  # new one is made first, and the old one goes when no task uses it.
  cache_name = join("-", compact([var.name, var.engine == "valkey" ? "valkey" : "", var.dual_stack ? "ip6" : ""]))

  # The cost planner reads it, to know that nothing is kept here.
  tags = { "glimpse:role" = "bus" }
}

resource "aws_elasticache_subnet_group" "this" {
  count = var.bus == "cache_node" ? 1 : 0

  name       = var.name
  subnet_ids = var.subnet_ids

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "this" {
  count = var.bus == "postgresql" ? 0 : 1

  name        = "${var.name}-cache"
  description = "Cache"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-cache" }

  lifecycle {
    create_before_destroy = true
  }
}

# It carries events between the tasks and keeps none of them, so one node and no snapshot are enough:
# while it is away, messages are still stored, and each task reads what it missed from the database.
resource "aws_elasticache_replication_group" "this" {
  count = var.bus == "cache_node" ? 1 : 0

  replication_group_id = local.cache_name
  description          = "Events between the tasks"

  engine             = var.engine
  engine_version     = local.engine_versions[var.engine]
  node_type          = var.node_type
  num_cache_clusters = 1
  port               = 6379

  automatic_failover_enabled = false
  multi_az_enabled           = false
  auto_minor_version_upgrade = true
  snapshot_retention_limit   = 0

  transit_encryption_enabled = true
  at_rest_encryption_enabled = true

  # The client is told the address that the node is found by, so it must be one that a task without IPv4 can reach.
  network_type = var.dual_stack ? "dual_stack" : null
  ip_discovery = var.dual_stack ? "ipv6" : null

  subnet_group_name  = aws_elasticache_subnet_group.this[0].name
  security_group_ids = [aws_security_group.this[0].id]
  maintenance_window = "sun:20:00-sun:21:00"

  tags = local.tags

  lifecycle {
    create_before_destroy = true
  }
}

# Billed by what it holds and does, so the limits are there against a bill that runs away: beyond the one, a write
# is refused, and beyond the other, requests wait. They are the smallest that there are.
resource "aws_elasticache_serverless_cache" "this" {
  count = var.bus == "cache_serverless" ? 1 : 0

  name                 = local.cache_name
  description          = "Events between the tasks"
  engine               = var.engine
  major_engine_version = local.major_engine_versions[var.engine]

  cache_usage_limits {
    data_storage {
      maximum = 1
      unit    = "GB"
    }

    ecpu_per_second {
      maximum = 1000
    }
  }

  snapshot_retention_limit = 0

  network_type       = var.dual_stack ? "dual_stack" : null
  subnet_ids         = var.subnet_ids
  security_group_ids = [aws_security_group.this[0].id]

  tags = local.tags

  lifecycle {
    create_before_destroy = true
  }
}
