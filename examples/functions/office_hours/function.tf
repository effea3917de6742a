locals {
  office_hours = provider::savings::office_hours("Monday to Friday", 8, 21, {
    aurora = {
      start = ["rds", "start-cluster", "my-aurora"]
      stop  = ["rds", "stop-cluster", "my-aurora"]
    }
    web = {
      start = ["ecs", "start-services", "web/api/2"]
      stop  = ["ecs", "stop-services", "web/api"]
    }
  })
}

# Events aurora_start, aurora_stop, web_start and web_stop, with days off for all of them.
resource "savings_schedule" "this" {
  name         = "office-hours"
  function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role_arn     = "arn:aws:iam::123456789012:role/tools-scheduler"
  timezone     = "Asia/Tokyo"
  permissions  = "external"
  events = {
    for key, event in local.office_hours : key => merge(event, { except_dates = ["2026-12-29", "2026-12-30"] })
  }
}
