variable "production" {
  type = bool
}

variable "size" {
  type = number
}

resource "aws_ebs_volume" "data" {
  availability_zone = "ap-northeast-2a"
  type              = var.production ? "io2" : "gp3"
  size              = var.size
  iops              = var.production ? 10000 : null
}

resource "aws_ssm_parameter" "settings" {
  name  = "settings"
  type  = "String"
  value = "x"
  tier  = var.production ? "Advanced" : "Standard"
}
