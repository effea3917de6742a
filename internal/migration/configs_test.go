package migration_test

import _ "embed"

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

// The guide on migration shows these files.
var (
	//go:embed testdata/new/runner.tf
	runner string
	// beside is the new block with names of its own, inPlace with the old ones.
	//
	//go:embed testdata/new/beside.tf
	beside string
	//go:embed testdata/new/in_place.tf
	inPlace string
	// adopt takes the old schedules over and lets the old state go.
	//
	//go:embed testdata/new/adopt.tf
	adopt string
)
