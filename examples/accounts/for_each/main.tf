# As the example above it, with one provider block and one module call for all places. OpenTofu 1.9 and
# later; Terraform has no for_each in provider blocks.
terraform {
  required_version = ">= 1.9.0"

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

variable "places" {
  description = "Account and region by key. asleep = false removes what is there; remove the key one apply later."

  type = map(object({
    role_arn = string
    region   = string
    clusters = list(string)
    timezone = string
    asleep   = optional(bool, true)
  }))
}

provider "savings" {
  alias    = "by_place"
  for_each = var.places
  region   = each.value.region

  assume_role {
    role_arn = each.value.role_arn
  }
}

# Fewer keys than the provider block has: OpenTofu needs a place's provider to remove what is there.
module "night" {
  source    = "../night"
  for_each  = { for key, place in var.places : key => place if place.asleep }
  providers = { savings = savings.by_place[each.key] }

  name     = var.name
  clusters = each.value.clusters
  timezone = each.value.timezone
}

output "functions" {
  description = "The runners, one for each account and region."
  value       = [for place in module.night : place.function_arn]
}
