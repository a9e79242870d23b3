provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_ecr_repository" "api" {
  name = "api"
}

resource "aws_ecrpublic_repository" "samples" {
  repository_name = "samples"
}
