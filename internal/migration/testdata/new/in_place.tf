resource "savings_runner" "this" {
  name = "sample-ai-runner"
}

resource "savings_schedule" "this" {
  name             = "sample-ai-saving-lambda" # <prefix>-saving-lambda
  group_name       = "default"
  function_arn     = savings_runner.this.function_arn
  role_arn         = savings_runner.this.scheduler_role_arn
  runner_role_name = savings_runner.this.execution_role_name
  timezone         = "Asia/Tokyo"

  events = {
    rds_stop = {
      args      = ["rds", "stop-cluster", "sample-ai-aurora-cluster"]
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
    rds_start = {
      args      = ["rds", "start-cluster", "sample-ai-aurora-cluster"]
      cron_expr = "cron(0 8 ? * Mon-Fri *)"
    }
  }
}
