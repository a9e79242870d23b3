# A pool of the default plan, and a Lite one that pays for advanced security and sends text messages.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_cognito_user_pool" "people" {
  name = "people"
}

resource "aws_cognito_user_pool" "shops" {
  name           = "shops"
  user_pool_tier = "LITE"

  user_pool_add_ons {
    advanced_security_mode = "ENFORCED"
  }

  sms_configuration {
    external_id    = "shops"
    sns_caller_arn = "arn:aws:iam::123456789012:role/sms"
  }
}
