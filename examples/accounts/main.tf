# Three places, two accounts: one provider and one module call each. This works in OpenTofu and
# Terraform. for_each has the same with one block for all, in OpenTofu 1.9 and later.
terraform {
  required_providers {
    savings = {
      source = "spin-dd/savings"
    }
  }
}

variable "name" {
  description = "Name of the schedule groups."
  type        = string
  default     = "night"
}

variable "dev_role_arn" {
  description = "Role of the account dev that this configuration works in; see deployer."
  type        = string
}

variable "stage_role_arn" {
  description = "Role of the account stage that this configuration works in; see deployer."
  type        = string
}

provider "savings" {
  alias  = "dev_tokyo"
  region = "ap-northeast-1"

  assume_role {
    role_arn = var.dev_role_arn
  }
}

provider "savings" {
  alias  = "dev_frankfurt"
  region = "eu-central-1"

  assume_role {
    role_arn = var.dev_role_arn
  }
}

provider "savings" {
  alias  = "stage_tokyo"
  region = "ap-northeast-1"

  assume_role {
    role_arn = var.stage_role_arn
  }
}

module "dev_tokyo" {
  source    = "./night"
  providers = { savings = savings.dev_tokyo }

  name     = var.name
  clusters = ["dev-aurora"]
  timezone = "Asia/Tokyo"
}

module "dev_frankfurt" {
  source    = "./night"
  providers = { savings = savings.dev_frankfurt }

  name     = var.name
  clusters = ["dev-aurora-eu", "dev-reports-eu"]
  timezone = "Europe/Berlin"
}

module "stage_tokyo" {
  source    = "./night"
  providers = { savings = savings.stage_tokyo }

  name     = var.name
  clusters = ["stage-aurora"]
  timezone = "Asia/Tokyo"
}

output "functions" {
  description = "The runners, one for each account and region."
  value = [
    module.dev_tokyo.function_arn, module.dev_frankfurt.function_arn, module.stage_tokyo.function_arn,
  ]
}
