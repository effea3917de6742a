package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// The life of an event with steps and days off: created, changed by one date, mended after drift,
// imported, destroyed.
func TestAccSchedule_stepsAndExceptDates(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		config := func(dates ...string) string {
			events := append(stops(5), `morning = {
      steps        = [["rds", "start-cluster", "db", "--wait"], ["rds", "start-instance", terraform_data.word.output]]
      cron_expr    = "cron(0 8 ? * MON-FRI *)"
      except_dates = ["`+strings.Join(dates, `", "`)+`"]
    }`)
			return `resource "terraform_data" "word" { input = "reports" }` + schedule("steps", account, events)
		}
		c := applied(t, tool, env, config("2096-12-29", "2096-12-30", "2097-01-02"))
		wantInput(t, a, `{"steps":[["rds","start-cluster","db","--wait"],["rds","start-instance","reports"]],`+
			`"group":"steps","schedule":"morning","holds":true,"timezone":"Asia/Tokyo",`+
			`"except_dates":["2096-12-29","2096-12-30","2097-01-02"],"late_after_seconds":3600,`+
			`"scheduled_time":"<aws.scheduler.scheduled-time>"}`)

		c.Write("main.tf", header+config("2096-12-29", "2096-12-31", "2097-01-02", "2097-01-03"))
		p := c.Plan()
		if got := unknownPaths(t, p); len(got) > 0 {
			t.Errorf("known only after apply: %v", got)
		}
		const sentence = `start Aurora cluster db, waiting until available, then start RDS instance reports, ` +
			`every weekday at 08:00, Asia/Tokyo, except on `
		wantChanges(t, p, `~ events = {`, `~ "morning" = {`, `~ except_dates = [`,
			`- "2096-12-30",`, `+ "2096-12-31",`, `+ "2097-01-03",`,
			`~ summary = "`+sentence+`3 dates (29 and 30 Dec 2096, 2 Jan 2097)" -> "`+sentence+
				`4 dates (29 and 31 Dec 2096, 2 and 3 Jan 2097)"`)
		before := seen(a, "UpdateSchedule")
		c.Apply(p.File)
		c.PlanEmpty()
		if got := seen(a, "UpdateSchedule") - before; got != 1 {
			t.Errorf("one changed date wrote %d schedules, want 1", got)
		}

		morning, _ := a.Scheduler().Schedule("steps", "morning")
		applied := morning.Target.Input
		morning.Target.Input = strings.NewReplacer(`,["rds","start-instance","reports"]`, "", `"2096-12-31",`, "").
			Replace(applied)
		a.Scheduler().PutSchedule(morning)
		p = c.Plan()
		text := strings.Join(strings.Fields(p.Text), " ")
		for _, want := range []string{`+ [ + "rds", + "start-instance", + "reports", ]`, `+ "2096-12-31"`, `except on 3 dates (29 Dec 2096, 2 and 3 Jan 2097)" -> `} {
			if !strings.Contains(text, want) {
				t.Errorf("the plan does not show %q:\n%s", want, p.Text)
			}
		}
		c.Apply(p.File)
		c.PlanEmpty()
		wantInput(t, a, applied)

		importsClean(t, tool, env, config("2096-12-29", "2096-12-31", "2097-01-02", "2097-01-03"))
		c.Destroy()
		emptyCloud(t, a)
	})
}

func wantInput(t *testing.T, a *fakeaws.AWS, want string) {
	t.Helper()
	s, ok := a.Scheduler().Schedule("steps", "morning")
	if got := s.Target.Input; !ok || got != want {
		t.Errorf("input\n got %s\nwant %s", got, want)
	}
}

// wantChanges compares a plan's changed lines inside the resource; a changed element of a list is
// one line in Terraform and two in OpenTofu.
func wantChanges(t *testing.T, p *tfcli.Plan, want ...string) {
	t.Helper()
	var got []string
	for _, line := range bodyLines(p.Text)[1:] {
		was, is, changed := strings.Cut(strings.TrimPrefix(line, "~ "), " -> ")
		if changed && strings.HasPrefix(was, `"2`) {
			got = append(got, "- "+was+",", "+ "+is)
			continue
		}
		got = append(got, line)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changed lines (-want +got):\n%s\n%s", diff, p.Text)
	}
}

// importsClean imports the group into a matching configuration by an import block: the very first
// plan changes nothing.
func importsClean(t *testing.T, tool tfcli.Tool, env []string, config string) {
	t.Helper()
	config = strings.Replace(config, `permissions  = "external"`, "", 1) // AWS does not know it
	config = strings.Replace(config, "terraform_data.word.output", `"reports"`, 1)
	c := acctest.NewCLI(t, tool, env...)
	c.Write("main.tf", header+config+`
import {
  to = savings_schedule.this
  id = "steps"
}
`)
	c.Init()
	p := c.Plan("-target=savings_schedule.this")
	if got := changedLines(p.Text); len(got) > 0 {
		t.Errorf("the import changes %v:\n%s", got, p.Text)
	}
	c.Apply(p.File)
	c.PlanEmpty("-target=savings_schedule.this")
}
