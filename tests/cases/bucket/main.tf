provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_s3_bucket" "files" {}

resource "aws_s3_bucket_lifecycle_configuration" "files" {
  bucket = aws_s3_bucket.files.id

  rule {
    id     = "cool-down"
    status = "Enabled"

    filter {
      tag {
        key   = "kind"
        value = "export"
      }
    }

    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = 180
      storage_class = "GLACIER"
    }
  }

  # Switched off: no class of its own.
  rule {
    id     = "old"
    status = "Disabled"

    transition {
      storage_class = "DEEP_ARCHIVE"
    }
  }
}

resource "aws_s3_bucket" "exports" {}

resource "aws_s3_bucket_intelligent_tiering_configuration" "exports" {
  bucket = aws_s3_bucket.exports.id
  name   = "everything"

  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 125
  }
}

resource "aws_s3_bucket_inventory" "exports" {
  bucket                   = aws_s3_bucket.exports.id
  name                     = "weekly"
  included_object_versions = "All"

  schedule {
    frequency = "Weekly"
  }

  destination {
    bucket {
      format     = "CSV"
      bucket_arn = aws_s3_bucket.files.arn
    }
  }
}

resource "aws_s3_bucket_metric" "files" {
  bucket = aws_s3_bucket.files.id
  name   = "all"
}

resource "aws_s3_bucket_replication_configuration" "files" {
  bucket = aws_s3_bucket.files.id
  role   = "arn:aws:iam::123456789012:role/replication"

  rule {
    id     = "copies"
    status = "Enabled"

    destination {
      bucket        = aws_s3_bucket.exports.arn
      storage_class = "ONEZONE_IA"

      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }

      metrics {
        status = "Enabled"
      }
    }
  }
}

resource "aws_s3_directory_bucket" "fast" {
  bucket = "fast--apne2-az1--x-s3"

  location {
    name = "apne2-az1"
  }
}
