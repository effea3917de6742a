package provider_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// header is the beginning of each configuration: the provider finds everything in the environment.
const header = `
terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}
`

// fakeAWS starts the fake AWS with the role and the function that the configurations name, and
// returns the environment of a program that talks to it.
func fakeAWS(t testing.TB, opts ...fakeaws.Option) (*fakeaws.AWS, []string) {
	t.Helper()
	a := fakeaws.Start(t, append([]fakeaws.Option{fakeaws.WithoutRoleChecks(), fakeaws.WithRegion(region)}, opts...)...)
	return a, cloudEnv(a)
}

// cloudEnv is the environment of a program that talks to a fake AWS.
func cloudEnv(a *fakeaws.AWS) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + a.URL(),
		"AWS_REGION=" + region,
		"AWS_ACCESS_KEY_ID=testing",
		"AWS_SECRET_ACCESS_KEY=testing",
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

const (
	region  = "ap-northeast-1"
	account = "123456789012"
)

// schedule is a savings_schedule resource named this; events are the elements of its map.
func schedule(name, account string, events []string, extra ...string) string {
	return fmt.Sprintf(`
resource "savings_schedule" "this" {
  name         = %q
  function_arn = "arn:aws:lambda:%s:%s:function:tools"
  role_arn     = "arn:aws:iam::%s:role/tools-scheduler"
  timezone     = "Asia/Tokyo"
  permissions  = "external"
  %s
  events = {
    %s
  }
}
`, name, region, account, account, strings.Join(extra, "\n  "), strings.Join(events, "\n    "))
}

// stops are n nightly stops, stop_00 to stop_NN.
func stops(n int) []string {
	var events []string
	for i := range n {
		events = append(events, stop(fmt.Sprintf("stop_%02d", i), fmt.Sprintf("cron(%d %d ? * MON-SUN *)", i%60, 21-i/60)))
	}
	return events
}

func stop(key, expr string) string {
	return fmt.Sprintf(`%s = { args = ["rds", "stop-cluster", "db"], cron_expr = %q }`, key, expr)
}

func start(key, expr string) string {
	return fmt.Sprintf(`%s = { args = ["rds", "start-cluster", "db"], cron_expr = %q }`, key, expr)
}

// schedulesIn lists the names in a group, none where the group is not there.
func schedulesIn(t *testing.T, cfg aws.Config, group string) []string {
	t.Helper()
	client := scheduler.NewFromConfig(cfg)
	pages := scheduler.NewListSchedulesPaginator(client, &scheduler.ListSchedulesInput{GroupName: &group})
	names := []string{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			return names
		}
		for _, s := range page.Schedules {
			names = append(names, aws.ToString(s.Name))
		}
	}
	slices.Sort(names)
	return names
}

// groupGone fails the test where the group still exists.
func groupGone(t *testing.T, cfg aws.Config, group string) {
	t.Helper()
	_, err := scheduler.NewFromConfig(cfg).GetScheduleGroup(t.Context(), &scheduler.GetScheduleGroupInput{Name: &group})
	if err == nil {
		t.Errorf("group %s still exists", group)
	}
	if names := schedulesIn(t, cfg, group); len(names) > 0 {
		t.Errorf("group %s still holds %v", group, names)
	}
}

// changedLines are the lines of a plan that begin with +, - or ~, with single blanks: the programs
// align differently.
func changedLines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		for _, mark := range []string{"+ ", "- ", "~ ", "-/+"} {
			if strings.HasPrefix(line, mark) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// applied writes the configuration, applies it and sees that a second plan is empty.
func applied(t testing.TB, tool tfcli.Tool, env []string, config string) *acctest.CLI {
	t.Helper()
	c := acctest.NewCLI(t, tool, env...)
	c.Write("main.tf", header+config)
	c.Init()
	c.Apply()
	c.PlanEmpty()
	return c
}

// update is set by UPDATE=1: golden files are written anew.
var update = os.Getenv("UPDATE") != ""
