# What people cause is shared here among resources that charge differently for it: any of them may be the one hidden.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_ecs_task_definition" "main" {
  family                   = "main"
  cpu                      = "1024"
  memory                   = "2048"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  container_definitions    = "[]"
}

resource "aws_ecs_service" "main" {
  for_each        = { steady = "FARGATE", cheap = "FARGATE_SPOT" }
  name            = each.key
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.main.arn
  desired_count   = 1

  capacity_provider_strategy {
    capacity_provider = each.value
    weight            = 1
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.main[each.key].arn
    container_name   = "main"
    container_port   = 80
  }
}

resource "aws_appautoscaling_target" "main" {
  for_each           = aws_ecs_service.main
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/main/${each.value.name}"
  min_capacity       = 1
  max_capacity       = 50
}

resource "aws_appautoscaling_policy" "main" {
  for_each           = aws_appautoscaling_target.main
  name               = each.key
  policy_type        = "TargetTrackingScaling"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = each.value.resource_id

  target_tracking_scaling_policy_configuration {
    target_value = 50

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_lb_target_group" "main" {
  for_each = toset(["steady", "cheap"])
  name     = each.value
}

resource "aws_lb" "plain" {
  name               = "plain"
  load_balancer_type = "application"
  internal           = false
  subnets            = ["subnet-1", "subnet-2"]
}

resource "aws_lb" "ruled" {
  name    = "ruled"
  subnets = ["subnet-1", "subnet-2", "subnet-3"]
}

resource "aws_lb_listener" "ruled" {
  load_balancer_arn = aws_lb.ruled.arn
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main["steady"].arn
  }
}

resource "aws_lb_listener_rule" "ruled" {
  count        = 90
  listener_arn = aws_lb_listener.ruled.arn

  condition {
    path_pattern {
      values = ["/${count.index}"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main["cheap"].arn
  }
}

resource "aws_cloudwatch_log_group" "main" {
  for_each          = { usual = "STANDARD", rare = "INFREQUENT_ACCESS" }
  name              = each.key
  log_group_class   = each.value
  retention_in_days = each.key == "rare" ? 3 : 400
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_cloudfront_distribution" "files" {
  enabled = true

  origin {
    origin_id   = "files"
    domain_name = aws_s3_bucket.files.bucket_regional_domain_name
  }

  default_cache_behavior {
    target_origin_id       = "files"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "redirect-to-https"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}

resource "aws_lambda_function" "all" {
  for_each      = { small = { memory = 128, arch = "arm64" }, large = { memory = 3008, arch = "x86_64" } }
  function_name = each.key
  role          = "arn:aws:iam::123456789012:role/${each.key}"
  memory_size   = each.value.memory
  architectures = [each.value.arch]
}

resource "aws_apigatewayv2_integration" "all" {
  for_each         = aws_lambda_function.all
  api_id           = aws_apigatewayv2_api.http.id
  integration_type = "AWS_PROXY"
  integration_uri  = each.value.invoke_arn
}

resource "aws_nat_gateway" "main" {
  subnet_id = "subnet-1"
}

resource "aws_db_instance" "main" {
  engine              = "postgres"
  engine_version      = "17"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  username            = "app"
  password            = "change-me"
  skip_final_snapshot = true
}
