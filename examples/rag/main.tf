# The night of a demo application: its Aurora cluster stops every evening and starts again on
# working days.
#
#   tofu init
#   tofu plan -out rag.plan -target=module.tools
#   tofu apply rag.plan
#   tofu plan -out rag.plan -target=module.saving
#   tofu apply rag.plan

# The runner's image goes here; the provider pushes it. Leave it out, and ecr below, for a zip package.
resource "aws_ecr_repository" "tools" {
  name                 = "${var.symbol.prefix}-tools"
  image_tag_mutability = "IMMUTABLE"
}

module "tools" {
  source = "../modules/tools"

  symbol       = var.symbol
  ecr          = aws_ecr_repository.tools
  architecture = var.architecture
}

module "saving" {
  source = "../modules/saving"

  name     = "${var.symbol.prefix}-saving"
  awstools = module.tools.lambda
  timezone = var.timezone

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
