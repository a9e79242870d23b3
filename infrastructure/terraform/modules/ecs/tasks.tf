locals {
  service_container = "api"
  migrate_container = "migrate"

  environment = merge(
    var.environment,
    {
      GLIMPSE_PORT               = tostring(var.port)
      GLIMPSE_KEEP_ALIVE_SECONDS = tostring(var.keep_alive_seconds)
      GLIMPSE_DATABASE_POOL      = tostring(var.database_pool)
      GLIMPSE_DRAIN_SECONDS      = tostring(var.drain_seconds)
    },
  )

  # Starts Python once per check; the standard library is all that the image is sure to have.
  health_probe = <<-PYTHON
    import http.client
    health = http.client.HTTPConnection("127.0.0.1", ${var.port}, timeout=4)
    health.request("GET", "/health")
    raise SystemExit(health.getresponse().status != 200)
  PYTHON

  # What both containers have.
  container = {
    image                  = "${var.repository_url}@${var.image_digest}"
    essential              = true
    readonlyRootFilesystem = true
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]

    # All that a Spot notice leaves, instead of the default 30 s: the replacement is not even started before it.
    stopTimeout = 120
  }

  # A blocking log driver stops the service when the way to the logs is down. Dropping lines is better.
  log_options = {
    awslogs-group   = aws_cloudwatch_log_group.this.name
    awslogs-region  = var.region
    mode            = "non-blocking"
    max-buffer-size = "4m"
  }
}

# A definition is kept when a newer one takes its place: ECS goes back to it where the newer one does not start.
resource "aws_ecs_task_definition" "this" {
  family                   = "${var.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = tostring(var.task_cpu)
  memory                   = tostring(var.task_memory)
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn
  skip_destroy             = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  # The only place to write. It belongs to root unless the image declares VOLUME /tmp and so lends it its rights.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge(local.container, {
    name         = local.service_container
    command      = ["glimpse", "serve"]
    portMappings = [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]

    healthCheck = {
      command     = ["CMD", "python3", "-I", "-c", local.health_probe]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }

    environment = [for name in sort(keys(local.environment)) : { name = name, value = local.environment[name] }]
    secrets     = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]

    logConfiguration = {
      logDriver = "awslogs"
      options   = merge(local.log_options, { awslogs-stream-prefix = local.service_container })
    }
  })])
}
