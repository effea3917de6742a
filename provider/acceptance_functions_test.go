package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// outputs are the values of a plan's outputs, as JSON; those not known yet are left out.
func outputs(t *testing.T, p *tfcli.Plan) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, change := range p.JSON.OutputChanges {
		if change.AfterUnknown == true {
			continue
		}
		data, err := json.Marshal(change.After)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return all
}

// The examples of the functions say what they return.
func TestAccFunctions_examples(t *testing.T) {
	t.Parallel()
	want := map[string]map[string]string{
		"schedule_next": {
			"next_stops": `["2027-01-04T21:00:00+09:00","2027-01-05T21:00:00+09:00","2027-01-06T21:00:00+09:00"]`,
		},
		"schedule_describe": {
			"in_words":    `"every weekday at 21:00, Asia/Tokyo"`,
			"in_japanese": `"毎週月〜金曜 21:00（Asia/Tokyo）"`,
		},
		"off_hours":    {"hours_a_week": `{"rds/cluster/my-aurora":103}`},
		"office_hours": {},
		"events_policy": {"policy": quotedJSON(t, `{"Statement":[{"Action":["rds:DescribeDBClusters"],"Effect":"Allow",`+
			`"Resource":["arn:aws:rds:ap-northeast-1:123456789012:cluster:*"]},`+
			`{"Action":["rds:StartDBCluster","rds:StopDBCluster"],"Effect":"Allow",`+
			`"Resource":["arn:aws:rds:ap-northeast-1:123456789012:cluster:my-aurora"]},`+
			`{"Action":["scheduler:ListTagsForResource"],"Effect":"Allow",`+
			`"Resource":["arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/sample-ai-saving"]}],`+
			`"Version":"2012-10-17"}`)},
	}
	folders, err := os.ReadDir("../examples/functions")
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != len(want) {
		t.Errorf("got %d examples, want %d", len(folders), len(want))
	}
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		for _, folder := range folders {
			_, env := fakeAWS(t)
			c := acctest.NewCLI(t, tool, env...)
			example, err := os.ReadFile(filepath.Join("../examples/functions", folder.Name(), "function.tf"))
			if err != nil {
				t.Fatal(err)
			}
			c.Write("main.tf", header+string(example))
			c.Init()
			p := c.Plan()
			if diff := cmp.Diff(want[folder.Name()], outputs(t, p)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", folder.Name(), diff)
			}
			if strings.Contains(p.Text, "Warning:") {
				t.Errorf("%s warns:\n%s", folder.Name(), p.Text)
			}
		}
	})
}

// "Monday to Friday, 8 to 21" is one line, and each summary says it in words that the function takes.
func TestAccFunctions_officeHours(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../examples/functions/office_hours/function.tf")
	if err != nil {
		t.Fatal(err)
	}
	const more = `
output "summaries" {
  value = { for key, event in savings_schedule.this.events : key => event.summary }
}
output "hours" {
  value = savings_schedule.this.off_hours_per_week
}
output "same_hours" {
  value = provider::savings::off_hours(local.office_hours, "Asia/Tokyo")
}
`
	const hours = `{"ecs/service/web/api":103,"rds/cluster/my-aurora":103}`
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+string(example)+more)
		c.Init()
		want := map[string]string{
			"summaries": `{` +
				`"aurora_start":"start Aurora cluster my-aurora every weekday at 08:00, Asia/Tokyo, except on 2 dates (29 and 30 Dec 2026)",` +
				`"aurora_stop":"stop Aurora cluster my-aurora every weekday at 21:00, Asia/Tokyo, except on 2 dates (29 and 30 Dec 2026)",` +
				`"web_start":"start ECS service web/api (if nothing is remembered, 2 tasks) every weekday at 08:00, Asia/Tokyo, except on 2 dates (29 and 30 Dec 2026)",` +
				`"web_stop":"stop ECS service web/api every weekday at 21:00, Asia/Tokyo, except on 2 dates (29 and 30 Dec 2026)"}`,
			"hours": hours, "same_hours": hours,
		}
		if diff := cmp.Diff(want, outputs(t, c.Plan())); diff != "" {
			t.Errorf("outputs (-want +got):\n%s", diff)
		}
		c.Apply()
		c.PlanEmpty()
	})
}

// A text that the resource takes for true or false is one to the functions too.
func TestAccFunctions_boolAsText(t *testing.T) {
	t.Parallel()
	const config = `
locals {
  events = {
    stop     = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 * * ? *)", enabled = "true" }
    start    = { args = ["rds", "start-cluster", "db"], cron_expr = "cron(0 8 * * ? *)", enabled = "1" }
    off_late = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 20 * * ? *)", enabled = "false" }
    off_soon = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 19 * * ? *)", enabled = "0" }
  }
}
resource "savings_schedule" "this" {
  name         = "bools"
  function_arn = "arn:aws:lambda:ap-northeast-1:` + account + `:function:tools"
  role_arn     = "arn:aws:iam::` + account + `:role/tools-scheduler"
  permissions  = "external"
  timezone     = "Asia/Tokyo"
  events       = local.events
}
output "hours" {
  value = savings_schedule.this.off_hours_per_week
}
output "same_hours" {
  value = provider::savings::off_hours(local.events, "Asia/Tokyo")
}
`
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+config)
		c.Init()
		want := map[string]string{"hours": `{"rds/cluster/db":77}`, "same_hours": `{"rds/cluster/db":77}`}
		if diff := cmp.Diff(want, outputs(t, c.Plan())); diff != "" {
			t.Errorf("outputs (-want +got):\n%s", diff)
		}
	})
}

// Each error is at its argument and says what to write.
func TestAccFunctions_errors(t *testing.T) {
	t.Parallel()
	const target = `{ db = { start = ["rds", "start-cluster", "db"], stop = ["rds", "stop-cluster", "db"] } }`
	tests := map[string]struct{ call, argument, want string }{
		"next: expression": {
			`schedule_next("cron(0 21 * * *)", "UTC", "2027-01-01T00:00:00Z", 1)`, "expression", "write cron(0 21 * * ? *)",
		},
		"next: zone": {
			`schedule_next("rate(1 day)", "Asia/Tokio", "2027-01-01T00:00:00Z", 1)`, "timezone", `did you mean "Asia/Tokyo"?`,
		},
		"next: after": {
			`schedule_next("rate(1 day)", "UTC", "2027-01-01", 1)`, "after", `"2027-01-01" is no RFC 3339 instant with its offset`,
		},
		"next: count": {
			`schedule_next("rate(1 day)", "UTC", "2027-01-01T00:00:00Z", 0)`, "count", "count is 0; write a number from 1 to 1000.",
		},
		"describe: language": {
			`schedule_describe("rate(1 day)", "UTC", "fr")`, "language", `there is no language "fr"; the languages are en and ja.`,
		},
		"describe: zone":       {`schedule_describe("rate(1 day)", "", "en")`, "timezone", "the time zone is empty"},
		"describe: expression": {`schedule_describe("rate(1 dy)", "UTC", "en")`, "expression", `write rate(1 day)`},
		"off hours: no map":    {`off_hours("stop", "UTC")`, "events", "events is no map of objects."},
		"off hours: no object": {`off_hours({ stop = "21:00" }, "UTC")`, "events", `event "stop" is no object;`},
		"off hours: a member": {
			`off_hours({ stop = { arg = ["rds"] } }, "UTC")`, "events", `event "stop" has a member "arg", which no event`,
		},
		"off hours: a type": {
			`off_hours({ stop = { args = "rds" } }, "UTC")`, "events", `event "stop" has args: it is no list; write`,
		},
		"off hours: a word": {
			`off_hours({ stop = { args = ["rds", ["x"]] } }, "UTC")`, "events", `event "stop" has args: element 1: it is no text; write "…" in quotes`,
		},
		"off hours: enabled": {
			`off_hours({ stop = { enabled = "no" } }, "UTC")`, "events", `event "stop" has enabled: it is no true or false; write one of them`,
		},
		"off hours: a wrong event": {
			`off_hours({ stop = { args = ["rds", "stoo-cluster", "db"], cron_expr = "rate(1 day)" } }, "UTC")`,
			"events", `Event "stop" has args[1]: unknown command "stoo-cluster" of rds`,
		},
		"off hours: zone":        {`off_hours({}, "Asia/Tokio")`, "timezone", `did you mean "Asia/Tokyo"?`},
		"office hours: days":     {`office_hours("1-5", 8, 21, ` + target + `)`, "days", `write "Monday to Friday"`},
		"office hours: from":     {`office_hours("MON-FRI", "8am", 21, ` + target + `)`, "from", `"8am" is no time of day`},
		"office hours: to":       {`office_hours("MON-FRI", 8, 8, ` + target + `)`, "to", `have no length`},
		"office hours: no start": {`office_hours("MON-FRI", 8, 21, { db = { stop = ["rds"] } })`, "targets", `"start" is required`},
		"office hours: words": {
			`office_hours("MON-FRI", 8, 21, { db = { start = ["rds", "boot-cluster", "db"], stop = [] } })`,
			"targets", `target "db" has start: unknown command "boot-cluster"`,
		},
		"office hours: the wrong way round": {
			`office_hours("MON-FRI", 8, 21, { db = { start = ["rds", "stop-cluster", "db"], stop = [] } })`,
			"targets", `target "db" has start = ["rds", "stop-cluster", "db"], which does not start anything.`,
		},
		"office hours: two things": {
			`office_hours("MON-FRI", 8, 21, { db = { start = ["rds", "start-cluster", "a"], stop = ["rds", "stop-cluster", "b"] } })`,
			"targets", `target "db" starts rds/cluster/a and stops rds/cluster/b; let both act on the same things.`,
		},
		"office hours: null": {
			`office_hours("MON-FRI", 8, 21, { db = { start = [null], stop = [] } })`, "targets", `has a null in start`,
		},
	}
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		c := acctest.NewCLI(t, tool)
		c.Write("main.tf", header)
		c.Init()
		for name, tt := range tests {
			c.Write("main.tf", header+"output \"x\" {\n  value = provider::savings::"+tt.call+"\n}\n")
			got := acctest.Flat(c.PlanFails())
			if !strings.Contains(got, tt.want) || !strings.Contains(got, `for "`+tt.argument+`" parameter`) {
				t.Errorf("%s: want %q at %q, got\n%s", name, tt.want, tt.argument, got)
			}
		}
	})
}

// What is not known yet waits, nested values too.
func TestAccFunctions_unknown(t *testing.T) {
	t.Parallel()
	const config = `
resource "terraform_data" "later" {
  input = "db"
}
output "hours" {
  value = provider::savings::off_hours({
    stop = { args = ["rds", "stop-cluster", terraform_data.later.output], cron_expr = "cron(0 21 * * ? *)" }
    start = { args = ["rds", "start-cluster", "db", "--region", "us-west-2"], cron_expr = "cron(0 8 * * ? *)", enabled = true }
  }, "Asia/Tokyo")
}
output "typed" {
  value = provider::savings::off_hours(tomap({
    stop  = { args = tolist(["ecs", "set-desired-count", "web/api/0"]), steps = null, cron_expr = "cron(0 21 * * ? *)" }
    start = { args = tolist(["ecs", "start-services", "web/api"]), steps = null, cron_expr = "cron(0 8 * * ? *)" }
  }), "Asia/Tokyo")
}
`
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		c := acctest.NewCLI(t, tool)
		c.Write("main.tf", header+config)
		c.Init()
		if diff := cmp.Diff(map[string]string{"typed": `{"ecs/service/web/api":77}`}, outputs(t, c.Plan())); diff != "" {
			t.Errorf("outputs (-want +got):\n%s", diff)
		}
		c.Apply()
		if diff := cmp.Diff(map[string]string{"hours": `{}`, "typed": `{"ecs/service/web/api":77}`},
			outputs(t, c.Plan())); diff != "" {
			t.Errorf("after apply (-want +got):\n%s", diff)
		}
	})
}
