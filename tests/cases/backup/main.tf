provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_backup_vault" "main" {
  name = "main"
}

# What goes into it nobody said.
resource "aws_backup_vault" "other" {
  name = "other"
}

resource "aws_backup_plan" "daily" {
  name = "daily"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 ? * * *)"

    lifecycle {
      delete_after = 35
    }
  }
}

resource "aws_backup_framework" "audit" {
  name = "audit"

  control {
    name = "BACKUP_RECOVERY_POINT_ENCRYPTED"
  }
}
