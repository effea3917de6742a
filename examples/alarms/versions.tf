terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
    savings = {
      source = "spin-dd/savings"
    }
  }
}

provider "aws" {
  region = var.region
}

provider "savings" {
  region = var.region
}
