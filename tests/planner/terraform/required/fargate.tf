resource "aws_ecs_task_definition" "api" {
  container_definitions = "[]"
}

resource "aws_ecs_task_definition" "worker" {
  container_definitions = "[]"
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
}

resource "aws_ecs_service" "worker" {
  network_configuration {
    subnets = ["subnet-1"]
  }
}
