package migration_test

// The configurations that the guide on migration shows, before, between and after.

const header = `
terraform {
  required_providers {
    aws     = { source = "hashicorp/aws" }
    savings = { source = "spin-dd/savings" }
  }
}

provider "aws" {
  region = "ap-northeast-1"
}

locals {
  symbol         = { service = "ai", env = "sample", prefix = "sample-ai" }
  aurora_cluster = { cluster_identifier = "sample-ai-aurora-cluster" }
}
`

const oldTools = `
module "tools" {
  source = "./old/tools"
  symbol = local.symbol
  ecr    = { repository_url = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/sample-ai-tools" }
}
`

const oldSaving = `
module "saving" {
  source         = "./old/saving"
  symbol         = local.symbol
  aurora_cluster = local.aurora_cluster
  awstools       = module.tools.lambda
}
`

const runner = `
resource "savings_runner" "this" {
  name = "sample-ai-runner"
}
`

// beside is the new block with names of its own.
const beside = runner + `
resource "savings_schedule" "this" {
  name             = "sample-ai-saving"
  function_arn     = savings_runner.this.function_arn
  role_arn         = savings_runner.this.scheduler_role_arn
  runner_role_name = savings_runner.this.execution_role_name
  timezone         = "Asia/Tokyo"
` + blockEvents + `}
`

// inPlace is the new block with the old names.
const inPlace = runner + `
resource "savings_schedule" "this" {
  name             = "sample-ai-saving-lambda"
  group_name       = "default"
  function_arn     = savings_runner.this.function_arn
  role_arn         = savings_runner.this.scheduler_role_arn
  runner_role_name = savings_runner.this.execution_role_name
  timezone         = "Asia/Tokyo"
` + blockEvents + `}
`

const blockEvents = `
  events = {
    rds_stop = {
      args      = ["rds", "stop-cluster", local.aurora_cluster.cluster_identifier]
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
    rds_start = {
      args      = ["rds", "start-cluster", local.aurora_cluster.cluster_identifier]
      cron_expr = "cron(0 8 ? * Mon-Fri *)"
    }
  }
`

// adopt takes the old schedules over and lets the old state go.
const adopt = `
import {
  to = savings_schedule.this
  id = "default/sample-ai-saving-lambda:rds_stop,rds_start"
}

removed {
  from = module.saving.aws_scheduler_schedule.this

  lifecycle {
    destroy = false
  }
}
`
