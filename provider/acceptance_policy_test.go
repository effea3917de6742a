package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// granted is a savings_schedule that grants the role tools-role what its events need.
func granted(name string, events []string, extra ...string) string {
	return strings.Replace(schedule(name, account, events, extra...),
		`permissions  = "external"`, `runner_role_name = "tools-role"`, 1)
}

// clusters is an event that stops n clusters.
func clusters(n int) string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("%q", fmt.Sprintf("sample-ai-aurora-cluster-%03d", i)))
	}
	return fmt.Sprintf(`stop = { args = ["rds", "stop-cluster", %s], cron_expr = "cron(0 21 * * ? *)" }`,
		strings.Join(ids, ", "))
}

// A runner that is replaced under its name loses the schedules' policies with its role; the same
// apply puts them on the new one, also for a runner of another provider instance.
func TestAccSchedule_runnerReplaced(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		c := applied(t, tool, env, `
provider "savings" {
  alias = "runners"
}
`+strings.TrimPrefix(strings.Replace(runnerAndSchedule("replaced", 128), `name        =`,
			"provider    = savings.runners\n  name        =", 1), header))
		before, _ := a.IAM().Role("replaced-ap-northeast-1")
		p := c.Plan("-replace=savings_runner.tools")
		if !strings.Contains(p.Text, `~ runner_role_id`) {
			t.Errorf("the plan does not show the schedule's update:\n%s", p.Text)
		}
		c.Apply(p.File)
		after, _ := a.IAM().Role("replaced-ap-northeast-1")
		if before.ID == after.ID {
			t.Fatal("the role was not made again")
		}
		if got, want := after.Policies["savings-ap-northeast-1-replaced"], before.Policies["savings-ap-northeast-1-replaced"]; got != want || got == "" {
			t.Errorf("policy on the new role: got %q, want %q", got, want)
		}
		c.PlanEmpty()
	})
}

// Where the caller may not read roles, nothing fails and nothing is a diff.
func TestAccSchedule_roleUnreadable(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		a.IAM().PutRole(fakeaws.Role{Name: "tools-role"})
		denied := fakeaws.Fault{Code: "AccessDenied", Message: "not authorized", Status: 403}
		a.Fail(fakeaws.Match{Operation: "GetRole"}, denied)
		a.Fail(fakeaws.Match{Operation: "ListRolePolicies"}, denied)
		c := applied(t, tool, env, granted("unreadable", []string{stop("stop", "cron(0 21 * * ? *)")}))
		c.Write("main.tf", header+granted("unreadable", []string{stop("stop", "cron(0 22 * * ? *)")}))
		if p := c.Plan(); strings.Contains(p.Text, "runner_role_id") {
			t.Errorf("the plan shows runner_role_id:\n%s", p.Text)
		}
		c.Apply()
		c.PlanEmpty()
	})
}

// Terraform plans again at apply, and the two plans must be one, whoever may read the role at either
// and whatever has become of it in between.
func TestAccSchedule_roleBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	const role = "tools-role"
	deny := func(a *fakeaws.AWS) {
		a.Fail(fakeaws.Match{Operation: "GetRole"}, fakeaws.Fault{Code: "AccessDenied", Message: "not authorized", Status: 403})
	}
	allow := (*fakeaws.AWS).ClearFaults
	renew := func(a *fakeaws.AWS) { a.IAM().PutRole(fakeaws.Role{Name: role, ID: "AROAMADEAGAIN"}) }
	nothing := func(*fakeaws.AWS) {}
	tests := []struct {
		name                        string
		create, plan, between, last func(*fakeaws.AWS)
		refresh, minute             string
		twice                       bool // the first apply has to think that the role is the old one
	}{
		{"the apply alone may read", deny, nothing, allow, nothing, "true", "30", false},
		{"the plan alone may read", deny, allow, deny, nothing, "false", "30", false},
		{"the plan alone may read and refreshes", deny, allow, deny, nothing, "true", "30", false},
		{"made again", nothing, nothing, renew, nothing, "true", "30", false},
		{"made again before, nothing else", nothing, renew, nothing, nothing, "false", "0", false},
		{"made again before, the plan alone may read", nothing, renew, deny, allow, "false", "0", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
				a, env := fakeAWS(t)
				a.IAM().PutRole(fakeaws.Role{Name: role})
				tt.create(a)
				c := applied(t, tool, env, granted("between", []string{stop("stop", "cron(0 21 * * ? *)")}))
				tt.plan(a)
				c.Write("main.tf", header+granted("between", []string{stop("stop", "cron("+tt.minute+" 21 * * ? *)")}))
				p := c.Plan("-refresh=" + tt.refresh)
				tt.between(a)
				c.Apply(p.File)
				tt.last(a)
				if tt.twice {
					c.Apply()
				}
				now, _ := a.IAM().Role(role)
				if now.Policies["savings-ap-northeast-1-between"] == "" {
					t.Errorf("the role has the policies %v", now.Policies)
				}
				c.PlanEmpty()
			})
		})
	}
}

// An update that fails in the middle is not called a change from outside: the next plan says what it
// wrote, and goes on; a configuration that goes back is written back.
func TestAccSchedule_partialUpdate(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		for _, goesOn := range []bool{true, false} {
			a, env := fakeAWS(t)
			before := header + schedule("partial", account, stops(4))
			after := header + schedule("partial", account, stops(4), `retry = { maximum_attempts = 20 }`)
			c := applied(t, tool, env, strings.TrimPrefix(before, header))
			a.Fail(fakeaws.Match{Operation: "UpdateSchedule", Name: "stop_02"},
				fakeaws.Fault{Code: "ValidationException", Message: "Invalid something.", Status: 400})
			c.Write("main.tf", after)
			c.ApplyFails("-parallelism=1")
			a.ClearFaults()
			written := 0
			for _, s := range a.Scheduler().Schedules("partial") {
				if *s.Target.RetryPolicy.MaximumRetryAttempts == 20 {
					written++
				}
			}
			if written == 0 || written == 4 {
				t.Fatalf("%d of 4 schedules were written", written)
			}
			if !goesOn {
				c.Write("main.tf", before)
			}
			p := c.Plan()
			if strings.Contains(p.Text, "changed outside") {
				t.Errorf("the plan calls its own writes changed outside:\n%s", p.Text)
			}
			if n := strings.Count(p.Text, "(written by an update that failed: 20 retries instead of 10)"); n != written {
				t.Errorf("the plan tells of %d writes, want %d:\n%s", n, written, p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
			want := map[bool]int{true: 20, false: 10}[goesOn]
			for name, s := range a.Scheduler().Schedules("partial") {
				if got := *s.Target.RetryPolicy.MaximumRetryAttempts; got != want {
					t.Errorf("%s has %d retries, want %d", name, got, want)
				}
			}
		}
	})
}

// Targets of another account, and functions of another place, are refused before anything is made.
func TestAccSchedule_otherPlaces(t *testing.T) {
	t.Parallel()
	const cluster = `stop = { args = ["rds", "stop-cluster", "arn:%s:rds:%s:%s:cluster:db"], cron_expr = "cron(0 21 * * ? *)" }`
	plain := []string{stop("stop", "cron(0 21 * * ? *)")}
	tests := map[string]struct{ config, want string }{
		"a target of another account": {
			schedule("s", account, []string{fmt.Sprintf(cluster, "aws", region, "999999999999")}),
			`Event "stop" has a target elsewhere: "arn:aws:rds:ap-northeast-1:999999999999:cluster:db" is in account 999999999999; the runner works in account 123456789012 alone`,
		},
		"a target of another partition": {
			schedule("s", account, []string{fmt.Sprintf(cluster, "aws-cn", "cn-north-1", account)}),
			"is in partition aws-cn; the runner works in partition aws alone",
		},
		"a function of another region": {
			strings.Replace(schedule("s", account, plain), "lambda:"+region, "lambda:us-east-1", 1),
			"is in region us-east-1, and the provider works in ap-northeast-1. EventBridge Scheduler invokes functions of its own region",
		},
		"a function of another account": {
			schedule("s", "999999999999", plain),
			"is in account 999999999999, and the provider works in 123456789012.",
		},
		"a function of another partition": {
			strings.Replace(schedule("s", account, plain), "arn:aws:lambda", "arn:aws-cn:lambda", 1),
			"is in partition aws-cn, and region ap-northeast-1 is in partition aws. Write an ARN that begins with arn:aws:, or another region.",
		},
	}
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header)
		c.Init()
		for name, tt := range tests {
			c.Write("main.tf", header+tt.config)
			if got := acctest.Flat(c.PlanFails()); !strings.Contains(got, tt.want) {
				t.Errorf("%s: got %s\nwant %s", name, got, tt.want)
			}
		}
		c.Write("main.tf", header+schedule("s", account, []string{
			fmt.Sprintf(cluster, "aws", "us-west-2", account),
			`start = { args = ["ec2", "start-instances", "deploy=devel", "--region=eu-west-1"], cron_expr = "cron(0 8 * * ? *)" }`,
		}))
		p := c.Plan()
		for _, want := range []string{
			`arn:aws:rds:us-west-2:123456789012:cluster:db`, `arn:aws:ec2:eu-west-1:123456789012:instance/*`, `ec2.eu-west-1.amazonaws.com`,
		} {
			if !strings.Contains(p.Text, want) {
				t.Errorf("the policy lacks %s:\n%s", want, p.Text)
			}
		}
		emptyCloud(t, a)
	})
}

// The order of days off means nothing, and tags = {} is no tags: neither is a diff after an import.
func TestAccSchedule_importMakesNoDiff(t *testing.T) {
	t.Parallel()
	config := func(dates string, extra ...string) string {
		return schedule("imported", account, []string{fmt.Sprintf(
			`stop = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 * * ? *)", except_dates = [%s] }`, dates)}, extra...)
	}
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		applied(t, tool, env, config(`"2096-12-30", "2096-12-29"`))
		for _, extra := range [][]string{{"tags = {}"}, nil} {
			c := acctest.NewCLI(t, tool, env...)
			c.Write("main.tf", header+strings.Replace(config(`"2096-12-29", "2096-12-30"`, extra...),
				`permissions  = "external"`, "", 1))
			c.Init()
			c.Import("savings_schedule.this", "imported")
			c.PlanEmpty()
		}
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+config(`"2096-12-29", "2096-12-30"`, `tags = { team = "web" }`))
		c.Init()
		c.Import("savings_schedule.this", "imported")
		c.Apply()
		c.Write("main.tf", header+config(`"2096-12-29"`))
		if p := c.Plan(); !strings.Contains(p.Text, `- "2096-12-30"`) || !strings.Contains(p.Text, `- "team"`) && !strings.Contains(p.Text, `- tags`) {
			t.Errorf("the plan does not show what goes:\n%s", p.Text)
		}
		c.Apply()
		c.PlanEmpty()
	})
}

// What the role has already counts for AWS's limit, at plan; where it cannot be read, the apply fails
// before it writes a schedule.
func TestAccSchedule_policyTooLarge(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		a.IAM().PutRole(fakeaws.Role{Name: "tools-role", Policies: map[string]string{
			"other": `{"Statement": "` + strings.Repeat("x ", 3000) + `"}`,
		}})
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+granted("large", []string{clusters(150)}))
		c.Init()
		own := acctest.Flat(c.PlanFails())
		for _, want := range []string{"(policy_json) have 1", "AWS allows a role 10240 in all its inline policies", "by a tag"} {
			if !strings.Contains(own, want) {
				t.Errorf("got %s\nwant %s", own, want)
			}
		}
		c.Write("main.tf", header+granted("large", []string{clusters(100)}))
		together := acctest.Flat(c.PlanFails())
		for _, want := range []string{"the other inline policies of role tools-role have 3016", "AWS allows a role 10240 in all", "by a tag"} {
			if !strings.Contains(together, want) {
				t.Errorf("got %s\nwant %s", together, want)
			}
		}
		a.Fail(fakeaws.Match{Operation: "ListRolePolicies"}, fakeaws.Fault{Code: "AccessDenied", Status: 403})
		failed := acctest.Flat(c.ApplyFails())
		for _, want := range []string{"LimitExceeded", "may have 10,240 characters together; select targets by a tag", "nothing was left behind"} {
			if !strings.Contains(failed, want) {
				t.Errorf("got %s\nwant %s", failed, want)
			}
		}
		if n := seen(a, "CreateSchedule"); n != 0 {
			t.Errorf("%d schedules were written before the policy", n)
		}
	})
}

// A rename of a set whose policy fits on the role once, not twice.
func TestAccSchedule_renameWithLargePolicy(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		a.IAM().PutRole(fakeaws.Role{Name: "tools-role"})
		c := applied(t, tool, env, granted("before", []string{clusters(100)}))
		c.Write("main.tf", header+granted("after", []string{clusters(100)}))
		c.Apply()
		c.PlanEmpty()
		role, _ := a.IAM().Role("tools-role")
		if len(role.Policies) != 1 || role.Policies["savings-ap-northeast-1-after"] == "" {
			t.Errorf("policies: %v", role.Policies)
		}
	})
}

// Nobody is named who grants the rights: one warning, with the actions, and none once somebody is.
func TestAccSchedule_nobodyGrants(t *testing.T) {
	t.Parallel()
	events := []string{stop("stop", "cron(0 21 * * ? *)"), start("start", "cron(0 8 * * ? *)")}
	bare := strings.Replace(schedule("ungranted", account, events), `permissions  = "external"`, "", 1)
	tests := map[string]struct {
		config string
		want   int
	}{
		"nobody":      {bare, 1},
		"external":    {schedule("ungranted", account, events), 0},
		"a role":      {granted("ungranted", events), 0},
		"managed":     {strings.Replace(bare, "events =", "permissions = \"managed\"\n  events =", 1), 1},
		"a later one": {strings.Replace(granted("ungranted", events), `"tools-role"`, "terraform_data.later.output", 1), 0},
	}
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header)
		c.Init()
		for name, tt := range tests {
			c.Write("main.tf", header+"resource \"terraform_data\" \"later\" {\n  input = \"tools-role\"\n}\n"+tt.config)
			got := acctest.Flat(c.Plan().Text)
			if n := strings.Count(got, "ungranted: nobody grants the runner its rights"); n != tt.want {
				t.Errorf("%s: %d warnings, want %d:\n%s", name, n, tt.want, got)
			}
			const actions = "The events need rds:DescribeDBClusters, rds:StartDBCluster, rds:StopDBCluster, scheduler:ListTagsForResource."
			if tt.want > 0 && !strings.Contains(got, actions) {
				t.Errorf("%s: the warning does not name the actions:\n%s", name, got)
			}
		}
	})
}

// Several schedules on one runner, made at the same time and removed in either order: each keeps and
// takes away its own policy alone.
func TestAccSchedule_severalOnOneRunner(t *testing.T) {
	t.Parallel()
	several := func(names ...string) string {
		var all string
		for _, name := range names {
			all += strings.Replace(granted(name, []string{stop("stop", "cron(0 21 * * ? *)")}), `"this"`, fmt.Sprintf("%q", name), 1)
		}
		return all
	}
	policies := func(t *testing.T, a *fakeaws.AWS) []string {
		t.Helper()
		role, _ := a.IAM().Role("tools-role")
		return slices.Sorted(maps.Keys(role.Policies))
	}
	const prefix = "savings-ap-northeast-1-"
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		a.IAM().PutRole(fakeaws.Role{Name: "tools-role"})
		c := applied(t, tool, env, several("one", "two", "three"))
		if d := cmp.Diff([]string{prefix + "one", prefix + "three", prefix + "two"}, policies(t, a)); d != "" {
			t.Errorf("after the apply: %s", d)
		}
		c.Write("main.tf", header+several("two", "three"))
		c.Apply()
		c.PlanEmpty()
		if d := cmp.Diff([]string{prefix + "three", prefix + "two"}, policies(t, a)); d != "" {
			t.Errorf("without the first: %s", d)
		}
		c.Write("main.tf", header+several("one", "two"))
		c.Apply()
		c.PlanEmpty()
		if d := cmp.Diff([]string{prefix + "one", prefix + "two"}, policies(t, a)); d != "" {
			t.Errorf("with another order: %s", d)
		}
		c.Destroy()
		if left := policies(t, a); len(left) > 0 {
			t.Errorf("left on the role: %v", left)
		}
	})
}
