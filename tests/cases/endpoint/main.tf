provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_subnet" "private" {
  count = 2
}

resource "aws_vpc_endpoint" "registry" {
  service_name      = "com.amazonaws.ap-northeast-2.ecr.dkr"
  vpc_endpoint_type = "Interface"
  subnet_ids        = aws_subnet.private[*].id
}

resource "aws_vpc_endpoint" "files" {
  service_name = "com.amazonaws.ap-northeast-2.s3"
}

# No subnet is named here, but one is added beside it; and here none at all.
resource "aws_vpc_endpoint" "logs" {
  service_name      = "com.amazonaws.ap-northeast-2.logs"
  vpc_endpoint_type = "Interface"
}

resource "aws_vpc_endpoint_subnet_association" "logs" {
  count           = 2
  vpc_endpoint_id = aws_vpc_endpoint.logs.id
  subnet_id       = aws_subnet.private[count.index].id
}

resource "aws_vpc_endpoint" "queue" {
  service_name      = "com.amazonaws.us-east-1.sqs"
  service_region    = "us-east-1"
  vpc_endpoint_type = "Interface"
}

resource "aws_vpc_endpoint" "firewall" {
  service_name      = "com.amazonaws.vpce.ap-northeast-2.vpce-svc-1"
  vpc_endpoint_type = "GatewayLoadBalancer"
  subnet_ids        = [aws_subnet.private[0].id]
}

resource "aws_vpc_endpoint" "database" {
  resource_configuration_arn = "arn:aws:vpc-lattice:ap-northeast-2:123456789012:resourceconfiguration/rcfg-1"
  vpc_endpoint_type          = "Resource"
  subnet_ids                 = aws_subnet.private[*].id
}
