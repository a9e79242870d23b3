provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  size              = 100
}

# At most as large as its volume; read by a backup tool, and restored fast in one zone.
resource "aws_ebs_snapshot" "data" {
  volume_id = aws_ebs_volume.data.id
}

resource "aws_ebs_fast_snapshot_restore" "data" {
  availability_zone = "us-east-1a"
  snapshot_id       = aws_ebs_snapshot.data.id
}

# A copy in the archive, of which the whole is kept.
resource "aws_ebs_snapshot_copy" "kept" {
  source_snapshot_id = aws_ebs_snapshot.data.id
  source_region      = "us-east-1"
  storage_tier       = "archive"
}

# How large it is, nobody said: its use.
resource "aws_ebs_snapshot" "other" {
  volume_id = "vol-0123456789abcdef0"
}

# An image has its own snapshots where it is copied.
resource "aws_instance" "web" {
  instance_type               = "t3.micro"
  associate_public_ip_address = false

  root_block_device {
    volume_size = 30
  }
}

resource "aws_ami_from_instance" "web" {
  name               = "web"
  source_instance_id = aws_instance.web.id
}

resource "aws_ami_copy" "base" {
  name              = "base"
  source_ami_id     = "ami-0123456789abcdef0"
  source_ami_region = "us-east-1"
}

resource "aws_ami" "registered" {
  name             = "registered"
  root_device_name = "/dev/xvda"

  ebs_block_device {
    device_name = "/dev/xvda"
    snapshot_id = aws_ebs_snapshot.data.id
  }
}
