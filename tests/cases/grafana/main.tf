provider "aws" {
  region = "us-east-1"
}

resource "aws_grafana_workspace" "team" {
  account_access_type      = "CURRENT_ACCOUNT"
  authentication_providers = ["AWS_SSO"]
  permission_type          = "SERVICE_MANAGED"
  data_sources             = ["CLOUDWATCH"]
}

# Nobody said who signs in.
resource "aws_grafana_workspace" "small" {
  account_access_type      = "CURRENT_ACCOUNT"
  authentication_providers = ["SAML"]
  permission_type          = "SERVICE_MANAGED"
}

resource "aws_grafana_license_association" "small" {
  license_type = "ENTERPRISE"
  workspace_id = aws_grafana_workspace.small.id
}
