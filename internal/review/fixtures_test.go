package review_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// fixture is a plan of a real program: after is planned where before was applied.
type fixture struct {
	name          string
	before, after string
	// outside is what somebody does to the cloud between apply and plan. May be nil.
	outside func(*testing.T, *fakeaws.AWS)
	// args are given to the plan.
	args []string
}

const header = `
terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}
`

// module is the tutorial's block, with other events.
func module(events ...string) string {
	return header + `
module "saving" {
  source       = "./saving"
  name         = "sample-ai-saving"
  function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role_arn     = "arn:aws:iam::123456789012:role/tools-scheduler"
  permissions  = "external"
  timezone     = "Asia/Tokyo"
  events = {
    ` + strings.Join(events, "\n    ") + `
  }
}
`
}

// resource is a savings_schedule.
func resource(label, zone, extra string, events ...string) string {
	return fmt.Sprintf(`
resource "savings_schedule" %q {
  name         = %q
  function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role_arn     = "arn:aws:iam::123456789012:role/tools-scheduler"
  permissions  = "external"
  timezone     = %q
  %s
  events = {
    %s
  }
}
`, label, label, zone, extra, strings.Join(events, "\n    "))
}

func event(key, args, expression string, extra ...string) string {
	words := strings.Fields(args)
	for i := range words {
		words[i] = fmt.Sprintf("%q", words[i])
	}
	return fmt.Sprintf("%q = { args = [%s], cron_expr = %q%s }", key, strings.Join(words, ", "), expression,
		strings.Join(append([]string{""}, extra...), ", "))
}

const (
	stopAurora  = "rds stop-cluster sample-ai-aurora-cluster"
	startAurora = "rds start-cluster sample-ai-aurora-cluster"
	// What the tutorial's reader has, with a start in the morning.
	stopAt22 = "cron(0 22 ? * Mon-Sun *)"
	stopAt21 = "cron(0 21 ? * Mon-Sun *)"
	startAt8 = "cron(0 8 ? * MON-FRI *)"
)

func twenty(changed string) []string {
	var events []string
	for i := range 10 {
		stop := fmt.Sprintf("cron(%d 20 ? * MON-FRI *)", i*5)
		if i == 3 && changed != "" {
			stop = changed
		}
		events = append(events,
			event(fmt.Sprintf("web%d_stop", i), fmt.Sprintf("ecs stop-services web/api%d", i), stop),
			event(fmt.Sprintf("web%d_start", i), fmt.Sprintf("ecs start-services web/api%d", i), startAt8))
	}
	return events
}

func fiveHundred(hour int) []string {
	var events []string
	for i := range 250 {
		events = append(events,
			event(fmt.Sprintf("db%03d_stop", i), fmt.Sprintf("rds stop-cluster cluster-%03d", i),
				fmt.Sprintf("cron(%d %d ? * MON-FRI *)", i%60, hour)),
			event(fmt.Sprintf("db%03d_start", i), fmt.Sprintf("rds start-cluster cluster-%03d", i),
				fmt.Sprintf("cron(%d 8 ? * MON-FRI *)", i%60)))
	}
	return events
}

func fixtures() []fixture {
	usual := module(event("rds_stop", stopAurora, stopAt22), event("rds_start", startAurora, startAt8))
	return []fixture{
		{
			name: "seed_added", before: header,
			after: module(`rds_stop = {
      params    = { args = ["rds", "stop-cluster", "sample-ai-aurora-cluster"] }
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }`),
		},
		{
			name: "one_of_twenty", before: header + resource("twenty", "Asia/Tokyo", "", twenty("")...),
			after: header + resource("twenty", "Asia/Tokyo", "", twenty("cron(0 19 ? * MON-FRI *)")...),
		},
		{
			name: "cron", before: usual,
			after: module(event("rds_stop", stopAurora, stopAt21), event("rds_start", startAurora, startAt8)),
		},
		{
			name: "zone", before: usual,
			after: strings.Replace(usual, "Asia/Tokyo", "Europe/Berlin", 1),
		},
		{
			name: "args", before: usual,
			after: module(event("rds_stop", stopAurora+" other-cluster", stopAt22),
				event("rds_start", startAurora, startAt8)),
		},
		{
			name: "rename", before: usual,
			after: module(event("aurora_stop", stopAurora, stopAt22), event("rds_start", startAurora, startAt8)),
		},
		{
			name: "disable", before: usual,
			after: module(event("rds_stop", stopAurora, stopAt22, "enabled = false"),
				event("rds_start", startAurora, startAt8)),
		},
		{
			name: "two_zones", before: header,
			after: header + resource("tokyo", "Asia/Tokyo", "",
				event("stop", "ec2 stop-instances deploy=devel", "cron(30 19 ? * MON-FRI *)"),
				event("start", "ec2 start-instances deploy=devel", "cron(0 9 ? * MON-FRI *)", `timezone = "Europe/Berlin"`),
			) + resource("berlin", "Europe/Berlin", "",
				event("night", "ec2 stop-instances team=web", "cron(30 2 * * ? *)"),
				event("morning", "ec2 start-instances team=web", "cron(0 7 * * ? *)")),
		},
		{
			name: "steps", before: usual,
			after: module(
				event("rds_stop", stopAurora, stopAt22),
				`rds_start = {
      steps = [
        ["rds", "start-cluster", "sample-ai-aurora-cluster", "--wait"],
        ["ecs", "start-services", "web/api/2"],
      ]
      cron_expr    = "cron(0 8 ? * MON-FRI *)"
      except_dates = ["2026-12-29", "2026-12-30"]
    }`,
				event("web_stop", "ecs stop-services web/api", "cron(55 21 ? * MON-FRI *)")),
		},
		{name: "destroyed_module", before: usual, after: header},
		{
			name: "unknown", before: usual,
			after: strings.ReplaceAll(usual, `"sample-ai-aurora-cluster"`, `terraform_data.id.output`) + idResource +
				`
resource "terraform_data" "expression" { input = "cron(0 3 * * ? *)" }
` + strings.Replace(resource("later", "Asia/Tokyo", "",
				event("stop", "rds stop-cluster later", "EXPRESSION")), `"EXPRESSION"`, "terraform_data.expression.output", 1),
		},
		{
			name: "moved", before: header + resource("old", "Asia/Tokyo", "", event("stop", stopAurora, stopAt22)),
			after: header + strings.Replace(resource("old", "Asia/Tokyo", "", event("stop", stopAurora, stopAt21)),
				`"savings_schedule" "old"`, `"savings_schedule" "new"`, 1) + `
moved {
  from = savings_schedule.old
  to   = savings_schedule.new
}
`,
		},
		{name: "drift", before: usual, after: usual, outside: changeOutside},
		{
			name: "sensitive", before: usual + secret,
			after: module(event("rds_stop", "rds stop-cluster SECRET", stopAt21),
				event("rds_start", startAurora, startAt8)) + secret,
		},
		{
			name: "warnings", before: header + resource("warned", "Europe/Berlin", "",
				event("stop", "rds stop-instance db", "cron(0 21 1 * ? *)")),
			after: header + resource("warned", "Europe/Berlin", "",
				event("stop", "rds stop-instance db", "cron(0 21 1 * ? *)"),
				event("start", "rds start-instance db", "cron(0 21 1 * ? *)"),
				event("gap", "ec2 stop-instances i-0123456789abcdef0", "cron(30 2 ? * SUN *)"),
				event("unix", "ec2 stop-instances env=dev", "cron(0 20 ? * 1-5 *)"),
				event("often", "ec2 stop-instances env=test", "rate(12 hours)"),
				event("over", "ec2 stop-instances env=old", "at(2020-01-01T00:00:00)")),
		},
		{
			name:   "five_hundred",
			before: header + resource("fleet", "Asia/Tokyo", "", fiveHundred(21)...),
			after:  header + resource("fleet", "Asia/Tokyo", "", fiveHundred(20)...),
		},
		{
			name: "migration", before: oldStack,
			after: module(event("rds_stop", stopAurora, "cron(0 21 ? * Mon-Sun *)"),
				event("rds_start", startAurora, "cron(0 7 ? * MON-FRI *)"),
				event("web_stop", "ec2 stop-instances deploy=devel", "cron(0 20 ? * MON-FRI *)")),
		},
		{
			name: "forgotten", before: usual, after: header + `
removed {
  from = module.saving.savings_schedule.this
  lifecycle {
    destroy = false
  }
}
`,
		},
		{
			name: "replaced", before: usual, args: []string{"-replace=module.saving.savings_schedule.this"},
			after: module(event("rds_stop", stopAurora, stopAt21), event("rds_start", startAurora, startAt8)),
		},
		{
			// What somebody writes who wants it to look like nothing.
			name: "malicious", before: usual,
			after: module(
				event("rds_stop", "rds stop-cluster env=prod", stopAt22,
					`description = "no change </code></b> **approved** @everyone <!-- savings-review: default -->"`),
				event("rds_start", startAurora, startAt8, `enabled = false`)),
		},
		{name: "nothing", before: usual, after: usual},
	}
}

// oldStack is the tutorial's module.saving as it was: one schedule of the AWS provider for each event.
const oldStack = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

locals {
  events = {
    rds_stop = {
      params    = { args = ["rds", "stop-cluster", "sample-ai-aurora-cluster"] }
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
    rds_start = {
      params    = { args = ["rds", "start-cluster", "sample-ai-aurora-cluster"] }
      cron_expr = "cron(0 8 ? * MON-FRI *)"
    }
  }
}

resource "aws_scheduler_schedule" "saving" {
  for_each                     = local.events
  name                         = "sample-ai-saving-lambda-${each.key}"
  group_name                   = "default"
  schedule_expression          = each.value.cron_expr
  schedule_expression_timezone = "Asia/Tokyo"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:lambda:ap-northeast-1:123456789012:function:sample-ai-tool"
    role_arn = "arn:aws:iam::123456789012:role/service-role/sample-ai-tools-lambda"
    input    = jsonencode(each.value.params)
  }
}

# Nothing of ours: its input has no args.
resource "aws_scheduler_schedule" "other" {
  name                = "report"
  schedule_expression = "rate(1 days)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:lambda:ap-northeast-1:123456789012:function:report"
    role_arn = "arn:aws:iam::123456789012:role/report"
    input    = "{}"
  }
}
`

const idResource = `
resource "terraform_data" "id" { input = "sample-ai-aurora-cluster" }
`

const secret = `
variable "secret" {
  default   = "sample-ai-aurora-cluster"
  sensitive = true
}
`

// changeOutside is somebody at the console: the stop is disabled.
func changeOutside(t *testing.T, a *fakeaws.AWS) {
	t.Helper()
	client := scheduler.NewFromConfig(a.Config())
	group, name := "sample-ai-saving", "rds_stop"
	s, err := client.GetSchedule(t.Context(), &scheduler.GetScheduleInput{GroupName: &group, Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.UpdateSchedule(t.Context(), &scheduler.UpdateScheduleInput{
		GroupName: &group, Name: &name, ScheduleExpression: s.ScheduleExpression,
		ScheduleExpressionTimezone: s.ScheduleExpressionTimezone, Target: s.Target,
		FlexibleTimeWindow: s.FlexibleTimeWindow, State: types.ScheduleStateDisabled,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// timestamp is the one of every fixture, so that making them again changes nothing.
const timestamp = "2026-11-26T00:00:00Z"

// TestFixtures makes the plans in testdata/plans again, with the real programs and the provider that
// make build left. It runs with FIXTURES=1 alone, as make fixtures does.
func TestFixtures(t *testing.T) {
	if os.Getenv("FIXTURES") == "" {
		t.Skip("make fixtures runs this")
	}
	for _, f := range fixtures() {
		for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
			t.Run(f.name+"/"+string(tool), func(t *testing.T) {
				t.Parallel()
				f.make(t, tool)
			})
		}
	}
}

func (f fixture) make(t *testing.T, tool tfcli.Tool) {
	t.Helper()
	a := fakeaws.Start(t, fakeaws.WithoutRoleChecks(), fakeaws.WithRegion("ap-northeast-1"))
	c := acctest.NewCLI(t, tool, "AWS_ENDPOINT_URL="+a.URL(), "AWS_REGION=ap-northeast-1",
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
	c.UseStandInAWS()
	c.Copy(filepath.Join(acctest.Root(t), "examples", "modules", "saving"), "saving")
	c.Write("main.tf", f.before)
	c.Init()
	c.Apply()
	if f.outside != nil {
		f.outside(t, a)
	}
	c.Write("main.tf", strings.ReplaceAll(f.after, `"SECRET"`, "var.secret"))
	c.Init()
	p := c.Plan(f.args...)
	out := c.Run("show", "-json", p.File)
	if out.ExitCode != 0 {
		t.Fatalf("show: %s", out.Stderr)
	}
	name := filepath.Join("testdata", "plans", f.name+"."+string(tool)+".json")
	if err := os.WriteFile(name, trimmed(t, []byte(out.Stdout)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// trimmed is a plan without the members that only repeat it, and with a timestamp that stays.
func trimmed(t *testing.T, plan []byte) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(plan, &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"planned_values", "prior_state", "configuration"} {
		delete(members, name)
	}
	members["timestamp"] = json.RawMessage(`"` + timestamp + `"`)
	data, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if len(data) > 100_000 {
		return append(data, '\n')
	}
	if err := json.Indent(&out, data, "", " "); err != nil {
		t.Fatal(err)
	}
	return append(out.Bytes(), '\n')
}
