package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestMoved makes the block in a module call and moves it to a resource of its own: the plan changes
// nothing, and no schedule is written again.
func TestMoved(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			a := fakeaws.Start(t, fakeaws.WithRegion("ap-northeast-1"), fakeaws.WithoutRoleChecks())
			c := acctest.NewCLI(t, tool, "AWS_ENDPOINT_URL="+a.URL(), "AWS_REGION=ap-northeast-1", "AWS_ACCESS_KEY_ID=testing",
				"AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
			inExamples(c, "moved")
			after, err := os.ReadFile(filepath.Join("moved", "main.tf"))
			if err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(filepath.Join("moved", "before", "main.tf"))
			if err != nil {
				t.Fatal(err)
			}
			c.Write("main.tf", strings.ReplaceAll(string(before), "../../modules", "../modules"))
			c.Init()
			c.Apply()
			c.Write("main.tf", string(after))
			c.Init()
			p := c.Plan()
			for _, r := range p.JSON.ResourceChanges {
				if !r.Change.Actions.NoOp() || r.PreviousAddress != "module.saving.savings_schedule.this" {
					t.Errorf("%s, from %q: %v", r.Address, r.PreviousAddress, r.Change.Actions)
				}
			}
			if want := "module.saving.savings_schedule.this has moved to savings_schedule.this"; !strings.Contains(p.Text, want) {
				t.Errorf("the plan does not say %q:\n%s", want, p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
			for _, r := range a.Requests() {
				if r.Operation == "UpdateSchedule" || r.Operation == "DeleteSchedule" {
					t.Errorf("%s %s: nothing had to be written", r.Operation, r.Name)
				}
			}
		})
	}
}

var movedBlock = regexp.MustCompile(`(?s)\nmoved \{.*?\n\}\n`)

// TestMoved_own runs the example's own test with each program's test command.
func TestMoved_own(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c := acctest.NewCLI(t, tool)
			inExamples(c, "moved")
			c.Init()
			res := c.Run("test", "-no-color")
			if res.ExitCode != 0 || !strings.Contains(res.Stdout, " passed, 0 failed.") {
				t.Errorf("exit status %d:\n%s%s", res.ExitCode, res.Stdout, res.Stderr)
			}
			if tool == tfcli.Tofu {
				return // its test has no state of the module call
			}
			config, err := os.ReadFile(filepath.Join("moved", "main.tf"))
			if err != nil {
				t.Fatal(err)
			}
			c.Write("main.tf", movedBlock.ReplaceAllString(string(config), ""))
			if res := c.Run("test", "-no-color"); res.ExitCode == 0 {
				t.Errorf("the test does not notice that there is no moved block:\n%s", res.Stdout)
			}
		})
	}
}
