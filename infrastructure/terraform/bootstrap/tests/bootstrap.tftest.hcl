mock_provider "aws" {
  mock_resource "aws_acm_certificate" {
    defaults = {
      domain_validation_options = [{
        domain_name           = "chat.example.com"
        resource_record_name  = "_proof.chat.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_proof.acm-validations.aws"
      }]
    }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

run "an_environment_has_its_bucket_registry_and_zone" {
  assert {
    condition     = output.state_bucket == "glimpse-prod-terraform-123456789012"
    error_message = "deploy would look for the state elsewhere."
  }

  assert {
    condition     = length(output.certificate_arns) == 3 && output.deploy_role_arn == null && output.watch_role_arn == null
    error_message = "A certificate is missing, or a role that nobody asked for is there."
  }
}

run "a_second_environment_uses_the_accounts_provider" {
  variables {
    name                 = "glimpse-staging"
    github_repository    = "owner/chat"
    create_oidc_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "An account has one provider of GitHub."
  }

  assert {
    condition = jsondecode(aws_iam_role.deploy[0].assume_role_policy).Statement[0].Condition.StringEquals == {
      "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = "repo:owner/chat:environment:production"
    }
    error_message = "Another job could take the role."
  }

  assert {
    condition     = jsondecode(aws_iam_role.watch[0].assume_role_policy).Statement[0].Principal.Federated == "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    error_message = "The role trusts another provider."
  }

  assert {
    condition     = length(aws_iam_policy.deploy) == 3 && !anytrue([for each in aws_iam_policy.deploy : strcontains(each.policy, "glimpse-prod")])
    error_message = "The role may deploy another environment."
  }
}

run "refuses_names_that_aws_refuses_somewhere" {
  command = plan

  variables {
    name               = "glimpse--prod"
    region             = "Seoul"
    github_repository  = "owner/*"
    github_environment = "*"
  }

  expect_failures = [var.name, var.region, var.github_repository, var.github_environment]
}

run "refuses_a_name_that_aws_keeps_to_itself" {
  command = plan

  variables {
    name = "aws-chat"
  }

  expect_failures = [var.name]
}

# A balancer inside the VPC would be internal-int.
run "refuses_a_name_that_no_balancer_may_have" {
  command = plan

  variables {
    name = "internal"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_no_subnet_group_may_have" {
  command = plan

  variables {
    name = "default"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_is_too_long_for_a_balancer" {
  command = plan

  variables {
    name = "a-chat-of-21-letters1"
  }

  expect_failures = [var.name]
}
