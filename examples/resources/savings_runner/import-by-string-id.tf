import {
  to = savings_runner.tools
  id = "sample-ai-tools"
}
