resource "savings_runner" "this" {
  name               = coalesce(var.name, "${var.symbol.prefix}-tool")
  repository_url     = try(var.ecr.repository_url, null)
  architecture       = var.architecture
  memory_size        = var.memory_size
  timeout            = var.timeout
  log_retention_days = var.log_retention_days
  tags               = var.tags
}
