provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "orders" {
  engine            = "postgres"
  engine_version    = "17"
  instance_class    = "db.m6g.large"
  allocated_storage = 50
}

resource "aws_db_snapshot" "orders" {
  db_instance_identifier = aws_db_instance.orders.identifier
  db_snapshot_identifier = "before-migration"
}

resource "aws_db_snapshot_copy" "elsewhere" {
  source_db_snapshot_identifier = aws_db_snapshot.orders.db_snapshot_arn
  target_db_snapshot_identifier = "before-migration-copy"
  destination_region            = "us-west-2"
}

resource "aws_db_cluster_snapshot" "shop" {
  db_cluster_identifier          = "shop"
  db_cluster_snapshot_identifier = "shop-2026"
}

resource "aws_docdb_cluster_snapshot" "documents" {
  db_cluster_identifier          = "documents"
  db_cluster_snapshot_identifier = "documents-2026"
}

resource "aws_rds_export_task" "shop" {
  export_task_identifier = "shop"
  source_arn             = aws_db_cluster_snapshot.shop.db_cluster_snapshot_arn
  s3_bucket_name         = "exports"
  iam_role_arn           = "arn:aws:iam::123456789012:role/export"
  kms_key_id             = "arn:aws:kms:us-east-1:123456789012:key/1"
}
