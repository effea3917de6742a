# tofu test, which reads this file instead of moved.tftest.hcl: its runs of two configurations have a
# state each, so this looks at the resource alone.
mock_provider "savings" {}

run "as_a_resource" {
  command = plan

  assert {
    condition     = keys(savings_schedule.this.events) == tolist(["rds_stop"])
    error_message = "The events are not those of the module call."
  }
}
