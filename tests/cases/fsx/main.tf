provider "aws" {
  region = "us-east-1"
}

resource "aws_fsx_windows_file_system" "office" {
  subnet_ids          = ["subnet-1", "subnet-2"]
  deployment_type     = "MULTI_AZ_1"
  storage_capacity    = 300
  throughput_capacity = 32

  disk_iops_configuration {
    mode = "USER_PROVISIONED"
    iops = 2000
  }
}

resource "aws_fsx_openzfs_file_system" "build" {
  subnet_ids          = ["subnet-1"]
  deployment_type     = "SINGLE_AZ_1"
  storage_capacity    = 300
  throughput_capacity = 64

  root_volume_configuration {
    data_compression_type = "ZSTD"
  }
}

resource "aws_fsx_lustre_file_system" "train" {
  subnet_ids                  = ["subnet-1"]
  deployment_type             = "PERSISTENT_2"
  storage_capacity            = 1200
  per_unit_storage_throughput = 125
}

resource "aws_fsx_ontap_file_system" "files" {
  subnet_ids                      = ["subnet-1"]
  preferred_subnet_id             = "subnet-1"
  deployment_type                 = "SINGLE_AZ_2"
  storage_capacity                = 2048
  ha_pairs                        = 2
  throughput_capacity_per_ha_pair = 1536
}

# From a backup: how large it is no file says.
resource "aws_fsx_windows_file_system" "restored" {
  subnet_ids          = ["subnet-1", "subnet-2"]
  deployment_type     = "MULTI_AZ_1"
  backup_id           = "backup-1"
  throughput_capacity = 32
}

resource "aws_fsx_backup" "office" {
  file_system_id = aws_fsx_windows_file_system.office.id
}
