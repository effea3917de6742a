resource "savings_runner" "this" {
  name               = "${var.symbol.prefix}-tool"
  architecture       = var.architecture
  memory_size        = var.memory_size
  timeout            = var.timeout
  log_retention_days = var.log_retention_days
  tags               = var.tags
}
