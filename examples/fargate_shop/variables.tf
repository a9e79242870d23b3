variable "region" {
  type    = string
  default = "ap-northeast-2"
}

variable "zones" {
  type    = list(string)
  default = ["ap-northeast-2a", "ap-northeast-2c"]
}

variable "release" {
  type    = string
  default = "2026.11.2"
}

variable "certificate_arn" {
  type    = string
  default = "arn:aws:acm:ap-northeast-2:123456789012:certificate/33333333-3333-3333-3333-333333333333"
}
