# The failure's own record is the e-mail, so this alarm is for the dashboard and for pagers.
resource "aws_cloudwatch_metric_alarm" "failures" {
  alarm_name          = "${var.prefix}-saving-failures"
  alarm_description   = "A run failed three times: something was not stopped or started. The e-mail of the topic ${aws_sns_topic.failures.name} says what."
  namespace           = "AWS/SNS"
  metric_name         = "NumberOfMessagesPublished"
  dimensions          = { TopicName = aws_sns_topic.failures.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.pager_arns
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${var.prefix}-saving-dead-letters"
  alarm_description   = "EventBridge Scheduler could not deliver an event: look into the queue ${aws_sqs_queue.dead_letters.name}, then empty it."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = concat([aws_sns_topic.alarms.arn], var.pager_arns)
}

# A failure of which nobody would hear: Lambda could not send the record.
resource "aws_cloudwatch_metric_alarm" "unheard" {
  alarm_name          = "${var.prefix}-saving-unheard"
  alarm_description   = "A run failed, and AWS Lambda could not send its record to the topic ${aws_sns_topic.failures.name}."
  namespace           = "AWS/Lambda"
  metric_name         = "DestinationDeliveryFailures"
  dimensions          = { FunctionName = savings_runner.tools.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = concat([aws_sns_topic.alarms.arn], var.pager_arns)
}
