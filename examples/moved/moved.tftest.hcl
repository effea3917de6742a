# terraform test, of 1.11 and later: the two runs share a state. No AWS is asked.
mock_provider "savings" {}

run "in_a_module_call" {
  state_key = "stack"

  module {
    source = "./before"
  }
}

run "as_a_resource" {
  state_key = "stack"
  command   = plan

  # A schedule that was made again would have an ARN that is known only after apply.
  assert {
    condition     = output.schedule_arns == run.in_a_module_call.schedule_arns
    error_message = "The schedules are made again."
  }
}
