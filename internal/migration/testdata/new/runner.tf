resource "savings_runner" "this" {
  name = "sample-ai-runner"
}
