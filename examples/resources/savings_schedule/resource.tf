resource "savings_schedule" "nightly" {
  name             = "sample-ai-saving"
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"

  events = {
    rds_stop = {
      args      = ["rds", "stop-cluster", "sample-ai-aurora-cluster"]
      cron_expr = "cron(0 21 ? * MON-SUN *)"
    }
    rds_start = {
      args      = ["rds", "start-cluster", "sample-ai-aurora-cluster"]
      cron_expr = "cron(0 8 ? * MON-FRI *)"
    }
  }
}
