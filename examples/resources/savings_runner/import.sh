# The ID is the function's name.
terraform import savings_runner.tools sample-ai-tools
