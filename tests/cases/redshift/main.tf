provider "aws" {
  region = "us-east-1"
}

resource "aws_redshift_cluster" "reports" {
  cluster_identifier     = "reports"
  node_type              = "ra3.xlplus"
  cluster_type           = "multi-node"
  number_of_nodes        = 2
  multi_az               = true
  manage_master_password = true
}

resource "aws_redshift_cluster" "old" {
  cluster_identifier  = "old"
  node_type           = "dc2.large"
  number_of_nodes     = 4
  publicly_accessible = true
}

resource "aws_redshift_snapshot_copy" "elsewhere" {
  cluster_identifier = aws_redshift_cluster.old.id
  destination_region = "us-west-2"
}

resource "aws_redshiftserverless_namespace" "ad_hoc" {
  namespace_name = "ad-hoc"
}

resource "aws_redshiftserverless_workgroup" "ad_hoc" {
  namespace_name = aws_redshiftserverless_namespace.ad_hoc.namespace_name
  workgroup_name = "ad-hoc"
  base_capacity  = 8
}
