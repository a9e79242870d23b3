mock_provider "aws" {}

variables {
  image_digest       = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  alarm_email        = "on-call@example.com"
  keep_alive_seconds = 65
  database_pool      = 1
}

run "people_sign_up_at_a_new_deployment_and_are_counted_by_what_the_balancer_saw" {
  command = plan

  assert {
    condition     = local.identity_environment == { GLIMPSE_SIGNUP = "on", GLIMPSE_TRUSTED_PROXIES = "1" }
    error_message = "A deployment without an issuer of its own lets people sign up, behind one proxy."
  }

  assert {
    condition     = [for secret in output.secrets : secret.store] == ["secrets_manager", "parameter_store"]
    error_message = "The service has no secret to sign with, or no password for the database."
  }
}

run "behind_cloudfront_people_are_counted_by_what_cloudfront_saw" {
  command = plan

  variables {
    ingress = "cloudfront"
  }

  assert {
    condition     = local.identity_environment.GLIMPSE_TRUSTED_PROXIES == "2"
    error_message = "All clients behind CloudFront would share one limit."
  }
}

run "an_issuer_of_ones_own_takes_the_place_of_the_shared_secret" {
  command = plan

  variables {
    signup        = false
    shared_secret = false
    jwks_url      = "https://cognito-idp.ap-northeast-2.amazonaws.com/ap-northeast-2_example/.well-known/jwks.json"
    jwt_issuer    = "https://cognito-idp.ap-northeast-2.amazonaws.com/ap-northeast-2_example"
    jwt_audience  = "client"
  }

  assert {
    condition = local.identity_environment == {
      GLIMPSE_SIGNUP          = "off"
      GLIMPSE_TRUSTED_PROXIES = "1"
      GLIMPSE_JWKS_URL        = var.jwks_url
      GLIMPSE_JWT_ISSUER      = var.jwt_issuer
      GLIMPSE_JWT_AUDIENCE    = "client"
    }
    error_message = "The service is not told about the issuer."
  }

  assert {
    condition     = [for secret in output.secrets : secret.name] == ["/glimpse-prod/database-password"] && module.secrets.jwt_arn == null
    error_message = "A secret is paid for, and has to be filled, although nothing is signed with it."
  }
}

run "tasks_without_ipv4_get_the_keys_themselves" {
  command = plan

  variables {
    egress     = "ipv6_only"
    signup     = false
    jwks       = "{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\"}]}"
    jwt_issuer = "https://example.supabase.co/auth/v1"
  }

  assert {
    condition     = local.identity_environment.GLIMPSE_JWKS == var.jwks && length(output.secrets) == 2
    error_message = "The service is not given the keys, or not the shared secret beside them."
  }
}

run "warns_of_an_issuer_that_tasks_without_ipv4_may_not_reach" {
  command = plan

  variables {
    egress     = "ipv6_only"
    signup     = false
    jwks_url   = "https://issuer.example.com/.well-known/jwks.json"
    jwt_issuer = "https://issuer.example.com/"
  }

  expect_failures = [check.tasks_reach_the_issuer]
}

run "refuses_two_issuers_with_signup_and_keys_without_the_name_of_their_issuer" {
  command = plan

  variables {
    jwks_url = "https://issuer.example.com/.well-known/jwks.json"
  }

  expect_failures = [var.signup, var.jwt_issuer]
}

run "refuses_a_service_for_which_nobody_has_a_valid_token" {
  command = plan

  variables {
    shared_secret = false
  }

  expect_failures = [var.shared_secret]
}

run "refuses_signup_without_a_secret_to_sign_with" {
  command = plan

  variables {
    shared_secret = false
    jwks_url      = "https://issuer.example.com/keys"
    jwt_issuer    = "issuer"
  }

  expect_failures = [var.signup]
}

run "refuses_keys_given_twice" {
  command = plan

  variables {
    signup     = false
    jwks_url   = "https://issuer.example.com/keys"
    jwks       = "{\"keys\": []}"
    jwt_issuer = "issuer"
  }

  expect_failures = [var.jwks]
}

run "refuses_keys_of_everybody_without_an_audience" {
  command = plan

  variables {
    signup     = false
    jwks_url   = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
    jwt_issuer = "https://securetoken.google.com/example"
  }

  expect_failures = [var.jwt_audience]
}

run "refuses_a_url_that_tasks_do_not_reach" {
  command = plan

  variables {
    signup     = false
    jwks_url   = "https://issuer.example.com:8080/keys"
    jwt_issuer = "issuer"
  }

  expect_failures = [var.jwks_url]
}

run "refuses_keys_that_are_no_jwks_document" {
  command = plan

  variables {
    signup     = false
    jwks       = "-----BEGIN PUBLIC KEY-----"
    jwt_issuer = "issuer"
  }

  expect_failures = [var.jwks]
}
