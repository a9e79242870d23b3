provider "aws" {
  region = "us-east-1"
}

# SFTP alone, by default.
resource "aws_transfer_server" "partners" {}

resource "aws_transfer_server" "old" {
  protocols = ["SFTP", "FTPS"]
}

resource "aws_transfer_web_app" "files" {}

resource "aws_transfer_connector" "partner" {
  url         = "sftp://partner.example"
  access_role = "arn:aws:iam::123456789012:role/transfer"

  sftp_config {
    user_secret_id = "partner"
  }
}
