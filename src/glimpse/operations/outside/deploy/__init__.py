"""What `glimpse deploy` works with: Terraform, image builders and AWS, and fakes of them."""
