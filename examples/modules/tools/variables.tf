variable "symbol" {
  description = "Names of the stack. The function is called <prefix>-tool, unless name is set."
  type = object({
    service = string
    env     = string
    prefix  = string
  })
}

variable "name" {
  description = "Name of the function, where <prefix>-tool is another one's, such as the old module's."
  type        = string
  default     = null
}

variable "ecr" {
  description = "The aws_ecr_repository that the runner's image is pushed to. Without it the runner is a zip package."
  type        = object({ repository_url = string })
  default     = null
}

variable "architecture" {
  description = "Architecture of the function: arm64 or x86_64."
  type        = string
  default     = null
}

variable "memory_size" {
  description = "Memory of the function, in MB."
  type        = number
  default     = null
}

variable "timeout" {
  description = "Time limit of one run, in seconds."
  type        = number
  default     = null
}

variable "log_retention_days" {
  description = "How long the function's log is kept, in days."
  type        = number
  default     = null
}

variable "tags" {
  description = "Tags of the function, its roles and its log group."
  type        = map(string)
  default     = null
}
