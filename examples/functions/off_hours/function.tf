locals {
  events = {
    rds_stop  = { args = ["rds", "stop-cluster", "my-aurora"], cron_expr = "cron(0 21 ? * MON-FRI *)" }
    rds_start = { args = ["rds", "start-cluster", "my-aurora"], cron_expr = "cron(0 8 ? * MON-FRI *)" }
  }
}

# { "rds/cluster/my-aurora" = 103 }
output "hours_a_week" {
  value = provider::savings::off_hours(local.events, "Asia/Tokyo")
}

check "enough" {
  assert {
    condition     = provider::savings::off_hours(local.events, "Asia/Tokyo")["rds/cluster/my-aurora"] >= 60
    error_message = "my-aurora must be off for 60 hours a week."
  }
}
