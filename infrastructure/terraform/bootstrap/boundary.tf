# The most that the roles of the environment may do: a task may do what both this and its role's policy allow. Whoever
# deploys writes those roles' policies, and could give a task every right of the account without it. Only whoever applies
# this root may change it.
resource "aws_iam_policy" "boundary" {
  name   = "${var.name}-boundary"
  policy = replace(file("${local.policies}/boundary-policy.json"), "glimpse-prod", var.name)
}
