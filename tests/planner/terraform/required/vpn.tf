resource "aws_ec2_client_vpn_endpoint" "staff" {
  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/2"
  }

  connection_log_options {
    enabled = false
  }
}
