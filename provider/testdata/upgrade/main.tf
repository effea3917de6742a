terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}

resource "savings_runner" "tools" {
  name = "upgrade"
  tags = { team = "web" }
}

resource "savings_schedule" "own" {
  name             = "upgrade"
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"
  tags             = { team = "web" }
  events = {
    stop = {
      args         = ["rds", "stop-cluster", "db"]
      cron_expr    = "cron(0 21 ? * Mon-Sun *)"
      except_dates = ["2096-12-30", "2096-12-29"]
    }
    start = {
      steps     = [["rds", "start-cluster", "db", "--wait"], ["ecs", "start-services", "web/api"]]
      cron_expr = "cron(0 8 ? * MON-FRI *)"
      enabled   = false
    }
    fleet = {
      args       = ["ec2", "stop-instances", "deploy=devel"]
      cron_expr  = "rate(12 hours)"
      start_date = "2096-04-01T00:00:00+09:00"
      timezone   = "UTC"
    }
  }
}

resource "savings_schedule" "shared" {
  name         = "upgrade"
  group_name   = "shared"
  function_arn = savings_runner.tools.function_arn
  role_arn     = savings_runner.tools.scheduler_role_arn
  permissions  = "external"
  timezone     = "Asia/Tokyo"
  retry        = { maximum_attempts = 0 }
  events = {
    stop = { args = ["rds", "stop-instance", "team=web"], cron_expr = "at(2096-12-29T21:00:00)" }
  }
}
