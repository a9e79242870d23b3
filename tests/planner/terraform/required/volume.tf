resource "aws_ebs_volume" "fast" {
  availability_zone = "ap-northeast-2a"
}

resource "aws_ebs_volume" "archive" {
  availability_zone = "ap-northeast-2c"
}

resource "aws_ebs_volume" "ledger" {
  availability_zone = "ap-northeast-2a"
}

resource "aws_ebs_volume" "old" {
  availability_zone = "ap-northeast-2a"
}

resource "aws_ebs_volume" "restored" {
  availability_zone = "ap-northeast-2a"
}
