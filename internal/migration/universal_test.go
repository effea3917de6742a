package migration_test

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// universal is a stack whose schedules call AWS themselves.
const universal = `
resource "aws_iam_role" "night" {
  name = "night"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "scheduler.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "night" {
  name = "night"
  role = aws_iam_role.night.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["rds:StopDBCluster", "rds:StartDBCluster"], Resource = "*" }]
  })
}
` + universalSchedules

const universalSchedules = `
resource "aws_scheduler_schedule_group" "night" {
  name = "night"
}

resource "aws_scheduler_schedule" "night" {
  for_each = {
    stop  = { call = "stopDBCluster", cron = "cron(0 21 ? * Mon-Sun *)" }
    start = { call = "startDBCluster", cron = "cron(0 8 ? * Mon-Fri *)" }
  }
  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.night.name
  schedule_expression          = each.value.cron
  schedule_expression_timezone = "Asia/Tokyo"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:rds:${each.value.call}"
    role_arn = aws_iam_role.night.arn
    input    = jsonencode({ DbClusterIdentifier = "sample-ai-aurora-cluster" })
  }
}
`

// forgetUniversal lets the state of the schedules go.
const forgetUniversal = `
removed {
  from = aws_scheduler_schedule.night
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_scheduler_schedule_group.night
  lifecycle {
    destroy = false
  }
}
`

// Schedules that call AWS themselves become events of the runner where they are, and beside them.
func TestUniversalTargets(t *testing.T) {
	t.Parallel()
	roleOnly := strings.TrimSuffix(universal, universalSchedules)
	t.Run("in place", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, tfcli.Terraform, universal)
		block := blockOf(importConfig(t, s.cloud, "--name", "night"), newRunner)
		s.step(t, "universal", roleOnly+runner+block+forgetUniversal)
		s.step(t, "", runner+block)
		s.watcher.check(t)
		s.checkNew(t, "night", "start", "stop")
		s.Destroy()
		s.checkEmpty(t)
	})
	t.Run("beside", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, tfcli.Tofu, universal)
		output, _, _ := strings.Cut(importConfig(t, s.cloud, "--group-name", "night"), "# To take")
		block := blockOf(strings.Replace(output, `"night"`, `"night-saving"`, 1), newRunner)
		s.step(t, "", universal+runner+block)
		s.step(t, "universal_removed", runner+block)
		s.watcher.check(t)
		s.checkNew(t, "night-saving", "start", "stop")
	})
}
