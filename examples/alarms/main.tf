# Somebody hears of it when a database was not stopped, and why.
#
# A run that failed three times sends its record to the topic "failures": an e-mail whose errorMessage
# begins with a sentence such as "1 of 2 failed: my-aurora: access denied (rds:StopDBCluster)". What
# EventBridge Scheduler could not deliver to the function at all goes to the dead-letter queue.
#
# There is no alarm on Lambda's metric Errors: a run that waits for a database in the middle of a
# backup fails on purpose, so that Lambda tries it again, and raises Errors on a good evening.

resource "savings_runner" "tools" {
  name                    = "${var.prefix}-tools"
  failure_destination_arn = aws_sns_topic.failures.arn
  dead_letter_arn         = aws_sqs_queue.dead_letters.arn
}

resource "savings_schedule" "saving" {
  name             = "${var.prefix}-saving"
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  dead_letter_arn  = savings_runner.tools.dead_letter_arn
  timezone         = "Asia/Tokyo"

  events = {
    rds_stop  = { args = ["rds", "stop-cluster", "my-aurora"], cron_expr = "cron(0 21 ? * MON-SUN *)" }
    rds_start = { args = ["rds", "start-cluster", "my-aurora"], cron_expr = "cron(0 8 ? * MON-FRI *)" }
  }
}

resource "aws_sns_topic" "failures" {
  name = "${var.prefix}-saving-failures"
}

resource "aws_sns_topic_subscription" "failures" {
  topic_arn = aws_sns_topic.failures.arn
  protocol  = "email"
  endpoint  = var.email
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.prefix}-saving-dead-letters"
  message_retention_seconds = 1209600 # AWS's longest, 14 days
  sqs_managed_sse_enabled   = true
}

# A topic of its own: an alarm that published to the failure destination would raise itself again.
resource "aws_sns_topic" "alarms" {
  name = "${var.prefix}-saving-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.email
}
