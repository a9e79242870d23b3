provider "aws" {
  region = "us-east-1"
}

# The classes are named by the usage alone (glimpse.toml).
resource "aws_s3_bucket" "archive" {
  bucket = "archive"
}

# Before provider 4 the rules stood in the bucket.
resource "aws_s3_bucket" "inline" {
  bucket = "inline"

  lifecycle_rule {
    enabled = true

    transition {
      days          = 30
      storage_class = "GLACIER_IR"
    }
  }
}

# Usage that is given for the rules is charged there.
resource "aws_s3_bucket_lifecycle_configuration" "archive" {
  bucket = aws_s3_bucket.archive.id

  rule {
    id     = "abort"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}
