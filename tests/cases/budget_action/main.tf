provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_budgets_budget" "all" {
  name         = "all"
  budget_type  = "COST"
  limit_amount = "1000"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
}

# Two actions, one budget that acts.
resource "aws_budgets_budget_action" "deny" {
  count              = 2
  budget_name        = aws_budgets_budget.all.name
  action_type        = "APPLY_IAM_POLICY"
  approval_model     = "AUTOMATIC"
  notification_type  = "ACTUAL"
  execution_role_arn = "arn:aws:iam::123456789012:role/budgets"

  action_threshold {
    action_threshold_type  = "PERCENTAGE"
    action_threshold_value = 80 + 20 * count.index
  }
}
