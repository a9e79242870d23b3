output "high_availability" {
  value = false
}
