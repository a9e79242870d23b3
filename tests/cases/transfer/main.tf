provider "aws" {
  region = "ap-northeast-2"
}

# A server and its database: what leaves for the internet, and what crosses between zones.
resource "aws_instance" "web" {
  instance_type               = "t4g.micro"
  associate_public_ip_address = false

  root_block_device {
    volume_size = 8
  }
}

resource "aws_db_instance" "main" {
  engine            = "postgres"
  engine_version    = "17"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
  storage_type      = "gp3"
}
