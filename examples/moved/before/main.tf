# The block in a module call, as it was.
terraform {
  required_providers {
    savings = {
      source = "spin-dd/savings"
    }
  }
}

module "saving" {
  source = "../../modules/saving"

  name         = "sample-ai-saving"
  function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:sample-ai-tools"
  role_arn     = "arn:aws:iam::123456789012:role/sample-ai-tools-scheduler"
  permissions  = "external"
  timezone     = "Asia/Tokyo"

  events = {
    rds_stop = {
      params    = { args = ["rds", "stop-cluster", "sample-ai-aurora-cluster"] }
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
  }
}

output "schedule_arns" {
  value = module.saving.schedule_arns
}
