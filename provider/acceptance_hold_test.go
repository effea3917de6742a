package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// A hold is a tag on the schedules' group. The provider shows no drift from it, and neither an
// update of the schedules and their tags nor of the group's other tags takes it away.
func TestAccSchedule_holdStays(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		config := func(team string) string {
			return schedule("held", account, stops(2), `tags = { team = "`+team+`" }`)
		}
		c := applied(t, tool, env, config("web"))
		group, _ := a.Scheduler().Group("held")
		holds := map[string]string{
			"savings:hold":         "2026-11-30T23:00:00Z stops quarter-end close",
			"savings:hold:stop_00": "2026-11-30T23:00:00Z all",
		}
		tags := maps.Clone(group.Tags)
		maps.Copy(tags, holds)
		a.Scheduler().PutGroup("held", tags)
		c.PlanEmpty()
		if text := c.Run("apply", "-refresh-only", "-auto-approve").Stdout; strings.Contains(text, "hold:") {
			t.Errorf("a refresh shows the hold:\n%s", text)
		}
		c.Write("main.tf", header+strings.ReplaceAll(config("api"), "0 21 ?", "0 22 ?"))
		c.Apply()
		c.PlanEmpty()
		group, _ = a.Scheduler().Group("held")
		holds["team"] = "api"
		if !maps.Equal(group.Tags, holds) {
			t.Errorf("the group's tags are %v, want %v", group.Tags, holds)
		}
		c.Destroy()
		emptyCloud(t, a)
	})
}
