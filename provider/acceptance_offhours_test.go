package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// Hours are known at plan, make no diff after apply (a third of an hour neither), and a plan shows
// before and after.
func TestAccSchedule_offHours(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		events := []string{
			stop("stop", "cron(0 21 ? * MON-FRI *)"), start("start", "cron(20 8 ? * TUE-SAT *)"),
			`rest = { args = ["ec2", "stop-instances", "deploy=devel"], cron_expr = "cron(0 12 ? * MON *)" }`,
			`work = { args = ["ec2", "start-instances", "deploy=devel"], cron_expr = "cron(20 12 ? * MON *)" }`,
		}
		c := applied(t, tool, env, schedule("hours", account, events))
		events[1] = start("start", "cron(0 8 ? * TUE-SAT *)")
		c.Write("main.tf", header+schedule("hours", account, events))
		p := c.Plan()
		want := []string{
			`~ resource "savings_schedule" "this" {`,
			`~ events = {`,
			`~ "start" = {`,
			`~ cron_expr = "cron(20 8 ? * TUE-SAT *)" -> "cron(0 8 ? * TUE-SAT *)"`,
			`~ summary = "start Aurora cluster db every Tuesday to Saturday at 08:20, Asia/Tokyo" -> ` +
				`"start Aurora cluster db every Tuesday to Saturday at 08:00, Asia/Tokyo"`,
			`~ off_hours_per_week = {`,
			`~ "rds/cluster/db" = 56.67 -> 55`,
		}
		if diff := cmp.Diff(want, bodyLines(p.Text)); diff != "" {
			t.Errorf("changed lines (-want +got):\n%s\n%s", diff, p.Text)
		}
		c.Apply(p.File)
		c.PlanEmpty()
	})
}

// A state of an earlier release has no hours. A refresh fills them in, and that is no diff.
func TestAccSchedule_offHoursOfAnOldState(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		c := applied(t, tool, env, schedule("old", account, []string{
			stop("stop", "cron(0 21 ? * MON-FRI *)"), start("start", "cron(0 8 ? * TUE-SAT *)"),
		}))
		path := filepath.Join(c.Dir, "terraform.tfstate")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var state map[string]any
		if err := json.Unmarshal(data, &state); err != nil {
			t.Fatal(err)
		}
		resource := state["resources"].([]any)[0].(map[string]any)
		attributes := resource["instances"].([]any)[0].(map[string]any)["attributes"].(map[string]any)
		if attributes["off_hours_per_week"] == nil {
			t.Fatal("the state has no off_hours_per_week")
		}
		delete(attributes, "off_hours_per_week")
		if data, err = json.Marshal(state); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c.PlanEmpty()
		p := c.Plan("-refresh=false")
		want := []string{
			`~ resource "savings_schedule" "this" {`,
			`+ off_hours_per_week = {`,
			`+ "rds/cluster/db" = 55`,
		}
		if diff := cmp.Diff(want, bodyLines(p.Text)); diff != "" {
			t.Errorf("without a refresh (-want +got):\n%s\n%s", diff, p.Text)
		}
		c.Apply()
		c.PlanEmpty("-refresh=false")
	})
}
