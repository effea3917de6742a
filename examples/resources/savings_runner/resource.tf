resource "savings_runner" "tools" {
  name               = "sample-ai-tools"
  architecture       = "arm64"
  memory_size        = 128
  timeout            = 900
  log_retention_days = 7
}
