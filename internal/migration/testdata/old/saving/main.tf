# A stand-in of the old module: one schedule for each event, in the group default.
variable "symbol" {
  type = object({ service = string, env = string, prefix = string })
}

variable "aurora_cluster" {
  type = object({ cluster_identifier = string })
}

variable "awstools" {
  type = object({ arn = string, role = string })
}

locals {
  events = {
    rds_stop = {
      params    = { args = ["rds", "stop-cluster", var.aurora_cluster.cluster_identifier] }
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
    rds_start = {
      params    = { args = ["rds", "start-cluster", var.aurora_cluster.cluster_identifier] }
      cron_expr = "cron(0 8 ? * Mon-Fri *)"
    }
  }
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.events

  name                         = "${var.symbol.prefix}-saving-lambda-${each.key}"
  schedule_expression          = each.value.cron_expr
  schedule_expression_timezone = "Asia/Tokyo"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.awstools.arn
    role_arn = var.awstools.role
    input    = jsonencode(each.value.params)
  }
}
