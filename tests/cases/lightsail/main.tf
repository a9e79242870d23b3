provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_lightsail_instance" "blog" {
  name              = "blog"
  availability_zone = "ap-northeast-2a"
  blueprint_id      = "wordpress"
  bundle_id         = "small_3_0"

  add_on {
    type          = "AutoSnapshot"
    snapshot_time = "06:00"
    status        = "Enabled"
  }
}

# Without a public IPv4, and with Windows.
resource "aws_lightsail_instance" "inner" {
  name              = "inner"
  availability_zone = "ap-northeast-2a"
  blueprint_id      = "amazon_linux_2023"
  bundle_id         = "micro_ipv6_3_0"
}

resource "aws_lightsail_instance" "office" {
  name              = "office"
  availability_zone = "ap-northeast-2a"
  blueprint_id      = "windows_server_2022"
  bundle_id         = "large_win_2_0"
}

resource "aws_lightsail_database" "blog" {
  relational_database_name = "blog"
  blueprint_id             = "postgres_16"
  bundle_id                = "small_ha_2_0"
  master_database_name     = "blog"
  master_username          = "blog"
  master_password          = "not a secret"
}

resource "aws_lightsail_disk" "blog" {
  name              = "blog"
  availability_zone = "ap-northeast-2a"
  size_in_gb        = 64
}

resource "aws_lightsail_container_service" "api" {
  name  = "api"
  power = "micro"
  scale = 2
}

resource "aws_lightsail_lb" "blog" {
  name          = "blog"
  instance_port = 80
}

# Free while it is attached; the prices of idle ones, buckets and distributions are not held.
resource "aws_lightsail_static_ip" "blog" {
  name = "blog"
}

resource "aws_lightsail_static_ip_attachment" "blog" {
  static_ip_name = aws_lightsail_static_ip.blog.name
  instance_name  = aws_lightsail_instance.blog.name
}

resource "aws_lightsail_static_ip" "idle" {
  name = "idle"
}

resource "aws_lightsail_bucket" "files" {
  name      = "files"
  bundle_id = "small_1_0"
}

resource "aws_lightsail_distribution" "blog" {
  name      = "blog"
  bundle_id = "small_1_0"

  origin {
    name        = aws_lightsail_instance.blog.name
    region_name = "ap-northeast-2"
  }

  default_cache_behavior {
    behavior = "cache"
  }
}
