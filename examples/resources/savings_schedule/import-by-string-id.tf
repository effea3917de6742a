import {
  to = savings_schedule.nightly
  id = "sample-ai-saving"
}
