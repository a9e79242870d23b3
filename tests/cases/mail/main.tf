# Mail that goes out from a domain, mail that comes in, and an address of one's own. SES costs the same everywhere.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_sesv2_email_identity" "domain" {
  email_identity = "example.com"
}

resource "aws_sesv2_dedicated_ip_pool" "own" {
  pool_name = "own"
}

resource "aws_sesv2_dedicated_ip_assignment" "first" {
  ip                    = "192.0.2.1"
  destination_pool_name = aws_sesv2_dedicated_ip_pool.own.pool_name
}

resource "aws_ses_receipt_rule" "inbox" {
  name          = "inbox"
  rule_set_name = "all"
  enabled       = true
}

resource "aws_sesv2_account_vdm_attributes" "account" {
  vdm_enabled = "ENABLED"
}
