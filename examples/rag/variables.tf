variable "region" {
  description = "AWS region of the stack."
  type        = string
  default     = "ap-northeast-1"
}

variable "symbol" {
  description = "Names of the stack."
  type = object({
    service = string
    env     = string
    prefix  = string
  })
  default = {
    service = "ai"
    env     = "sample"
    prefix  = "sample-ai"
  }
}

variable "aurora_cluster" {
  description = "The cluster that sleeps at night: an aws_rds_cluster, or its identifier alone."
  type        = object({ cluster_identifier = string })
  default     = { cluster_identifier = "sample-ai-aurora-cluster" }
}

variable "timezone" {
  description = "IANA time zone of the events."
  type        = string
  default     = "Asia/Tokyo"
}

variable "architecture" {
  description = "Architecture of the runner: arm64 or x86_64."
  type        = string
  default     = "arm64"
}
