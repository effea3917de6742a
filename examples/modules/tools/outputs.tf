output "lambda" {
  description = "The runner. role is the role that EventBridge Scheduler assumes."
  value = {
    arn                 = savings_runner.this.function_arn
    role                = savings_runner.this.scheduler_role_arn
    function_name       = savings_runner.this.function_name
    execution_role_arn  = savings_runner.this.execution_role_arn
    execution_role_name = savings_runner.this.execution_role_name
    log_group_name      = savings_runner.this.log_group_name
    runner_version      = savings_runner.this.runner_version
    code_digest         = savings_runner.this.code_digest
  }
}
