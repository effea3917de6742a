locals {
  function_arn     = var.function_arn != null ? var.function_arn : try(var.awstools.arn, null)
  role_arn         = var.role_arn != null ? var.role_arn : try(var.awstools.role, null)
  runner_role_name = var.runner_role_name != null ? var.runner_role_name : try(var.awstools.execution_role_name, null)

  # One shape for every event: null where it says nothing, so that the provider's defaults hold.
  events = {
    for key, event in var.events : key => {
      args         = try(event.args, event.params.args, null)
      steps        = try(event.steps, event.params.steps, null)
      cron_expr    = try(event.cron_expr, null)
      timezone     = try(event.timezone, null)
      enabled      = try(event.enabled, null)
      description  = try(event.description, null)
      start_date   = try(event.start_date, null)
      end_date     = try(event.end_date, null)
      except_dates = try(event.except_dates, null)
    }
  }
}

resource "savings_schedule" "this" {
  name             = var.name
  function_arn     = local.function_arn
  role_arn         = local.role_arn
  runner_role_name = local.runner_role_name
  permissions      = var.permissions
  group_name       = var.group_name
  timezone         = var.timezone
  events           = local.events
  retry            = var.retry
  dead_letter_arn  = var.dead_letter_arn
  tags             = var.tags
  timeouts         = var.timeouts

  lifecycle {
    precondition {
      condition     = (var.awstools == null) == (var.function_arn != null && var.role_arn != null)
      error_message = "Write awstools = module.tools.lambda, or function_arn and role_arn: one of the two."
    }
  }
}
