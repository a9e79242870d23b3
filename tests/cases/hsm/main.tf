provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_cloudhsm_v2_cluster" "keys" {
  hsm_type   = "hsm2m.medium"
  subnet_ids = ["subnet-1", "subnet-2"]
}

resource "aws_cloudhsm_v2_hsm" "first" {
  cluster_id = aws_cloudhsm_v2_cluster.keys.cluster_id
  subnet_id  = "subnet-1"
}

resource "aws_cloudhsm_v2_hsm" "elsewhere" {
  cluster_id = "cluster-1"
  subnet_id  = "subnet-2"
}
