import {
  to = savings_schedule.this
  id = "default/sample-ai-saving-lambda:rds_stop,rds_start"
}

removed {
  from = module.saving.aws_scheduler_schedule.this

  lifecycle {
    destroy = false
  }
}
