resource "aws_memorydb_cluster" "world" {
  node_type = "db.r7g.xlarge"
}
