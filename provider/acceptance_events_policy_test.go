package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

func quotedJSON(t *testing.T, text string) string {
	t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// everyKind are events of several services, with identifiers, tags, steps and another region.
const everyKind = `{
  stop  = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 * * ? *)" }
  fleet = { args = ["ec2", "start-instances", "deploy=devel"], cron_expr = "cron(0 8 * * ? *)" }
  web = {
    steps     = [["ecs", "stop-services", "web/api"], ["rds", "stop-instance", "a", "--region", "REGION"]]
    cron_expr = "cron(0 22 * * ? *)"
  }
}`

// The function, the attribute and the command line say the same of one configuration, in each
// partition, in a group of its own and in a shared one.
func TestAccEventsPolicy_isPolicyJSON(t *testing.T) {
	t.Parallel()
	const config = `
locals {
  events = %[1]s
  place  = { partition = %[2]q, region = %[3]q, account = "123456789012" }
}
resource "savings_schedule" "own" {
  name         = "own"
  function_arn = "arn:%[2]s:lambda:%[3]s:123456789012:function:tools"
  role_arn     = "arn:%[2]s:iam::123456789012:role/tools-scheduler"
  timezone     = "Asia/Tokyo"
  permissions  = "external"
  events       = local.events
}
resource "savings_schedule" "shared" {
  name         = "shared"
  group_name   = "default"
  function_arn = "arn:%[2]s:lambda:%[3]s:123456789012:function:tools"
  role_arn     = "arn:%[2]s:iam::123456789012:role/tools-scheduler"
  timezone     = "Asia/Tokyo"
  permissions  = "external"
  events       = local.events
}
output "own" {
  value = provider::savings::events_policy(local.events, merge(local.place, { group = "own" })) == savings_schedule.own.policy_json
}
output "shared" {
  value = provider::savings::events_policy(local.events, local.place) == savings_schedule.shared.policy_json
}
output "derived" {
  value = provider::savings::events_policy(local.events, { region = %[3]q, account = "123456789012" }) == savings_schedule.shared.policy_json
}
output "none" {
  value = provider::savings::events_policy({}, local.place) == null
}
`
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		for partition, regions := range map[string][2]string{
			"aws": {"ap-northeast-1", "us-west-2"}, "aws-cn": {"cn-north-1", "cn-northwest-1"},
			"aws-us-gov": {"us-gov-west-1", "us-gov-east-1"},
		} {
			c := acctest.NewCLI(t, tool, "AWS_REGION="+regions[0], "AWS_EC2_METADATA_DISABLED=true")
			c.Write("main.tf", header+fmt.Sprintf(config, strings.ReplaceAll(everyKind, "REGION", regions[1]), partition, regions[0]))
			c.Init()
			p := c.Plan()
			for name, value := range outputs(t, p) {
				if value != "true" {
					t.Errorf("%s: %s is %s\n%s", partition, name, value, p.Text)
				}
			}
			shown := c.Run("show", "-json", p.File).Stdout
			got := savingsPolicy(t, shown, "--format", "json")
			var documents map[string]json.RawMessage
			if err := json.Unmarshal([]byte(got), &documents); err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			for _, rc := range p.JSON.ResourceChanges {
				planned := rc.Change.After.(map[string]any)["policy_json"].(string)
				if string(documents[rc.Address]) != planned {
					t.Errorf("%s: savings policy prints %s\nand the plan has %s", rc.Address, documents[rc.Address], planned)
				}
				if strings.Contains(planned, `"arn:aws:`) != (partition == "aws") {
					t.Errorf("%s: %s", partition, planned)
				}
			}
		}
	})
}

// savingsPolicy is what `savings policy` prints of a plan's JSON.
func savingsPolicy(t *testing.T, plan string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(acctest.Root(t), "bin", "savings"),
		append([]string{"policy"}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(plan), &out, &errs
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	if err := cmd.Run(); err != nil {
		t.Fatalf("savings policy: %v\n%s", err, errs.String())
	}
	return out.String()
}

// The plan that makes the runner does not know the function; the flags complete it to what will be.
func TestAccEventsPolicy_ofANewRunner(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", runnerAndSchedule("new", 128)+"output \"policy\" {\n  value = savings_schedule.this.policy_json\n}\n")
		c.Init()
		p := c.Plan()
		shown := c.Run("show", "-json", p.File).Stdout
		got := savingsPolicy(t, shown, "--account", account, "--region", region)
		c.Apply(p.File)
		if want := c.State().Values.Outputs["policy"].Value.(string) + "\n"; got != want {
			t.Errorf("before the apply: %s\nafter: %s", got, want)
		}
	})
}

func TestAccEventsPolicy_errors(t *testing.T) {
	t.Parallel()
	const events = `{ stop = { args = ["rds", "stop-cluster", "db"] } }`
	const place = `{ region = "ap-northeast-1", account = "123456789012" }`
	tests := map[string]struct{ events, place, argument, want string }{
		"no object":           {events, `"ap-northeast-1"`, "place", `place is no object; write { region = "ap-northeast-1", account = "123456789012" }`},
		"no account":          {events, `{ region = "ap-northeast-1" }`, "place", `place has no account; write`},
		"account is a number": {events, `{ region = "ap-northeast-1", account = 123456789012 }`, "place", `place has account, which is no text;`},
		"wrong account":       {events, `{ region = "ap-northeast-1", account = "12" }`, "place", `place: "12" is no AWS account; write its 12 digits`},
		"wrong region":        {events, `{ region = "tokyo", account = "123456789012" }`, "place", `place: "tokyo" is no AWS region;`},
		"wrong partition":     {events, `{ partition = "aws", region = "cn-north-1", account = "123456789012" }`, "place", `write "aws-cn"`},
		"misspelt":            {events, `{ reigon = "ap-northeast-1", account = "123456789012" }`, "place", `place has a member "reigon"; it may have account, group, partition, region`},
		"wrong group":         {events, `{ region = "ap-northeast-1", account = "123456789012", group = "a/b" }`, "place", `place has group "a/b", which is no name of a schedule group`},
		"no events":           {`"stop"`, place, "events", "events is no map of objects."},
		"no args":             {`{ stop = {} }`, place, "events", `Event "stop" has no args and no steps.`},
		"typo":                {`{ stop = { args = ["rds", "stoo-cluster", "db"] } }`, place, "events", `did you mean "stop-cluster"?`},
		"another account": {
			`{ stop = { args = ["rds", "stop-cluster", "arn:aws:rds:ap-northeast-1:999999999999:cluster:db"] } }`, place, "events",
			`is in account 999999999999; the runner works in account 123456789012 alone`,
		},
	}
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		c := acctest.NewCLI(t, tool)
		c.Write("main.tf", header)
		c.Init()
		for name, tt := range tests {
			c.Write("main.tf", header+"output \"x\" {\n  value = provider::savings::events_policy("+tt.events+", "+tt.place+")\n}\n")
			got := acctest.Flat(c.PlanFails())
			if !strings.Contains(got, tt.want) || !strings.Contains(got, `for "`+tt.argument+`" parameter`) {
				t.Errorf("%s: want %q at %q, got\n%s", name, tt.want, tt.argument, got)
			}
		}
		c.Write("main.tf", header+`
resource "terraform_data" "later" {
  input = "db"
}
output "later" {
  value = provider::savings::events_policy({ stop = { args = ["rds", "stop-cluster", terraform_data.later.output] } }, `+place+`)
}
`)
		if p := c.Plan(); p.JSON.OutputChanges["later"].AfterUnknown != true {
			t.Errorf("of a word that is not known yet:\n%s", p.Text)
		}
	})
}
