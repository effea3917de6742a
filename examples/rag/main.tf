# The night of a demo application: its Aurora cluster stops every evening and starts again on
# working days.
#
#   tofu init
#   tofu plan -out rag.plan -target=module.tools
#   tofu apply rag.plan
#   tofu plan -out rag.plan -target=module.saving
#   tofu apply rag.plan

module "tools" {
  source = "../modules/tools"

  symbol       = var.symbol
  architecture = var.architecture
}

module "saving" {
  source = "../modules/saving"

  name             = "${var.symbol.prefix}-saving"
  function_arn     = module.tools.lambda.arn
  role_arn         = module.tools.lambda.role
  runner_role_name = module.tools.lambda.execution_role_name
  timezone         = var.timezone

  events = {
    rds_stop = {
      params    = { args = ["rds", "stop-cluster", var.aurora_cluster.cluster_identifier] }
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
    rds_start = {
      args      = ["rds", "start-cluster", var.aurora_cluster.cluster_identifier]
      cron_expr = "cron(0 8 ? * MON-FRI *)"
    }
  }
}
