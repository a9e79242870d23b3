variable "class" {
  type    = string
  default = "db.t4g.micro"
}

resource "aws_db_instance" "this" {
  engine              = "postgres"
  engine_version      = "17"
  instance_class      = var.class
  storage_type        = "gp3"
  allocated_storage   = 50
  username            = "app"
  password            = "change-me"
  skip_final_snapshot = true
}
