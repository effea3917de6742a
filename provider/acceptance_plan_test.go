package provider_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// onPairs runs a test with two of the four pairs of program and emulator, so that both programs and
// both emulators see it.
func onPairs(t *testing.T, first int, test func(t *testing.T, c *acctest.CLI, e *acctest.Emulator)) {
	t.Helper()
	for i := range 2 {
		pair := acctest.PairOf(first + i)
		t.Run(pair.String(), func(t *testing.T) {
			t.Parallel()
			c, e := pair.Start(t)
			test(t, c, e)
		})
	}
}

// unknownPaths are the paths in a plan that are known only after apply.
func unknownPaths(t *testing.T, p *tfcli.Plan) []string {
	t.Helper()
	paths := []string{}
	for _, change := range p.JSON.ResourceChanges {
		if !strings.HasPrefix(change.Address, "savings_schedule.") || change.Change.Actions.NoOp() {
			continue
		}
		var walk func(path string, v any)
		walk = func(path string, v any) {
			switch v := v.(type) {
			case map[string]any:
				for k, sub := range v {
					walk(path+"."+k, sub)
				}
			case bool:
				if v {
					paths = append(paths, strings.TrimPrefix(path, "."))
				}
			}
		}
		walk("", change.Change.AfterUnknown)
	}
	slices.Sort(paths)
	return paths
}

// Point 1: one changed event of twenty shows its cron_expr and its summary, and nothing is known
// after apply; a renamed or added key has an unknown schedule_arn and nothing else.
func TestAccSchedule_oneChangedEventOfTwenty(t *testing.T) {
	t.Parallel()
	onPairs(t, 0, func(t *testing.T, c *acctest.CLI, e *acctest.Emulator) {
		name := e.Name("one-of-twenty-" + string(c.Tool))
		events := stops(20)
		c.Write("main.tf", e.Adapt(header+schedule(name, e.Account, events)))
		c.Init()
		c.Apply()
		c.PlanEmpty()

		events[7] = stop("stop_07", "cron(30 22 ? * MON-FRI *)")
		c.Write("main.tf", e.Adapt(header+schedule(name, e.Account, events)))
		p := c.Plan()
		if got := unknownPaths(t, p); len(got) > 0 {
			t.Errorf("known only after apply: %v", got)
		}
		want := []string{
			`~ resource "savings_schedule" "this" {`,
			`~ events = {`,
			`~ "stop_07" = {`,
			`~ cron_expr = "cron(7 21 ? * MON-SUN *)" -> "cron(30 22 ? * MON-FRI *)"`,
			`~ summary = "stop Aurora cluster db every day at 21:07, Asia/Tokyo" -> "stop Aurora cluster db every weekday at 22:30, Asia/Tokyo"`,
		}
		if diff := cmp.Diff(want, bodyLines(p.Text)); diff != "" {
			t.Errorf("changed lines (-want +got):\n%s\n%s", diff, p.Text)
		}
		c.Apply(p.File)
		c.PlanEmpty()

		events[7] = stop("stop_renamed", "cron(30 22 ? * MON-FRI *)")
		events = append(events, stop("added", "cron(0 1 * * ? *)"))
		c.Write("main.tf", e.Adapt(header+schedule(name, e.Account, events)))
		p = c.Plan()
		if got, want := unknownPaths(
			t,
			p,
		), []string{
			"events.added.schedule_arn",
			"events.stop_renamed.schedule_arn",
		}; !slices.Equal(
			got,
			want,
		) {
			t.Errorf("known only after apply: got %v, want %v", got, want)
		}
		c.Apply(p.File)
		c.PlanEmpty()
		if got := schedulesIn(t, e.Config(t), name); len(got) != 21 {
			t.Errorf("got %d schedules, want 21: %v", len(got), got)
		}
		c.Destroy()
		groupGone(t, e.Config(t), name)
	})
}

// bodyLines are changedLines without the legend that precedes the plan.
func bodyLines(text string) []string {
	_, body, _ := strings.Cut(text, "will perform the following actions:")
	return changedLines(body)
}

// Point 2: errors come in validate, with the event's line.
func TestAccSchedule_errorsInValidate(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		c := acctest.NewCLI(t, tool)
		config := header + schedule("lines", account, []string{
			stop("good", "cron(0 21 * * ? *)"),
			stop("bad", "cron(0 21 * * MON *)"),
			`typo = { args = ["rds", "stoo-cluster", "db"], cron_expr = "cron(0 21 * * ? *)" }`,
		})
		c.Write("main.tf", config)
		c.Init()
		diags := c.Validate()
		if len(diags) != 2 {
			t.Fatalf("got %d diagnostics, want 2: %v", len(diags), diags)
		}
		lines := strings.Split(config, "\n")
		for i, key := range []string{"bad", "typo"} {
			if got := lines[diags[i].Range.Start.Line-1]; !strings.Contains(got, key+" =") {
				t.Errorf("the error of event %q points at %q", key, got)
			}
		}
		if !strings.Contains(diags[1].Detail, `stop-cluster`) {
			t.Errorf("the typo's message suggests nothing: %s", diags[1].Detail)
		}
	})
}

// Point 2: a warning comes exactly once a plan, also when two events have the same trouble.
func TestAccSchedule_eachWarningOnce(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		c := acctest.NewCLI(t, tool)
		c.Write("main.tf", header+schedule("warned", account, []string{
			stop("first", "rate(12 hours)"), stop("second", "rate(12 hours)"),
			stop("over", "at(2020-01-01T00:00:00)"),
			stop("stop", "cron(0 21 1 * ? *)"), start("start", "cron(0 21 1 * ? *)"),
			stop("unix", "cron(0 20 ? * 1-5 *)"),
			`monthly = { args = ["rds", "stop-cluster", "other"], cron_expr = "cron(0 21 1 * ? *)" }`,
		})+`
provider "savings" { region = "ap-northeast-1" }
`)
		c.Init()
		text := acctest.Flat(c.Plan().Text)
		for _, want := range []string{
			"Warning: warned: first runs right after apply",
			"Warning: warned: second runs right after apply",
			"Warning: warned: over never fires again",
			"Warning: warned: unix counts days from Sunday",
			"Warning: warned: stop and start contradict each other on rds/cluster/db",
			"Warning: warned: monthly is undone by AWS after seven days: rds/cluster/other",
		} {
			if got := strings.Count(text, want); got != 1 {
				t.Errorf("%q: got %d times, want 1\n%s", want, got, text)
			}
		}
		if got := strings.Count(text, "Warning: "); got != 6 {
			t.Errorf("got %d warnings, want 6\n%s", got, text)
		}
	})
}

// Point 3: unknown values in each place plan, apply and settle.
func TestAccSchedule_unknownValues(t *testing.T) {
	t.Parallel()
	onPairs(t, 2, func(t *testing.T, c *acctest.CLI, e *acctest.Emulator) {
		name, whole := e.Name("unknown-name-"+string(c.Tool)), e.Name("unknown-events-"+string(c.Tool))
		config := `
resource "terraform_data" "word" { input = "db" }
resource "terraform_data" "args" { input = ["rds", "stop-cluster", "db"] }
resource "terraform_data" "expr" { input = "cron(0 21 ? * MON-SUN *)" }
resource "terraform_data" "zone" { input = "Europe/Berlin" }
resource "terraform_data" "name" { input = "NAME" }
resource "terraform_data" "event" {
  input = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 ? * MON-SUN *)" }
}
resource "terraform_data" "events" {
  input = { e = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 ? * MON-SUN *)" } }
}
variable "zone" { type = string }
locals {
  function = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role     = "arn:aws:iam::123456789012:role/tools-scheduler"
  args     = ["rds", "stop-cluster", "db"]
  nightly  = "cron(0 21 ? * MON-SUN *)"
}
resource "savings_schedule" "parts" {
  name         = terraform_data.name.output
  function_arn = local.function
  role_arn     = local.role
  timezone     = var.zone
  permissions  = "external"
  events = {
    word  = { args = ["rds", "stop-cluster", terraform_data.word.output], cron_expr = local.nightly }
    args  = { args = terraform_data.args.output, cron_expr = local.nightly }
    expr  = { args = local.args, cron_expr = terraform_data.expr.output }
    zone  = { args = local.args, cron_expr = local.nightly, timezone = terraform_data.zone.output }
    event = terraform_data.event.output
    known = { args = local.args, cron_expr = local.nightly }
  }
}
resource "savings_schedule" "whole" {
  name         = "WHOLE"
  function_arn = local.function
  role_arn     = local.role
  timezone     = terraform_data.zone.output
  permissions  = "external"
  events       = terraform_data.events.output
}
`
		config = strings.NewReplacer(account, e.Account, "NAME", name, "WHOLE", whole).Replace(config)
		c.Write("main.tf", e.Adapt(header+config))
		c.Init()
		if diags := c.Validate(); len(diags) > 0 {
			t.Errorf("validate: %v", diags)
		}
		c.Apply("-var=zone=Asia/Tokyo")
		c.PlanEmpty("-var=zone=Asia/Tokyo")
		if got := schedulesIn(t, e.Config(t), name); len(got) != 6 {
			t.Errorf("got %v, want 6 schedules", got)
		}
		c.Destroy("-var=zone=Asia/Tokyo")
		groupGone(t, e.Config(t), name)
		groupGone(t, e.Config(t), whole)
	})
}

// Point 3: null and the explicit default are the same; description = "" and empty args are errors
// (see the table of wrong configurations).
func TestAccSchedule_nullAndDefaults(t *testing.T) {
	t.Parallel()
	onPairs(t, 2, func(t *testing.T, c *acctest.CLI, e *acctest.Emulator) {
		name := e.Name("defaults-" + string(c.Tool))
		event := func(extra string) string {
			return `e = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 * * ? *)"` + extra + ` }`
		}
		c.Write("main.tf", e.Adapt(header+schedule(name, e.Account, []string{event("")})))
		c.Init()
		c.Apply()
		c.PlanEmpty()
		for _, same := range []string{
			schedule(name, e.Account, []string{event(`, enabled = true, description = null, timezone = null, start_date = null`)}),
			schedule(name, e.Account, []string{event(`, enabled = null`)}, `retry = { maximum_attempts = 10, maximum_event_age_seconds = 3600 }`),
			schedule(name, e.Account, []string{event("")}, `retry = {}`, `tags = null`, `group_name = null`),
		} {
			c.Write("main.tf", e.Adapt(header+same))
			c.PlanEmpty()
		}
		c.Write("main.tf", e.Adapt(header+schedule(name, e.Account, []string{event(`, enabled = false`)})))
		p := c.Plan()
		if !strings.Contains(p.Text, `"disabled: stop Aurora cluster db every day at 21:00, Asia/Tokyo"`) {
			t.Errorf("the summary does not say that the event is disabled:\n%s", p.Text)
		}
		c.Apply(p.File)
		c.Write("main.tf", e.Adapt(header+schedule(name, e.Account, []string{event("")})))
		if p := c.Plan(); !strings.Contains(strings.Join(strings.Fields(p.Text), " "), "enabled = false -> true") {
			t.Errorf("removing enabled = false does not enable:\n%s", p.Text)
		}
		c.Write("main.tf", e.Adapt(header+schedule(name, e.Account, nil)))
		c.Apply()
		c.PlanEmpty()
		c.Destroy()
		groupGone(t, e.Config(t), name)
	})
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); UPDATE=1 writes it anew:\n%s", file, diff)
	}
}

// Point 9: a plan made tomorrow of the same configuration is the same, to the byte.
func TestAccSchedule_planIsDeterministic(t *testing.T) {
	t.Parallel()
	_, env := fakeAWS(t)
	c := acctest.NewCLI(t, tfcli.Tofu, env...)
	c.Write("main.tf", header+schedule("same", account, stops(20)))
	c.Init()
	planned := func() string {
		out, err := json.Marshal(c.Plan().JSON.ResourceChanges)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	first := planned()
	for range 3 {
		if diff := cmp.Diff(first, planned()); diff != "" {
			t.Fatalf("the plan changes by itself:\n%s", diff)
		}
	}
}
