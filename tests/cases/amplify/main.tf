# An app whose pages are rendered on the server. No price of Amplify is held.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_amplify_app" "page" {
  name     = "page"
  platform = "WEB_COMPUTE"
}
