provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_config_configuration_recorder" "all" {
  role_arn = "arn:aws:iam::123456789012:role/config"
}

# Daily, but for two types.
resource "aws_config_configuration_recorder" "calm" {
  name     = "calm"
  role_arn = "arn:aws:iam::123456789012:role/config"

  recording_mode {
    recording_frequency = "DAILY"

    recording_mode_override {
      recording_frequency = "CONTINUOUS"
      resource_types      = ["AWS::IAM::Role", "AWS::IAM::User"]
    }
  }
}

resource "aws_config_config_rule" "encrypted" {
  name = "encrypted"

  source {
    owner             = "AWS"
    source_identifier = "ENCRYPTED_VOLUMES"
  }
}

resource "aws_config_conformance_pack" "base" {
  name = "base"
}
