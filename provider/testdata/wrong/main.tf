# Each resource is wrong in one way; messages.golden has what its user reads. The locals
# are right.

terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}

locals {
  function = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role     = "arn:aws:iam::123456789012:role/tools-scheduler"
  stop     = ["rds", "stop-cluster", "db"]
  nightly  = "cron(0 21 ? * MON-SUN *)"
}

resource "terraform_data" "later" {}

resource "savings_schedule" "args_missing" {
  name         = "args-missing"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { cron_expr = local.nightly } }
}

resource "savings_schedule" "args_null" {
  name         = "args-null"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = null, cron_expr = local.nightly } }
}

resource "savings_schedule" "args_empty" {
  name         = "args-empty"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = [], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_null_word" {
  name         = "args-null-word"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", null, "db"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_empty_word" {
  name         = "args-empty-word"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", ""], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_blank_in_word" {
  name         = "args-blank-in-word"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", " db"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_service_only" {
  name         = "args-service-only"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_unknown_service" {
  name         = "args-unknown-service"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rdss", "stop-cluster", "db"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_typo" {
  name         = "args-typo"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stoo-cluster", "db"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_no_items" {
  name         = "args-no-items"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_one_string" {
  name         = "args-one-string"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds stop-cluster db"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_bad_identifier" {
  name         = "args-bad-identifier"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", "my_aurora"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_number" {
  name         = "args-number"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", 7], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_tag_without_key" {
  name         = "args-tag-without-key"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", "=web"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_other_arn" {
  name         = "args-other-arn"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", "arn:aws:rds:ap-northeast-1:123456789012:db:one"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_foreign_arn" {
  name         = "args-foreign-arn"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", "arn:aws:s3:::bucket"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_unknown_flag" {
  name         = "args-unknown-flag"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", "db", "--dryrun"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_flag_without_value" {
  name         = "args-flag-without-value"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stop-cluster", "db", "--region"], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_typo_before_unknown" {
  name         = "args-typo-before-unknown"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = ["rds", "stoo-cluster", terraform_data.later.id], cron_expr = local.nightly } }
}

resource "savings_schedule" "args_and_steps" {
  name         = "args-and-steps"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, steps = [local.stop], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_null_and_args_null" {
  name         = "steps-null-and-args-null"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = null, steps = null, cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_empty" {
  name         = "steps-empty"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_empty_step" {
  name         = "steps-empty-step"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [local.stop, []], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_null_step" {
  name         = "steps-null-step"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [null, local.stop], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_null_word" {
  name         = "steps-null-word"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [local.stop, ["rds", null, "db"]], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_typo_in_second" {
  name         = "steps-typo-in-second"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [local.stop, ["rds", "stoo-cluster", "db"]], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_typo_before_unknown" {
  name         = "steps-typo-before-unknown"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [["rds", "stop-cluster", terraform_data.later.id], ["rds", "stoo-cluster", terraform_data.later.id]], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_without_items" {
  name         = "steps-without-items"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [["rds", "stop-cluster"], local.stop], cron_expr = local.nightly } }
}

resource "savings_schedule" "steps_flat" {
  name         = "steps-flat"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { steps = [["rds"], ["stop-cluster"], ["db"]], cron_expr = local.nightly } }
}

resource "savings_schedule" "except_dates_no_date" {
  name         = "except-dates-no-date"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = ["29 Dec 2026"] } }
}

resource "savings_schedule" "except_dates_form" {
  name         = "except-dates-form"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = ["2026/12/29"] } }
}

resource "savings_schedule" "except_dates_instant" {
  name         = "except-dates-instant"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = ["2026-12-29T00:00:00+09:00"] } }
}

resource "savings_schedule" "except_dates_30_february" {
  name         = "except-dates-30-february"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = ["2026-12-29", "2027-02-30"] } }
}

resource "savings_schedule" "except_dates_month_13" {
  name         = "except-dates-month-13"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = ["2026-13-01"] } }
}

resource "savings_schedule" "except_dates_duplicate" {
  name         = "except-dates-duplicate"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = ["2026-12-29", "2026-12-30", "2026-12-29"] } }
}

resource "savings_schedule" "except_dates_null" {
  name         = "except-dates-null"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = ["2026-12-29", null] } }
}

resource "savings_schedule" "except_dates_empty_text" {
  name         = "except-dates-empty-text"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, except_dates = [""] } }
}

resource "savings_schedule" "cron_missing" {
  name         = "cron-missing"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop } }
}

resource "savings_schedule" "cron_empty" {
  name         = "cron-empty"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "" } }
}

resource "savings_schedule" "cron_unix" {
  name         = "cron-unix"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "0 21 * * 1-5" } }
}

resource "savings_schedule" "cron_unix_in_cron" {
  name         = "cron-unix-in-cron"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 21 * * 1-5)" } }
}

resource "savings_schedule" "cron_quartz" {
  name         = "cron-quartz"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "0 0 21 ? * MON-FRI *" } }
}

resource "savings_schedule" "cron_both_days" {
  name         = "cron-both-days"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 21 * * MON-FRI *)" } }
}

resource "savings_schedule" "cron_both_stars" {
  name         = "cron-both-stars"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 21 * * * *)" } }
}

resource "savings_schedule" "cron_hour_24" {
  name         = "cron-hour-24"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 24 ? * MON *)" } }
}

resource "savings_schedule" "cron_minute_71" {
  name         = "cron-minute-71"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(71 8 1 * ? *)" } }
}

resource "savings_schedule" "cron_day_name" {
  name         = "cron-day-name"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 21 ? * MONDAY *)" } }
}

resource "savings_schedule" "cron_weekday_0" {
  name         = "cron-weekday-0"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 21 ? * 0-5 *)" } }
}

resource "savings_schedule" "cron_step_0" {
  name         = "cron-step-0"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(*/0 21 ? * MON *)" } }
}

resource "savings_schedule" "cron_year" {
  name         = "cron-year"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 21 1 1 ? 2300)" } }
}

resource "savings_schedule" "cron_leading_blank" {
  name         = "cron-leading-blank"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = " cron(0 21 ? * MON *)" } }
}

resource "savings_schedule" "cron_unclosed" {
  name         = "cron-unclosed"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "cron(0 21 ? * MON *" } }
}

resource "savings_schedule" "cron_macro" {
  name         = "cron-macro"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "@daily" } }
}

resource "savings_schedule" "rate_seconds" {
  name         = "rate-seconds"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "rate(10 seconds)" } }
}

resource "savings_schedule" "rate_zero" {
  name         = "rate-zero"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "rate(0 minutes)" } }
}

resource "savings_schedule" "rate_no_unit" {
  name         = "rate-no-unit"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "rate(10)" } }
}

resource "savings_schedule" "at_zone" {
  name         = "at-zone"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "at(2027-03-31T21:00:00Z)" } }
}

resource "savings_schedule" "at_date" {
  name         = "at-date"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "at(2027-03-31)" } }
}

resource "savings_schedule" "at_no_day" {
  name         = "at-no-day"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "at(2027-02-30T21:00:00)" } }
}

resource "savings_schedule" "event_timezone" {
  name         = "event-timezone"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, timezone = "Asia/Tokio" } }
}

resource "savings_schedule" "event_timezone_empty" {
  name         = "event-timezone-empty"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, timezone = "" } }
}

resource "savings_schedule" "description_empty" {
  name         = "description-empty"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, description = "" } }
}

resource "savings_schedule" "description_long" {
  name         = "description-long"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, description = join("", [for i in range(513) : "x"]) } }
}

resource "savings_schedule" "start_date" {
  name         = "start-date"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, start_date = "2027-03-31" } }
}

resource "savings_schedule" "end_date_before_start_date" {
  name         = "end-date-before-start-date"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = local.nightly, start_date = "2027-03-31T00:00:00Z", end_date = "2027-03-30T00:00:00Z" } }
}

resource "savings_schedule" "date_on_at" {
  name         = "date-on-at"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = { args = local.stop, cron_expr = "at(2027-03-31T21:00:00)", end_date = "2028-01-01T00:00:00Z" } }
}

resource "savings_schedule" "key_blank" {
  name         = "key-blank"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { "rds stop" = { args = local.stop, cron_expr = local.nightly } }
}

resource "savings_schedule" "key_slash" {
  name         = "key-slash"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { "rds/stop" = { args = local.stop, cron_expr = local.nightly } }
}

resource "savings_schedule" "key_empty" {
  name         = "key-empty"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { "" = { args = local.stop, cron_expr = local.nightly } }
}

resource "savings_schedule" "key_long" {
  name         = "key-long"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" = { args = local.stop, cron_expr = local.nightly } }
}

resource "savings_schedule" "event_null" {
  name         = "event-null"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { e = null }
}

resource "savings_schedule" "key_long_with_name" {
  name         = "key-long-with-name"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  group_name   = "default"
  events       = { kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk = { args = local.stop, cron_expr = local.nightly } }
}

resource "savings_schedule" "name_long" {
  name         = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
}

resource "savings_schedule" "name_empty" {
  name         = ""
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
}

resource "savings_schedule" "name_blank" {
  name         = "my saving"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
}

resource "savings_schedule" "name_default" {
  name         = "default"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
}

resource "savings_schedule" "group_name" {
  name         = "group-name"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  group_name   = "a/b"
}

resource "savings_schedule" "timezone" {
  name         = "timezone"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokio"
  events       = {}
}

resource "savings_schedule" "timezone_abbreviation" {
  name         = "timezone-abbreviation"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "JST"
  events       = {}
}

resource "savings_schedule" "function_name" {
  name         = "function-name"
  function_arn = "tools"
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
}

resource "savings_schedule" "function_arn_of_a_role" {
  name         = "function-arn-of-a-role"
  function_arn = local.role
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
}

resource "savings_schedule" "role_arn" {
  name         = "role-arn"
  function_arn = local.function
  role_arn     = "tools-scheduler"
  timezone     = "Asia/Tokyo"
  events       = {}
}

resource "savings_schedule" "runner_role_arn" {
  name             = "runner-role-arn"
  function_arn     = local.function
  role_arn         = local.role
  timezone         = "Asia/Tokyo"
  events           = {}
  runner_role_name = "arn:aws:iam::123456789012:role/tools"
}

resource "savings_schedule" "dead_letter_fifo" {
  name            = "dead-letter-fifo"
  function_arn    = local.function
  role_arn        = local.role
  timezone        = "Asia/Tokyo"
  events          = {}
  dead_letter_arn = "arn:aws:sqs:ap-northeast-1:123456789012:dead.fifo"
}

resource "savings_schedule" "dead_letter_topic" {
  name            = "dead-letter-topic"
  function_arn    = local.function
  role_arn        = local.role
  timezone        = "Asia/Tokyo"
  events          = {}
  dead_letter_arn = "arn:aws:sns:ap-northeast-1:123456789012:dead"
}

resource "savings_schedule" "attempts" {
  name         = "attempts"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  retry        = { maximum_attempts = 186 }
}

resource "savings_schedule" "attempts_negative" {
  name         = "attempts-negative"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  retry        = { maximum_attempts = -1 }
}

resource "savings_schedule" "event_age" {
  name         = "event-age"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  retry        = { maximum_event_age_seconds = 59 }
}

resource "savings_schedule" "permissions" {
  name         = "permissions"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  permissions  = "none"
}

resource "savings_schedule" "permissions_twice" {
  name             = "permissions-twice"
  function_arn     = local.function
  role_arn         = local.role
  timezone         = "Asia/Tokyo"
  events           = {}
  permissions      = "external"
  runner_role_name = "tools"
}

resource "savings_schedule" "tag_empty" {
  name         = "tag-empty"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  tags         = { team = "" }
}

resource "savings_schedule" "tag_reserved" {
  name         = "tag-reserved"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  tags         = { "savings:hold" = "x" }
}

resource "savings_schedule" "tag_aws" {
  name         = "tag-aws"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  tags         = { "aws:team" = "x" }
}

resource "savings_schedule" "tags_in_a_shared_group" {
  name         = "tags-in-a-shared-group"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = {}
  group_name   = "default"
  tags         = { team = "web" }
}
