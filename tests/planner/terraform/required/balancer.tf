resource "aws_subnet" "public" {
  vpc_id = "vpc-1"
}

resource "aws_lb_listener" "https" {
  default_action {
    type = "fixed-response"
  }
}

resource "aws_lb_listener_rule" "path" {
  condition {
    path_pattern {
      values = ["/*"]
    }
  }

  action {
    type = "fixed-response"
  }
}

resource "aws_lb_listener" "mail" {
  default_action {
    type = "fixed-response"
  }
}

resource "aws_elb" "old" {
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}
