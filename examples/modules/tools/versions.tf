terraform {
  required_providers {
    savings = {
      source = "spin-dd/savings"
    }
  }
}
