package command_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

const sizeTag = "savings:asg"

// group says how a group is: its sizes and what it remembers.
func (c cloud) group(t *testing.T, name string) string {
	t.Helper()
	g, ok := c.AutoScaling().Group(name)
	if !ok {
		t.Fatalf("no group %s", name)
	}
	return fmt.Sprintf("%d/%d/%d %s", g.Min, g.Desired, g.Max, g.Tags[sizeTag])
}

func TestASG_stopStartAndAgain(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.AutoScaling().Put(fakeaws.ScalingGroup{
		Name: "web", Min: 2, Desired: 4, Max: 8, Suspended: []string{"AZRebalance"},
		Tags: map[string]string{"deploy": "devel"},
	})
	for _, step := range []struct{ args, want, group string }{
		{"asg start web", "web already min=2 desired=4 ", "2/4/8 "},
		{"asg stop web --dry-run", "web dry_run min=2 desired=4 would remember min=2 desired=4 and " +
			"set 0: AWS then terminates its instances", "2/4/8 "},
		{"asg stop web", "web done min=0 desired=0 ", "0/0/8 min=2 desired=4"},
		{"asg stop deploy=devel", "web already min=0 desired=0 ", "0/0/8 min=2 desired=4"},
		{"asg start web --dry-run", "web dry_run min=0 desired=0 would set min=2 desired=4",
			"0/0/8 min=2 desired=4"},
		{"asg start deploy=devel", "web done min=2 desired=4 ", "2/4/8 "},
		{"asg start web", "web already min=2 desired=4 ", "2/4/8 "},
	} {
		c.runEach(t, [][2]string{{step.args, step.want}})
		if got := c.group(t, "web"); got != step.group {
			t.Errorf("after %s: %s, want %s", step.args, got, step.group)
		}
		if g, _ := c.AutoScaling().Group("web"); len(g.Suspended) != 1 || g.Propagated[sizeTag] {
			t.Errorf("after %s: suspended %v, the tag is propagated: %t", step.args, g.Suspended,
				g.Propagated[sizeTag])
		}
	}
}

func TestASG_waits(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.AutoScaling().SlowScaling(3)
	c.AutoScaling().Put(fakeaws.ScalingGroup{Name: "web", Min: 1, Desired: 2, Max: 2})
	for _, verb := range []string{"stop", "start"} {
		report := c.run(t, "asg", verb, "web", "--wait")
		if got := report.Results[0].Outcome; got != command.Done {
			t.Errorf("%s: %s", verb, got)
		}
		g, _ := c.AutoScaling().Group("web")
		if g.Instances != g.Desired {
			t.Errorf("%s ended with %d instances of %d", verb, g.Instances, g.Desired)
		}
	}
	c.AutoScaling().SlowScaling(1000)
	c.runEach(t, [][2]string{{"asg stop web --wait",
		"web failed min=0 desired=0 after 14m still 2 instances left"}})
}

func TestASG_neverAGuess(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, verb string
		group      fakeaws.ScalingGroup
		want, end  string
	}{
		{"nothing remembered", "start", fakeaws.ScalingGroup{Max: 4},
			"failed min=0 desired=0 nothing remembered: it has no tag savings:asg, " +
				"so set its size yourself once", "0/0/4 "},
		{"a tag that no stop wrote", "start",
			fakeaws.ScalingGroup{Max: 4, Tags: map[string]string{sizeTag: "min=3 desired=2"}},
			`failed min=0 desired=0 its tag savings:asg is "min=3 desired=2", which no stop wrote: ` +
				"set the group's size yourself, and remove the tag", "0/0/4 min=3 desired=2"},
		{"stop of an empty group remembers nothing", "stop", fakeaws.ScalingGroup{Max: 4},
			"already min=0 desired=0 ", "0/0/4 "},
		{"only the desired capacity is not zero", "stop", fakeaws.ScalingGroup{Desired: 3, Max: 4},
			"done min=0 desired=0 ", "0/0/4 min=0 desired=3"},
		{"a policy has lifted it since the stop: the first size stays remembered", "stop",
			fakeaws.ScalingGroup{
				Desired: 1, Max: 4, Tags: map[string]string{sizeTag: "min=2 desired=3"},
			}, "done min=0 desired=0 ", "0/0/4 min=2 desired=3"},
		{"the same, started", "start",
			fakeaws.ScalingGroup{
				Desired: 1, Max: 4, Tags: map[string]string{sizeTag: "min=2 desired=3"},
			}, "done min=2 desired=3 ", "2/3/4 "},
		{"a policy has lifted a group without a minimum", "stop",
			fakeaws.ScalingGroup{
				Desired: 1, Max: 8, Tags: map[string]string{sizeTag: "min=0 desired=4"},
			}, "done min=0 desired=0 ", "0/0/8 min=0 desired=4"},
		{"the same without a minimum, started", "start",
			fakeaws.ScalingGroup{
				Desired: 1, Max: 8, Tags: map[string]string{sizeTag: "min=0 desired=4"},
			}, "done min=0 desired=4 ", "0/4/8 "},
		{"a policy has lifted it above what is remembered", "stop",
			fakeaws.ScalingGroup{
				Desired: 6, Max: 8, Tags: map[string]string{sizeTag: "min=0 desired=4"},
			}, "done min=0 desired=0 ", "0/0/8 min=0 desired=6"},
		{"a start that could not forget is not believed later", "stop",
			fakeaws.ScalingGroup{
				Min: 1, Desired: 1, Max: 4, Tags: map[string]string{sizeTag: "min=2 desired=3"},
			}, "done min=0 desired=0 ", "0/0/4 min=1 desired=1"},
		{"started by somebody else: only the tag goes", "start",
			fakeaws.ScalingGroup{
				Min: 1, Desired: 1, Max: 4, Tags: map[string]string{sizeTag: "min=2 desired=3"},
			}, "already min=1 desired=1 ", "1/1/4 "},
		{"a maximum that was lowered meanwhile", "start",
			fakeaws.ScalingGroup{Max: 2, Tags: map[string]string{sizeTag: "min=2 desired=3"}},
			"failed min=0 desired=0 ValidationError: Desired capacity:3 must be between the specified " +
				"min size:2 and max size:2", "0/0/2 min=2 desired=3"},
		{"on its way out, to stop", "stop",
			fakeaws.ScalingGroup{Min: 1, Desired: 1, Max: 1, Status: "Delete in progress"},
			"skipped min=1 desired=1 it is being deleted", "1/1/1 "},
		{"on its way out, to start", "start", fakeaws.ScalingGroup{Status: "Delete in progress"},
			"failed min=0 desired=0 it is being deleted, and nothing brings it back", "0/0/0 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			tt.group.Name = "web"
			c.AutoScaling().Put(tt.group)
			c.runEach(t, [][2]string{{"asg " + tt.verb + " web", "web " + tt.want}})
			if got := c.group(t, "web"); got != tt.end {
				t.Errorf("it is %s in the end, want %s", got, tt.end)
			}
		})
	}
}

func TestASG_failingTagWriteSetsNothing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.AutoScaling().Put(fakeaws.ScalingGroup{Name: "web", Min: 1, Desired: 2, Max: 2})
	c.Fail(fakeaws.Match{Operation: "CreateOrUpdateTags"}, fakeaws.Fault{
		Code: "AccessDenied", Message: "not you", Status: http.StatusForbidden,
	})
	c.runEach(t, [][2]string{{"asg stop web", "web denied min=1 desired=2 " +
		"access denied (autoscaling:CreateOrUpdateTags): AccessDenied: not you"}})
	if got := c.group(t, "web"); got != "1/2/2 " {
		t.Errorf("it is %s", got)
	}
	if n := c.operations()["UpdateAutoScalingGroup"]; n != 0 {
		t.Errorf("%d updates", n)
	}
}

func TestASG_failingForgetIsSaidAndMendedLater(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.AutoScaling().Put(fakeaws.ScalingGroup{
		Name: "web", Max: 2, Tags: map[string]string{sizeTag: "min=1 desired=2"},
	})
	c.Fail(fakeaws.Match{Operation: "DeleteTags"}, fakeaws.Fault{
		Code: "AccessDenied", Message: "not you", Status: http.StatusForbidden,
	})
	c.runEach(t, [][2]string{{"asg start web", "web denied min=1 desired=2 its size is given back, " +
		"but the tag savings:asg is still there: " +
		"access denied (autoscaling:DeleteTags): AccessDenied: not you"}})
	c.ClearFaults()
	c.runEach(t, [][2]string{{"asg start web", "web already min=1 desired=2 "}})
	if got := c.group(t, "web"); got != "1/2/2 " {
		t.Errorf("it is %s", got)
	}
}

func TestASG_busyGroupIsTriedAgain(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.AutoScaling().Put(fakeaws.ScalingGroup{Name: "web", Min: 1, Desired: 1, Max: 1})
	busy := fakeaws.Fault{Code: "ScalingActivityInProgress", Message: "wait"}
	c.Fail(fakeaws.Match{Operation: "UpdateAutoScalingGroup", Times: 3}, busy)
	c.runEach(t, [][2]string{{"asg stop web", "web done min=0 desired=0 "}})
	c.Fail(fakeaws.Match{Operation: "UpdateAutoScalingGroup"}, busy)
	c.runEach(t, [][2]string{{"asg start web", "web failed min=0 desired=0 " +
		"still busy after 14m; ScalingActivityInProgress: wait"}})
}

func TestASG_selects(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.AutoScaling().SetPageSize(20)
	for i := range 45 {
		c.AutoScaling().Put(fakeaws.ScalingGroup{
			Name: fmt.Sprintf("g%02d", i), Min: 1, Desired: 1, Max: 1,
			Tags: map[string]string{"deploy": "devel", "n": fmt.Sprint(i % 2)},
		})
	}
	c.AutoScaling().Put(fakeaws.ScalingGroup{
		Name: "kept", Min: 1, Desired: 1, Max: 1,
		Tags: map[string]string{"deploy": "devel", "n": "1", "savings:keep": "yes"},
	})
	c.AutoScaling().Deny("g03")
	report := c.run(t, "asg", "stop", "deploy=devel,n=1", "g01", "nobody", "x=y")
	want := map[command.Outcome]int{
		command.Done: 21, command.Denied: 1, command.NotFound: 1, command.Skipped: 3,
	}
	if d := cmp.Diff(want, outcomes(report)); d != "" {
		t.Error(d)
	}
	wantErr := "2 of 26 failed: g03: access denied (autoscaling:CreateOrUpdateTags); " +
		"nobody: no such Auto Scaling group in us-east-1: check name and region"
	if err := report.Err(); err == nil || err.Error() != wantErr {
		t.Errorf("error %v", err)
	}
	if n := c.operations()["DescribeAutoScalingGroups"]; n != 4+21 {
		t.Errorf("%d descriptions, want two for the names and tags, one for a second page, "+
			"and one after each stop", n)
	}
}

// Stop and start, doubled and in any order, with any call failing before or after it took effect,
// give back exactly what there was.
func TestASG_givesBackWhatThereWas(t *testing.T) {
	t.Parallel()
	operations := []string{"UpdateAutoScalingGroup", "CreateOrUpdateTags", "DeleteTags"}
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 4))
		c := newCloud(t)
		before := fakeaws.ScalingGroup{Name: "web", Min: random.IntN(3), Max: 9}
		before.Desired = before.Min + random.IntN(4)
		if before.Desired == 0 {
			before.Desired = 1
		}
		c.AutoScaling().Put(before)
		var story []string
		for range 1 + random.IntN(8) {
			verb := []string{"stop", "start"}[random.IntN(2)]
			fault := fakeaws.Fault{Code: "ValidationError", Message: "no"}
			if random.IntN(2) == 0 {
				fault = fakeaws.Fault{Lost: true}
			}
			operation := operations[random.IntN(3)]
			if random.IntN(3) > 0 {
				c.Fail(fakeaws.Match{Operation: operation}, fault)
				verb += fmt.Sprintf(" with %s failing (lost: %t)", operation, fault.Lost)
			}
			c.run(t, "asg", strings.Fields(verb)[0], "web")
			c.ClearFaults()
			story = append(story, verb+": "+c.group(t, "web"))
		}
		for _, verb := range []string{"stop", "start"} {
			if err := c.run(t, "asg", verb, "web").Err(); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		want := fmt.Sprintf("%d/%d/9 ", before.Min, before.Desired)
		if got := c.group(t, "web"); got != want {
			t.Fatalf("seed %d: %s in the end, want %s, after\n%s", seed, got, want,
				strings.Join(story, "\n"))
		}
	}
}
