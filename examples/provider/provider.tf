terraform {
  required_providers {
    savings = {
      source = "spin-dd/savings"
    }
  }
}

provider "savings" {
  region = "ap-northeast-1"
}
