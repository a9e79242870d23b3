provider "aws" {
  region = "ap-northeast-2"
}

# With DNS, by which it is a zone of Route 53, and by calls alone.
resource "aws_service_discovery_private_dns_namespace" "inside" {
  name = "inside.example"
  vpc  = "vpc-1"
}

resource "aws_service_discovery_http_namespace" "calls" {
  name = "calls"
}

resource "aws_service_discovery_service" "api" {
  name         = "api"
  namespace_id = aws_service_discovery_http_namespace.calls.id
}

resource "aws_service_discovery_instance" "api" {
  instance_id = "api-1"
  service_id  = aws_service_discovery_service.api.id
  attributes  = { AWS_INSTANCE_IPV4 = "10.0.0.9" }
}
