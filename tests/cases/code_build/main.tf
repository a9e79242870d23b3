# Builds on Linux, Windows and ARM, a fleet of one's own, pipelines of both kinds, and what keeps code.
provider "aws" {
  region = "us-east-1"
}

resource "aws_codebuild_project" "linux" {
  name         = "linux"
  service_role = "arn:aws:iam::123456789012:role/build"

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }

  source {
    type = "NO_SOURCE"
  }
}

resource "aws_codebuild_project" "windows" {
  name         = "windows"
  service_role = "arn:aws:iam::123456789012:role/build"

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type = "BUILD_GENERAL1_LARGE"
    image        = "aws/codebuild/windows-base:2022"
    type         = "WINDOWS_SERVER_2022_CONTAINER"
  }

  source {
    type = "NO_SOURCE"
  }
}

# The price of Linux on x86 is not that of ARM.
resource "aws_codebuild_project" "arm" {
  name         = "arm"
  service_role = "arn:aws:iam::123456789012:role/build"

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
    type         = "ARM_CONTAINER"
  }

  source {
    type = "NO_SOURCE"
  }
}

resource "aws_codebuild_fleet" "own" {
  name             = "own"
  base_capacity    = 2
  compute_type     = "BUILD_GENERAL1_MEDIUM"
  environment_type = "LINUX_CONTAINER"
}

resource "aws_codepipeline" "old" {
  name     = "old"
  role_arn = "arn:aws:iam::123456789012:role/pipeline"

  artifact_store {
    location = "artifacts"
    type     = "S3"
  }

  stage {
    name = "Source"

    action {
      name             = "source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      output_artifacts = ["source"]
    }
  }

  stage {
    name = "Build"

    action {
      name            = "build"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
    }
  }
}

resource "aws_codepipeline" "new" {
  name          = "new"
  role_arn      = "arn:aws:iam::123456789012:role/pipeline"
  pipeline_type = "V2"

  artifact_store {
    location = "artifacts"
    type     = "S3"
  }

  stage {
    name = "Source"

    action {
      name             = "source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      output_artifacts = ["source"]
    }
  }

  stage {
    name = "Build"

    action {
      name            = "build"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
    }
  }
}

resource "aws_codeartifact_repository" "packages" {
  domain     = "example"
  repository = "packages"
}

resource "aws_codecommit_repository" "source" {
  repository_name = "source"
}
