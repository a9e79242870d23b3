provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_instance" "db" {
  ami               = "ami-0c9c942bd7bf113a2"
  instance_type     = "m6i.large"
  availability_zone = "ap-northeast-2a"
}

resource "aws_ebs_volume" "data" {
  availability_zone = "ap-northeast-2a"
  type              = "gp3"
  size              = 200
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.data.id
  instance_id = aws_instance.db.id
}

# A volume is made of it.
resource "aws_ebs_snapshot" "base" {
  volume_id = aws_ebs_volume.data.id
}

resource "aws_ebs_volume" "copy" {
  availability_zone = "ap-northeast-2c"
  type              = "gp3"
  snapshot_id       = aws_ebs_snapshot.base.id
}

resource "aws_ebs_snapshot" "before_upgrade" {
  volume_id = aws_ebs_volume.data.id
}
