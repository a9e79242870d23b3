resource "aws_budgets_budget_action" "deny" {
  definition {
    iam_action_definition {
      policy_arn = "arn:aws:iam::aws:policy/AWSDenyAll"
      roles      = ["builders"]
    }
  }

  subscriber {
    address           = "money@example.com"
    subscription_type = "EMAIL"
  }
}
