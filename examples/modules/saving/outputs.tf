output "summaries" {
  description = "What each event does, in words."
  value       = { for key, event in savings_schedule.this.events : key => event.summary }
}

output "schedule_arns" {
  description = "ARN of each event's schedule."
  value       = { for key, event in savings_schedule.this.events : key => event.schedule_arn }
}

output "policy_json" {
  description = "The IAM policy that the runner needs for these events."
  value       = savings_schedule.this.policy_json
}

output "off_hours_per_week" {
  description = "Hours that each target is off in a plain week."
  value       = savings_schedule.this.off_hours_per_week
}
