package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// heldByAWS is what was in the fake AWS after the apply that testdata/upgrade records, beside it what
// is no part of the JSON of groups and functions.
type heldByAWS struct {
	Groups       map[string]fakeaws.Group
	GroupTags    map[string]map[string]string
	Schedules    []fakeaws.Schedule
	Roles        map[string]fakeaws.Role
	Functions    map[string]fakeaws.Function
	FunctionTags map[string]map[string]string
	EventInvoke  map[string]*fakeaws.EventInvokeConfig
	LogGroups    map[string]fakeaws.LogGroup
}

// putInto makes a fake AWS hold it.
func (h heldByAWS) putInto(a *fakeaws.AWS) {
	for name := range h.Groups {
		a.Scheduler().PutGroup(name, h.GroupTags[name])
	}
	for _, schedule := range h.Schedules {
		a.Scheduler().PutSchedule(schedule)
	}
	for _, role := range h.Roles {
		a.IAM().PutRole(role)
	}
	for name, function := range h.Functions {
		function.Tags, function.EventInvoke = h.FunctionTags[name], h.EventInvoke[name]
		a.Lambda().PutFunction(function)
	}
	for _, group := range h.LogGroups {
		a.Logs().PutGroup(group)
	}
}

// recorded is a program in a folder with the configuration and the state in testdata/upgrade, with the AWS
// of then. They were written by the provider as of commit 5c66305, with OpenTofu against the fake AWS.
func recorded(t *testing.T, tool tfcli.Tool, state func(string) string) *acctest.CLI {
	t.Helper()
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join("testdata", "upgrade", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	var held heldByAWS
	if err := json.Unmarshal([]byte(read("aws.json")), &held); err != nil {
		t.Fatal(err)
	}
	a, env := fakeAWS(t)
	held.putInto(a)
	c := acctest.NewCLI(t, tool, env...)
	c.Write("main.tf", read("main.tf"))
	text := strings.ReplaceAll(read("terraform.tfstate"), tfcli.Tofu.Registry(), tool.Registry())
	c.Write("terraform.tfstate", state(text))
	c.Init()
	return c
}

// This release may change the runner in place. A plan that refreshes leaves the
// schedules as they are; one that does not fills in what they did not have then. After that there is
// nothing more to do.
func TestAccUpgrade(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		for _, refresh := range []string{"true", "false"} {
			c := recorded(t, tool, func(state string) string { return state })
			p := c.Plan("-refresh=" + refresh)
			for _, change := range p.JSON.ResourceChanges {
				actions := change.Change.Actions
				mayUpdate := change.Type != "savings_schedule" || refresh == "false"
				if !actions.NoOp() && (!mayUpdate || !actions.Update()) {
					t.Errorf("refresh=%s: %s: %v\n%s", refresh, change.Address, actions, p.Text)
				}
			}
			if len(p.JSON.ResourceChanges) != 3 {
				t.Errorf("refresh=%s: %d resources in the plan, want 3\n%s", refresh, len(p.JSON.ResourceChanges), p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
		}
	})
}

// A state of a later release may have attributes that this one does not know. They are dropped, and nothing
// but the runner changes.
func TestAccDowngrade(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		c := recorded(t, tool, func(state string) string {
			for _, member := range []string{`"attributes": {`, `"retry": {`} {
				if !strings.Contains(state, member) {
					t.Fatalf("the state is without %s", member)
				}
				state = strings.ReplaceAll(state, member, member+`"of_a_later_release": "text",`)
			}
			return state
		})
		p := c.Plan()
		for _, change := range p.JSON.ResourceChanges {
			if actions := change.Change.Actions; !actions.NoOp() && (change.Type != "savings_runner" || !actions.Update()) {
				t.Errorf("%s: %v\n%s", change.Address, actions, p.Text)
			}
		}
		c.Apply(p.File)
		c.PlanEmpty()
	})
}
