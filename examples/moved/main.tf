# The same block as a resource of its own: nothing of it is made again.
terraform {
  required_providers {
    savings = {
      source = "spin-dd/savings"
    }
  }
}

moved {
  from = module.saving.savings_schedule.this
  to   = savings_schedule.this
}

resource "savings_schedule" "this" {
  name         = "sample-ai-saving"
  function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:sample-ai-tools"
  role_arn     = "arn:aws:iam::123456789012:role/sample-ai-tools-scheduler"
  permissions  = "external"
  timezone     = "Asia/Tokyo"

  events = {
    rds_stop = {
      args      = ["rds", "stop-cluster", "sample-ai-aurora-cluster"]
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
  }
}

output "schedule_arns" {
  value = { for key, event in savings_schedule.this.events : key => event.schedule_arn }
}
