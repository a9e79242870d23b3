# A GraphQL API with a cache, and an event API.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_appsync_graphql_api" "api" {
  name                = "api"
  authentication_type = "API_KEY"
  xray_enabled        = true
}

resource "aws_appsync_api_cache" "api" {
  api_id               = aws_appsync_graphql_api.api.id
  api_caching_behavior = "FULL_REQUEST_CACHING"
  type                 = "SMALL"
  ttl                  = 60
}

resource "aws_appsync_api" "events" {
  name = "events"

  event_config {
    auth_provider {
      auth_type = "API_KEY"
    }

    connection_auth_mode {
      auth_type = "API_KEY"
    }

    default_publish_auth_mode {
      auth_type = "API_KEY"
    }

    default_subscribe_auth_mode {
      auth_type = "API_KEY"
    }
  }
}
