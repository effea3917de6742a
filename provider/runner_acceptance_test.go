package provider_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// runnerAndSchedule are a runner and a schedule that depends on it.
func runnerAndSchedule(name string, memory int) string {
	return header + fmt.Sprintf(`
resource "savings_runner" "tools" {
  name        = %[1]q
  memory_size = %[2]d
}

resource "savings_schedule" "this" {
  name             = %[1]q
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"
  events = {
    stop = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 ? * Mon-Sun *)" }
  }
}
`, name, memory)
}

// The life of a runner with a schedule on it: what changes on the runner leaves the schedule alone.
func TestAccRunner_life(t *testing.T) {
	t.Parallel()
	onPairs(t, 0, func(t *testing.T, c *acctest.CLI, e *acctest.Emulator) {
		name := e.Name("runner-life-" + string(c.Tool))
		c.Write("main.tf", runnerAndSchedule(name, 128))
		c.Init()
		c.Apply()
		c.PlanEmpty()

		c.Write("main.tf", runnerAndSchedule(name, 256))
		p := c.Plan()
		want := []string{`~ resource "savings_runner" "tools" {`, `~ memory_size = 128 -> 256`}
		if diff := cmp.Diff(want, bodyLines(p.Text)); diff != "" {
			t.Errorf("changed lines (-want +got):\n%s\n%s", diff, p.Text)
		}
		c.Apply(p.File)
		c.PlanEmpty()

		changeRunnerOutside(t, e, name)
		p = c.Plan()
		for _, rc := range p.JSON.ResourceChanges {
			if rc.Change.Actions.NoOp() {
				continue
			}
			drift := []any{
				"log group /aws/lambda/" + name + " is missing",
				"execution role's policy savings-runner is missing",
				"scheduler's role's policy savings-runner was changed: allow lambda:* on *",
			}
			before := rc.Change.Before.(map[string]any)["drift"]
			if diff := cmp.Diff(any(drift), before); rc.Type != "savings_runner" || diff != "" {
				t.Errorf("%s changes; its drift (-want +got):\n%s", rc.Address, diff)
			}
		}
		c.Apply(p.File)
		c.PlanEmpty()

		c.Run("state", "rm", "savings_runner.tools")
		c.Import("savings_runner.tools", name)
		c.PlanEmpty()

		c.Destroy()
		e.CheckEmpty(t, name)
	})
}

func changeRunnerOutside(t *testing.T, e *acctest.Emulator, name string) {
	t.Helper()
	role := aws.String(name + "-" + region)
	_, err := cloudwatchlogs.NewFromConfig(e.Config(t)).DeleteLogGroup(t.Context(),
		&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("/aws/lambda/" + name)})
	if err != nil {
		t.Fatal(err)
	}
	client := iam.NewFromConfig(e.Config(t))
	_, err = client.DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
		RoleName: role, PolicyName: aws.String("savings-runner"),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String(*role + "-scheduler"), PolicyName: aws.String("savings-runner"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":` +
			`{"Effect":"Allow","Action":"lambda:*","Resource":"*"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
}
