locals {
  metric_widgets = {
    "Runs" = [
      ["AWS/Lambda", "Invocations", "FunctionName", savings_runner.tools.function_name],
      [".", "Errors", ".", ".", { label = "Errors, with those that Lambda tries again" }],
    ]
    "Longest run (ms)" = [
      ["AWS/Lambda", "Duration", "FunctionName", savings_runner.tools.function_name, { stat = "Maximum" }],
    ]
    "Failures sent, events not delivered" = [
      ["AWS/SNS", "NumberOfMessagesPublished", "TopicName", aws_sns_topic.failures.name],
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.dead_letters.name, { stat = "Maximum" }],
    ]
  }
}

resource "aws_cloudwatch_dashboard" "saving" {
  dashboard_name = "${var.prefix}-saving"
  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type = "alarm", x = 0, y = 0, width = 24, height = 2
        properties = {
          title = "Alarms"
          alarms = [
            aws_cloudwatch_metric_alarm.failures.arn,
            aws_cloudwatch_metric_alarm.dead_letters.arn,
            aws_cloudwatch_metric_alarm.unheard.arn,
          ]
        }
      }],
      [for i, title in keys(local.metric_widgets) : {
        type = "metric", x = 8 * i, y = 2, width = 8, height = 6
        properties = {
          title   = title
          region  = var.region
          stat    = "Sum"
          period  = 3600
          metrics = local.metric_widgets[title]
        }
      }],
      [{
        type = "log", x = 0, y = 8, width = 24, height = 6
        properties = {
          title  = "What was stopped and started"
          region = var.region
          query  = "SOURCE '${savings_runner.tools.log_group_name}' | fields @timestamp, schedule, action, target, msg, detail | filter ispresent(action) | sort @timestamp desc | limit 50"
        }
      }],
    )
  })
}
