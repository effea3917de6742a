output "summaries" {
  description = "What each event does, in words."
  value       = module.saving.summaries
}
