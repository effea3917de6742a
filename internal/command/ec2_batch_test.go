package command_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// Fault 5 of the old image: no pages, one call an instance, and terminated ones were stopped. Here
// 2,000 instances take at most 20 calls.
func TestFault05_fleetByTag(t *testing.T) {
	t.Parallel()
	const fleet = 2000
	tests := []struct {
		args          string
		before, after string
		want          map[string]int
	}{
		{"stop-instances", "running", "stopped",
			map[string]int{"DescribeInstances": 3, "StopInstances": 4}},
		{"start-instances", "stopped", "running",
			map[string]int{"DescribeInstances": 12, "StartInstances": 4}},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.EC2().SlowStates(fakeaws.Transition{Reads: 2})
			c.putFleet(fleet, tt.before)
			for i := range 50 {
				c.EC2().Put(fakeaws.Instance{
					ID: ec2ID(fleet + i), State: "terminated", Tags: map[string]string{"deploy": "devel"},
				})
			}
			report := c.run(t, "ec2", tt.args, "deploy=devel")
			if err := report.Err(); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(map[command.Outcome]int{command.Done: fleet}, outcomes(report)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.want, c.operations()); d != "" || len(c.Requests()) > 20 {
				t.Errorf("%d requests %s", len(c.Requests()), d)
			}
			if tt.after == "stopped" {
				c.run(t, "ec2", tt.args, "deploy=devel", "--wait")
			}
			if d := cmp.Diff(map[string]int{tt.after: fleet}, c.states(fleet)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEC2_badIDsInABatchOfAHundred(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		spec func(c cloud)
		// bad are the outcomes of the instances that do not stop.
		bad map[int]command.Outcome
		// calls bounds the StopInstances.
		calls int
	}{
		{"unknown ones cost no call", func(c cloud) {
			c.EC2().Remove(ec2ID(7))
			c.EC2().Remove(ec2ID(70))
		}, map[int]command.Outcome{7: command.NotFound, 70: command.NotFound}, 1},
		{"named by the error", func(c cloud) {
			c.EC2().Put(fakeaws.Instance{ID: ec2ID(3), StopProtection: true})
			c.EC2().Put(fakeaws.Instance{ID: ec2ID(99), Spot: "one-time"})
		}, map[int]command.Outcome{3: command.Unsupported, 99: command.Unsupported}, 3},
		{"named by no error: halved", func(c cloud) {
			c.Fail(fakeaws.Match{Operation: "StopInstances", Name: ec2ID(42)},
				fakeaws.Fault{Code: "InsufficientSomething", Message: "no name here"})
		}, map[int]command.Outcome{42: command.Failed}, 25},
		{"one denied, and named", func(c cloud) {
			c.EC2().Deny(ec2ID(20))
		}, map[int]command.Outcome{20: command.Denied}, 11},
		{"one denied, and not named", func(c cloud) {
			c.Fail(fakeaws.Match{Operation: "StopInstances", Name: ec2ID(42)}, fakeaws.Fault{
				Code: "UnauthorizedOperation", Message: "not you", Status: http.StatusForbidden,
			})
		}, map[int]command.Outcome{42: command.Denied}, 25},
		{"terminated since it was described", func(c cloud) {
			c.OnRequest(func(r fakeaws.Request) {
				if r.Operation == "StopInstances" && len(c.operations()) == 2 {
					c.EC2().Remove(ec2ID(5))
				}
			})
		}, map[int]command.Outcome{5: command.NotFound}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			args := []string{"ec2", "stop-instances"}
			c.putFleet(100, "running")
			for i := range 100 {
				args = append(args, ec2ID(i))
			}
			tt.spec(c)
			report := c.run(t, args...)
			got := map[int]command.Outcome{}
			for i, r := range report.Results {
				if r.Item != ec2ID(i) {
					t.Fatalf("result %d is of %s", i, r.Item)
				}
				if r.Outcome != command.Done {
					got[i] = r.Outcome
				}
			}
			if d := cmp.Diff(tt.bad, got); d != "" {
				t.Error(d)
			}
			if n := c.operations()["StopInstances"]; n > tt.calls {
				t.Errorf("%d calls of StopInstances, want at most %d", n, tt.calls)
			}
			want := map[string]int{"stopped": 100 - len(tt.bad)}
			states := c.states(100)
			maps.DeleteFunc(states, func(s string, _ int) bool { return s != "stopped" })
			if d := cmp.Diff(want, states); d != "" {
				t.Error(d)
			}
			if err := report.Err(); err == nil ||
				!strings.HasPrefix(err.Error(), fmt.Sprintf("%d of 100 failed: ", len(tt.bad))) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Fault 3 of the old image: an access-denied run was "successful". Here it fails, and does not ask
// AWS a thousand times.
func TestFault03_deniedFleetIsNoSuccess(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(600, "running")
	c.Fail(fakeaws.Match{Operation: "StopInstances"}, fakeaws.Fault{
		Code: "UnauthorizedOperation", Status: http.StatusForbidden,
		Message: "You are not authorized to perform this operation.",
	})
	report := c.run(t, "ec2", "stop-instances", "deploy=devel")
	if d := cmp.Diff(map[command.Outcome]int{command.Denied: 600}, outcomes(report)); d != "" {
		t.Error(d)
	}
	if n := len(c.Requests()); n > 24 {
		t.Errorf("%d requests", n)
	}
	want := "600 of 600 failed: " + ec2ID(0) + ": access denied (ec2:StopInstances); "
	if err := report.Err(); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %.200v", err)
	}
}

// What the role may not stop keeps nothing else running, however the two are spread.
func TestEC2_someDenied(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fleet  int
		denied func(i int) bool
	}{
		{16, func(i int) bool { return i%2 == 0 }},
		{64, func(i int) bool { return i != 41 }},
		{104, func(i int) bool { return i%13 == 0 }},
		{112, func(i int) bool { return i%14 < 2 }},
		{200, func(i int) bool { return i < 150 }},
		// Just those that are tried alone.
		{500, func(i int) bool {
			return slices.Contains([]int{0, 69, 140, 210, 281, 351, 421, 491}, i)
		}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.fleet), func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.putFleet(tt.fleet, "running")
			want := map[command.Outcome]int{}
			for i := range tt.fleet {
				if tt.denied(i) {
					c.EC2().Deny(ec2ID(i))
					want[command.Denied]++
				} else {
					want[command.Done]++
				}
			}
			report := c.run(t, "ec2", "stop-instances", "deploy=devel")
			if d := cmp.Diff(want, outcomes(report)); d != "" {
				t.Error(d)
			}
		})
	}
}

// An error that names no instance is not halved five hundred times where it is for all.
func TestEC2_noCapacityForAny(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(500, "stopped")
	c.Fail(fakeaws.Match{Operation: "StartInstances"}, fakeaws.Fault{
		Code: "InsufficientInstanceCapacity", Message: "We currently do not have sufficient capacity.",
		Status: http.StatusInternalServerError,
	})
	report := c.run(t, "ec2", "start-instances", "deploy=devel")
	if d := cmp.Diff(map[command.Outcome]int{command.Failed: 500}, outcomes(report)); d != "" {
		t.Error(d)
	}
	// Each call is one of three tries of the SDK's.
	if n := len(c.Requests()); n > 36 {
		t.Errorf("%d requests", n)
	}
	want := "InsufficientInstanceCapacity: We currently do not have sufficient capacity."
	if got := report.Results[499].Detail; got != want {
		t.Errorf("detail %q", got)
	}
}

// One instance type without capacity, which AWS calls a server error, keeps no other stopped.
func TestEC2_noCapacityForOne(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(20, "stopped")
	c.Fail(fakeaws.Match{Operation: "StartInstances", Name: ec2ID(7)}, fakeaws.Fault{
		Code: "InsufficientInstanceCapacity", Message: "We currently do not have sufficient capacity.",
		Status: http.StatusInternalServerError,
	})
	report := c.run(t, "ec2", "start-instances", "deploy=devel")
	want := map[command.Outcome]int{command.Done: 19, command.Failed: 1}
	if d := cmp.Diff(want, outcomes(report)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"running": 19, "stopped": 1}, c.states(20)); d != "" {
		t.Error(d)
	}
}

func TestEC2_deniedToLook(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(1, "running")
	denied := fakeaws.Fault{
		Code: "UnauthorizedOperation", Message: "not you", Status: http.StatusForbidden,
	}
	c.Fail(fakeaws.Match{Operation: "DescribeInstanceStatus"}, denied)
	c.runEach(t, [][2]string{{"ec2 restart-instances " + ec2ID(0), ec2ID(0) + " denied running " +
		"access denied (ec2:DescribeInstanceStatus): UnauthorizedOperation: not you"}})
	c.ClearFaults()
	c.Fail(fakeaws.Match{Operation: "DescribeInstances"}, denied)
	c.runEach(t, [][2]string{{"ec2 stop-instances deploy=devel " + ec2ID(0),
		" denied  access denied (ec2:DescribeInstances): UnauthorizedOperation: not you\n" + ec2ID(0) +
			" denied  access denied (ec2:DescribeInstances): UnauthorizedOperation: not you"}})
}

// AWS's own counting of starts lets a large fleet through slowly; what it throttles comes later.
func TestEC2_throttled(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(3, "running")
	c.Fail(fakeaws.Match{Operation: "StopInstances", Times: 7}, fakeaws.Fault{
		Code: "RequestLimitExceeded", Message: "Request limit exceeded.",
		Status: http.StatusServiceUnavailable,
	})
	report := c.run(t, "ec2", "stop-instances", "deploy=devel")
	if d := cmp.Diff(map[command.Outcome]int{command.Done: 3}, outcomes(report)); d != "" {
		t.Error(d)
	}
	// Three tries of the SDK's a round, and the round after two is accepted at its second try.
	if n := c.operations()["StopInstances"]; n != 8 {
		t.Errorf("%d calls of StopInstances", n)
	}
}

func TestEC2_throttledToTheEnd(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(1, "running")
	c.Fail(fakeaws.Match{Operation: "StopInstances"}, fakeaws.Fault{
		Code: "RequestLimitExceeded", Message: "Request limit exceeded.",
		Status: http.StatusServiceUnavailable,
	})
	c.runEach(t, [][2]string{{"ec2 stop-instances " + ec2ID(0), ec2ID(0) + " failed running " +
		"still running after 14m; RequestLimitExceeded: Request limit exceeded."}})
}

// AWS's trouble is for all, so nothing is halved.
func TestEC2_serverErrorIsNotHalved(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(50, "running")
	c.Fail(fakeaws.Match{Operation: "StopInstances"}, fakeaws.ServerError())
	report := c.run(t, "ec2", "stop-instances", "deploy=devel")
	if d := cmp.Diff(map[command.Outcome]int{command.Failed: 50}, outcomes(report)); d != "" {
		t.Error(d)
	}
	if n := c.operations()["StopInstances"]; n != 3 {
		t.Errorf("%d calls of StopInstances, want the SDK's three", n)
	}
}

// The state may change between looking and acting: the target is looked at again.
func TestEC2_stateChangedInBetween(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.putFleet(2, "stopped")
	changed := false
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "StartInstances" && !changed {
			changed = true
			c.EC2().Put(fakeaws.Instance{
				ID: ec2ID(1), State: "stopping", Tags: map[string]string{"deploy": "devel"},
				Next: []fakeaws.Transition{{To: "stopped", Reads: 2}},
			})
		}
	})
	c.runEach(t, [][2]string{{"ec2 start-instances deploy=devel",
		ec2ID(0) + " done running \n" + ec2ID(1) + " done running "}})
}
