variable "region" {
  description = "AWS region of the stack."
  type        = string
  default     = "ap-northeast-1"
}

variable "prefix" {
  description = "Begins the names of everything."
  type        = string
  default     = "sample-ai"
}

variable "email" {
  description = "Who hears of failures. AWS sends a confirmation first, for each of the two topics."
  type        = string
}

variable "pager_arns" {
  description = "ARNs of SNS topics that wake somebody up, told by every alarm."
  type        = list(string)
  default     = []
}
