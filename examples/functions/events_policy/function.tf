# What the runner's role needs for these events, for a role that you keep yourself.
locals {
  events = {
    rds_stop  = { args = ["rds", "stop-cluster", "my-aurora"], cron_expr = "cron(0 21 ? * MON-FRI *)" }
    rds_start = { args = ["rds", "start-cluster", "my-aurora"], cron_expr = "cron(0 8 ? * MON-FRI *)" }
  }
}

output "policy" {
  value = provider::savings::events_policy(local.events, {
    region  = "ap-northeast-1"
    account = "123456789012"
    group   = "sample-ai-saving"
  })
}
