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
    morning = {
      steps = [
        ["rds", "start-cluster", "sample-ai-aurora-cluster", "--wait"],
        ["ecs", "start-services", "sample-ai/web", "sample-ai/api"],
      ]
      cron_expr    = "cron(0 8 ? * MON-FRI *)"
      except_dates = ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01"]
    }
  }
}
