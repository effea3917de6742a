# The role that each account has for whoever applies: the provider's assume_role names it. Apply this
# once in each account, with credentials of that account.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  description = "Name of the role."
  type        = string
  default     = "savings-deployer"
}

variable "trusted_arn" {
  description = "Who may work through the role: the ARN of a role or user of the account that applies from."
  type        = string
}

variable "policy_json" {
  description = "What it may do: the deployer's policy from the guide on security, with this account's number."
  type        = string
}

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.trusted_arn }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "savings"
  role   = aws_iam_role.this.name
  policy = var.policy_json
}

output "role_arn" {
  description = "For role_arn of the provider's assume_role."
  value       = aws_iam_role.this.arn
}
