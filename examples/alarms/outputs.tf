output "dead_letter_queue_url" {
  description = "Where events are that could not be delivered."
  value       = aws_sqs_queue.dead_letters.url
}
