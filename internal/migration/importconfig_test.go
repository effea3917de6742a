package migration_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// importConfig runs the command line that `make build` left, against the fake AWS.
func importConfig(t *testing.T, a *fakeaws.AWS, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(acctest.Root(t), "bin", "savings"),
		append([]string{"import-config"}, args...)...)
	cmd.Env = []string{
		"HOME=" + t.TempDir(), "AWS_ENDPOINT_URL=" + a.URL(), "AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=testing",
		"AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true",
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("savings import-config %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	t.Logf("%s%s", stderr.String(), stdout.String())
	return stdout.String()
}

// blockOf is what people make of import-config's output: a block around it, and the import block beside.
func blockOf(output, more string) string {
	_, comment, _ := strings.Cut(output, "# import {")
	block := "resource \"savings_schedule\" \"this\" {\n" + more + output + "}\n"
	if comment == "" {
		return block
	}
	return block + "import {" + strings.ReplaceAll(comment, "\n# ", "\n")
}

const newRunner = `
  function_arn     = savings_runner.this.function_arn
  role_arn         = savings_runner.this.scheduler_role_arn
  runner_role_name = savings_runner.this.execution_role_name
`

const letGo = `
removed {
  from = module.saving.aws_scheduler_schedule.this

  lifecycle {
    destroy = false
  }
}
`

// What import-config writes of the old stack takes it over, and the review says that no event changes.
func TestImportConfig_adopts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tool tfcli.Tool
		args func(t *testing.T, s stage) []string
	}{
		"from AWS": {tfcli.Terraform, func(*testing.T, stage) []string {
			return []string{"--name", "sample-ai-saving-lambda", "--group-name", "default"}
		}},
		"from the state": {tfcli.Tofu, func(t *testing.T, s stage) []string {
			t.Helper()
			file := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(file, []byte(s.Run("show", "-json").Stdout), 0o600); err != nil {
				t.Fatal(err)
			}
			return []string{file}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := oldStack(t, test.tool)
			block := blockOf(importConfig(t, s.cloud, test.args(t, s)...), newRunner)
			s.step(t, "in_place", oldTools+runner+block+letGo)
			s.watcher.check(t)
		})
	}
}

// roundTrip has what an event can have.
const roundTrip = `{
  "all": {"steps": [["rds", "stop-cluster", "a", "--wait"], ["ec2", "stop-instances", "deploy=devel"]],
    "cron_expr": "cron(0 21 ? * Mon-Sun *)", "description": "a \"quoted\" ${text} %{of}\nlines 毎日 <&>", "timezone": "Europe/Berlin",
    "start_date": "2099-01-01T00:00:00Z", "end_date": "2099-12-31T15:00:00Z", "except_dates": ["2099-12-29", "2099-01-01"]},
  "off":  {"args": ["rds", "start-cluster", "a"], "cron_expr": "cron(0 8 ? * MON-FRI *)", "enabled": false},
  "at.once": {"args": ["asg", "stop", "web"], "cron_expr": "at(2099-01-01T00:00:00)"},
  "past-1": {"args": ["asg", "start", "web"], "cron_expr": "at(2020-01-01T00:00:00)"},
  "3rate": {"args": ["ecs", "set-desired-count", "web/api/0"], "cron_expr": "rate(2 hours)", "start_date": "2099-06-01T00:00:00Z"}
}`

// Our own schedules come back from AWS as the events that they were made of, and an import of what
// import-config writes changes nothing.
func TestImportConfig_roundTrip(t *testing.T) {
	t.Parallel()
	for _, group := range []string{"", "default"} {
		t.Run("group "+group, func(t *testing.T) {
			t.Parallel()
			a := fakeaws.Start(t, fakeaws.WithRegion(region), fakeaws.WithoutRoleChecks())
			newCLI := func() *acctest.CLI {
				return acctest.NewCLI(t, tfcli.Tofu, "AWS_ENDPOINT_URL="+a.URL(), "AWS_REGION="+region,
					"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
			}
			const rest = `
  function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role_arn     = "arn:aws:iam::123456789012:role/tools-scheduler"
`
			const required = "terraform {\n  required_providers {\n    savings = { source = \"spin-dd/savings\" }\n  }\n}\n"
			more := "  name = \"night\"\n  timezone = \"Asia/Tokyo\"\n  events = jsondecode(file(\"events.json\"))\n"
			args := []string{"--name", "night"}
			if group != "" {
				more += "  group_name = \"" + group + "\"\n"
				args = append(args, "--group-name", group)
			}
			c := newCLI()
			c.Write("events.json", roundTrip)
			c.Write("main.tf", required+"resource \"savings_schedule\" \"this\" {\n"+rest+more+"}\n")
			c.Init()
			c.Apply()
			output := importConfig(t, a, args...)
			adopting := stage{newCLI(), a, nil}
			adopting.Write("main.tf", required+blockOf(output, rest))
			adopting.Init()
			p := adopting.Plan()
			if reviewed := adopting.review(t, p.File); !strings.HasPrefix(reviewed, "No event changes.") {
				t.Errorf("the review says:\n%s\n%s", reviewed, p.Text)
			}
			adopting.Apply(p.File)
			adopting.PlanEmpty()
			var got struct{ Events, want map[string]any }
			if err := json.Unmarshal([]byte(importConfig(t, a, append(args, "--format", "json")...)), &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(roundTrip), &got.want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(got.want, got.Events); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			for _, r := range a.Requests() {
				if r.Operation == "UpdateSchedule" {
					t.Errorf("%s was written again", r.Name)
				}
			}
		})
	}
}
