# What one account has in one region: a runner, and the events of its clusters.
terraform {
  required_providers {
    savings = {
      source = "spin-dd/savings"
    }
  }
}

variable "name" {
  description = "Name of the schedule group; the runner is called <name>-runner."
  type        = string
}

variable "clusters" {
  description = "Identifiers of the Aurora clusters that sleep at night."
  type        = list(string)
}

variable "timezone" {
  description = "IANA time zone of the events."
  type        = string
}

resource "savings_runner" "this" {
  name = "${var.name}-runner"
}

resource "savings_schedule" "this" {
  name             = var.name
  function_arn     = savings_runner.this.function_arn
  role_arn         = savings_runner.this.scheduler_role_arn
  runner_role_name = savings_runner.this.execution_role_name
  timezone         = var.timezone

  events = {
    stop  = { args = concat(["rds", "stop-cluster"], var.clusters), cron_expr = "cron(0 21 * * ? *)" }
    start = { args = concat(["rds", "start-cluster"], var.clusters), cron_expr = "cron(0 8 ? * MON-FRI *)" }
  }
}

output "function_arn" {
  description = "ARN of the runner's function, which names account and region."
  value       = savings_runner.this.function_arn
}
