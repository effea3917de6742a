variable "name" {
  description = "Name of the schedule group, unless group_name is set."
  type        = string
}

variable "awstools" {
  description = "The runner, as the output lambda of tools: in place of function_arn, role_arn and runner_role_name."
  type = object({
    arn                 = string
    role                = string
    execution_role_name = optional(string)
  })
  default = null
}

variable "function_arn" {
  description = "ARN of the runner's function, unless awstools is set."
  type        = string
  default     = null
}

variable "role_arn" {
  description = "ARN of the role that EventBridge Scheduler assumes, unless awstools is set."
  type        = string
  default     = null
}

variable "timezone" {
  description = "IANA time zone of the events, such as Asia/Tokyo."
  type        = string
}

# Any, because Terraform drops misspelt keys of a typed object without a word.
variable "events" {
  description = "Events by key. Each has cron_expr and args or steps, or params = { args = [...] }."
  type        = any

  validation {
    condition     = can(keys(var.events)) && alltrue([for e in try(values(var.events), []) : can(keys(e))])
    error_message = "events must be a map of objects, such as { rds_stop = { args = [\"rds\", \"stop-cluster\", \"x\"], cron_expr = \"cron(0 21 ? * MON-SUN *)\" } }."
  }

  validation {
    condition = alltrue([
      for e in try(values(var.events), []) : length(setsubtract(try(keys(e), []), [
        "args", "steps", "params", "cron_expr", "timezone", "enabled", "description", "start_date", "end_date",
        "except_dates",
      ])) == 0
    ])
    error_message = try(join(" ", [
      for key, e in var.events : format(
        "Event %q has a key that is not known: %s. Known are args, steps, params, cron_expr, timezone, enabled, description, start_date, end_date and except_dates.",
        key, join(", ", sort(setsubtract(try(keys(e), []), [
          "args", "steps", "params", "cron_expr", "timezone", "enabled", "description", "start_date", "end_date",
          "except_dates",
        ])))
      )
      if length(setsubtract(try(keys(e), []), [
        "args", "steps", "params", "cron_expr", "timezone", "enabled", "description", "start_date", "end_date",
        "except_dates",
      ])) > 0
    ]), "events must be a map of objects.")
  }

  validation {
    condition = alltrue([
      for e in try(values(var.events), []) : length(setsubtract(try(keys(e.params), []), ["args", "steps"])) == 0
    ])
    error_message = try(join(" ", [
      for key, e in var.events : format(
        "Event %q has a key in params that is not known: %s. Known are args and steps.",
        key, join(", ", sort(setsubtract(try(keys(e.params), []), ["args", "steps"])))
      )
      if length(setsubtract(try(keys(e.params), []), ["args", "steps"])) > 0
    ]), "events must be a map of objects.")
  }

  validation {
    condition = alltrue([
      for e in try(values(var.events), []) :
      length(setintersection(try(keys(e), []), ["args", "steps", "params"])) <= 1
    ])
    error_message = try(join(" ", [
      for key, e in var.events : format(
        "Event %q has %s; keep one.",
        key, join(" and ", sort(setintersection(try(keys(e), []), ["args", "steps", "params"])))
      )
      if length(setintersection(try(keys(e), []), ["args", "steps", "params"])) > 1
    ]), "events must be a map of objects.")
  }
}

variable "runner_role_name" {
  description = "Name of the runner's execution role, to be granted exactly what the events need."
  type        = string
  default     = null
}

variable "permissions" {
  description = "Who grants the runner its rights: managed (this module) or external (you)."
  type        = string
  default     = null
}

variable "group_name" {
  description = "An existing schedule group, such as default; schedules are then named <name>-<event>."
  type        = string
  default     = null
}

variable "retry" {
  description = "How often, and for how long, EventBridge Scheduler tries to deliver an event."
  type = object({
    maximum_attempts          = optional(number)
    maximum_event_age_seconds = optional(number)
  })
  default = null
}

variable "dead_letter_arn" {
  description = "ARN of an SQS queue for events that could not be delivered."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the schedule group."
  type        = map(string)
  default     = null
}

variable "timeouts" {
  description = "How long each operation may take, such as { create = \"10m\" }."
  type = object({
    create = optional(string)
    update = optional(string)
    delete = optional(string)
  })
  default = null
}
