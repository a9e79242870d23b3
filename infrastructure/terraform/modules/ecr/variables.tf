variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "kept_images" {
  description = "Images kept. The running one must be among them, or no new task can start."
  type        = number
  default     = 50

  validation {
    condition     = var.kept_images >= 2
    error_message = "Keep at least two images: the running one and the one to return to."
  }
}
