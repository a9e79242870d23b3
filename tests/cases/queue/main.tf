# A standard queue whose messages are charged as two requests each, a FIFO queue, and one that nobody counted.
provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_sqs_queue" "payments" {
  name       = "payments.fifo"
  fifo_queue = true
}

resource "aws_sqs_queue" "mails" {
  name = "mails"
}
