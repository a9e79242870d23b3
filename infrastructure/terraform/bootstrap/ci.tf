# GitHub signs a token for each job, which says whose job it is; AWS lends the role for it. So no key of AWS is kept at
# GitHub. The policies are those that `glimpse deploy` and `glimpse watch` were measured to need.
locals {
  github   = "token.actions.githubusercontent.com"
  provider = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.github}"
  policies = "${path.module}/../../../src/glimpse/operations/outside/aws"
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_repository != "" && var.create_oidc_provider ? 1 : 0

  url            = "https://${local.github}"
  client_id_list = ["sts.amazonaws.com"]
}

# A job that GitHub lets into the environment, after its reviewers agreed.
resource "aws_iam_role" "deploy" {
  count = var.github_repository != "" ? 1 : 0

  name                 = "${var.name}-deploy"
  max_session_duration = 7200

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.provider }
      Condition = {
        StringEquals = {
          "${local.github}:aud" = "sts.amazonaws.com"
          "${local.github}:sub" = "repo:${var.github_repository}:environment:${var.github_environment}"
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

# IAM takes 6,144 characters in one policy, and 10,240 in all that stand in a role itself: too few for these rights.
resource "aws_iam_policy" "deploy" {
  for_each = toset(var.github_repository != "" ? ["deploy", "deploy-network", "deploy-data"] : [])

  name   = "${var.name}-${each.key}"
  policy = replace(file("${local.policies}/${each.key}-policy.json"), "glimpse-prod", var.name)
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = toset(var.github_repository != "" ? ["deploy", "deploy-network", "deploy-data"] : [])

  role       = aws_iam_role.deploy[0].name
  policy_arn = aws_iam_policy.deploy[each.key].arn
}

# The scheduled report, which runs on the main branch. It only reads.
resource "aws_iam_role" "watch" {
  count = var.github_repository != "" ? 1 : 0

  name = "${var.name}-watch"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.provider }
      Condition = {
        StringEquals = {
          "${local.github}:aud" = "sts.amazonaws.com"
          "${local.github}:sub" = "repo:${var.github_repository}:ref:refs/heads/main"
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "watch" {
  count = var.github_repository != "" ? 1 : 0

  name   = "watch"
  role   = aws_iam_role.watch[0].id
  policy = replace(file("${local.policies}/watch-policy.json"), "glimpse-prod", var.name)
}
