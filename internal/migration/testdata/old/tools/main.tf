# A stand-in of the old module: the same names, and the same roads between function, role and schedules.
variable "symbol" {
  type = object({ service = string, env = string, prefix = string })
}

variable "ecr" {
  type = object({ repository_url = string })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "${var.symbol.prefix}-tools"
  retention_in_days = 7
}

resource "aws_iam_role" "this" {
  name = "${var.symbol.prefix}-tools-lambda"
  path = "/service-role/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["lambda.amazonaws.com", "scheduler.amazonaws.com", "events.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "tools"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "rds:StartDBCluster", "rds:StopDBCluster", "rds:StartDBInstance", "rds:StopDBInstance", "ec2:*", "ecs:*",
          "cloudfront:*",
        ]
        Resource = "*"
      },
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "*" },
    ]
  })
}

resource "aws_lambda_function" "this" {
  function_name = "${var.symbol.prefix}-tool"
  role          = aws_iam_role.this.arn
  package_type  = "Image"
  image_uri     = "${var.ecr.repository_url}:latest"
  architectures = ["arm64"]
  memory_size   = 128
  timeout       = 60

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

output "lambda" {
  value = aws_lambda_function.this
}
