provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_kms_key" "own" {}

resource "aws_kms_key" "rotated" {
  enable_key_rotation = true
}

# Requests of key pairs cost more than those of symmetric keys, but for RSA 2048.
resource "aws_kms_key" "signing" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "rsa" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "ENCRYPT_DECRYPT"
}

resource "aws_kms_external_key" "brought" {}
