//go:build linux

package bench_test

import (
	"fmt"
	"strings"
)

// ourConfig is 1,000 nightly stops in one resource, or the same with one of them changed.
func ourConfig(changed bool) string { return scheduleConfig(manySchedules, changed) }

// scheduleConfig is n nightly stops in one resource, each of a cluster of its own.
func scheduleConfig(n int, changed bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}

resource "savings_schedule" "this" {
  name         = "bench"
  function_arn = "arn:aws:lambda:%s:%s:function:tools"
  role_arn     = "arn:aws:iam::%s:role/tools-scheduler"
  timezone     = "Asia/Tokyo"
  permissions  = "external"
  events = {
`, region, account, account)
	for i := range n {
		fmt.Fprintf(&b, "    stop_%d = { args = [\"rds\", \"stop-cluster\", \"db-%d\"], cron_expr = %q }\n", i, i,
			expression(i, changed))
	}
	b.WriteString("  }\n}\n")
	return b.String()
}

func expression(i int, changed bool) string {
	if changed && i == 7 {
		return "cron(30 22 ? * MON-FRI *)"
	}
	return fmt.Sprintf("cron(%d %d ? * MON-SUN *)", i%60, i/60%24)
}

// plainConfig is the same as for_each over as many resources.
func plainConfig(changed bool) string {
	var b strings.Builder
	b.WriteString(`terraform {
  required_providers {
    plain = { source = "spin-dd/plain" }
  }
}

locals {
  events = {
`)
	for i := range manySchedules {
		fmt.Fprintf(&b, "    stop_%d = { args = [\"rds\", \"stop-cluster\", \"db-%d\"], cron_expr = %q }\n", i, i,
			expression(i, changed))
	}
	fmt.Fprintf(&b, `  }
}

resource "plain_schedule" "this" {
  for_each                     = local.events
  name                         = each.key
  schedule_expression          = each.value.cron_expr
  schedule_expression_timezone = "Asia/Tokyo"
  target_arn                   = "arn:aws:lambda:%s:%s:function:tools"
  role_arn                     = "arn:aws:iam::%s:role/tools-scheduler"
  input                        = jsonencode({ args = each.value.args })
}
`, region, account, account)
	return b.String()
}
