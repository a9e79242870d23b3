provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_prometheus_workspace" "main" {
  alias = "main"
}

resource "aws_prometheus_rule_group_namespace" "rules" {
  name         = "rules"
  workspace_id = aws_prometheus_workspace.main.id
  data         = "groups: []"
}

resource "aws_prometheus_scraper" "cluster" {
  scrape_configuration = "global: {}"

  destination {
    amp {
      workspace_arn = aws_prometheus_workspace.main.arn
    }
  }

  source {
    eks {
      cluster_arn = "arn:aws:eks:ap-northeast-2:123456789012:cluster/main"
      subnet_ids  = ["subnet-1", "subnet-2"]
    }
  }
}
