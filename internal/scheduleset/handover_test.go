package scheduleset_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// largePolicy is a document for n clusters, and for the holds of one group as a schedule has it.
func largePolicy(group string, n int) string {
	stop := iampolicy.Statement{Action: []string{"rds:StopDBCluster"}}
	for i := range n {
		stop.Resource = append(stop.Resource,
			fmt.Sprintf("arn:aws:rds:us-east-1:123456789012:cluster:sample-ai-aurora-cluster-%03d", i))
	}
	return iampolicy.Document([]iampolicy.Statement{stop, {
		Action:   []string{"scheduler:ListTagsForResource"},
		Resource: []string{"arn:aws:scheduler:us-east-1:123456789012:schedule-group/" + group},
	}})
}

// renamed are a set with a large policy and the same set under another name.
func renamed(s *stage, n int) (have, want scheduleset.Set) {
	have, want = s.set("app", 2), s.set("new", 2)
	have.PolicyJSON, want.PolicyJSON = largePolicy("app", n), largePolicy("new", n)
	return have, want
}

// rightsWhileLive checks at each call that the role's policies together allow what every set needs
// that has a schedule at the time.
func (s *stage) rightsWhileLive(t *testing.T, sets ...scheduleset.Set) {
	t.Helper()
	s.OnRequest(func(r fakeaws.Request) {
		role, _ := s.IAM().Role(runnerRole)
		granted := map[string]bool{}
		for _, document := range role.Policies {
			maps.Copy(granted, rights(t, document))
		}
		for _, set := range sets {
			if len(s.Scheduler().Schedules(set.Group())) == 0 {
				continue
			}
			for right := range rights(t, set.PolicyJSON) {
				if !granted[right] {
					t.Errorf("at %s %s nobody grants group %s %s", r.Operation, r.Name, set.Group(), right)
					return
				}
			}
		}
	})
}

func rights(t *testing.T, document string) map[string]bool {
	statements, err := iampolicy.Parse(document)
	if err != nil {
		t.Error(err)
	}
	all := map[string]bool{}
	for _, one := range iampolicy.Split(statements) {
		all[iampolicy.Document([]iampolicy.Statement{one})] = true
	}
	return all
}

// The old and the new policy of a rename do not fit on the role together.
func TestUpdate_moveOfALargePolicy(t *testing.T) {
	t.Parallel()
	for _, clusters := range []int{75, 110, 130} {
		t.Run(fmt.Sprintf("%d clusters", clusters), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			have, want := renamed(s, clusters)
			s.create(t, have)
			s.rightsWhileLive(t, have, want)
			if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
				t.Fatal(err)
			}
			s.wantWhole(t, want)
			if names := slices.Sorted(maps.Keys(s.policies(t))); !slices.Equal(names, []string{"savings-us-east-1-new"}) {
				t.Errorf("policies %v", names)
			}
		})
	}
}

// A move that fails gives back what the new policy took from the old one.
func TestUpdate_failedMoveOfALargePolicy(t *testing.T) {
	t.Parallel()
	for operation, after := range map[string]int{"CreateSchedule": 0, "PutRolePolicy": 6} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			have, want := renamed(s, 110)
			s.create(t, have)
			s.rightsWhileLive(t, have, want)
			s.Fail(fakeaws.Match{Operation: operation, After: after, Times: 1}, fakeaws.Fault{Code: "X"})
			_, err := s.keeper.Update(t.Context(), have, want)
			wantText(t, err, "the old schedules stay", "nothing was left behind")
			s.wantWhole(t, have)
			if n := len(s.policies(t)); n != 1 {
				t.Errorf("%d policies", n)
			}
			if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
				t.Fatal(err)
			}
			s.wantWhole(t, want)
		})
	}
}

// killIn makes an Update whose calls take no effect any more from the nth PutRolePolicy on.
func (s *stage) killIn(t *testing.T, n int32, have, want scheduleset.Set) {
	t.Helper()
	var puts atomic.Int32
	s.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "PutRolePolicy" && puts.Add(1) == n {
			s.Fail(fakeaws.Match{}, fakeaws.Fault{Code: "Killed"})
		}
	})
	if _, err := s.keeper.Update(t.Context(), have, want); err == nil {
		t.Fatal("the update was not killed")
	}
	s.ClearFaults()
}

// A move that was killed half-way through the rights is finished by the next Update, with and
// without a refresh.
func TestUpdate_killedMoveOfALargePolicy(t *testing.T) {
	t.Parallel()
	for _, refresh := range []bool{true, false} {
		t.Run(fmt.Sprintf("refresh %v", refresh), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			have, want := renamed(s, 110)
			s.create(t, have)
			s.killIn(t, 9, have, want)
			if len(s.policies(t)) != 2 {
				t.Fatalf("policies %v: not killed in the middle", slices.Sorted(maps.Keys(s.policies(t))))
			}
			s.rightsWhileLive(t, have, want)
			if refresh {
				live, err := s.keeper.Read(t.Context(), have)
				if err != nil {
					t.Fatal(err)
				}
				have.PolicyJSON = live.PolicyJSON
			}
			if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
				t.Fatal(err)
			}
			s.wantWhole(t, want)
			if n := len(s.policies(t)); n != 1 {
				t.Errorf("%d policies", n)
			}
		})
	}
}

// A role that is full to the last character has no room to move anything: the error says what to do,
// and nothing has changed.
func TestUpdate_moveWithoutAnyRoom(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have, want := renamed(s, 134)
	s.IAM().PutRole(fakeaws.Role{Name: runnerRole, Policies: map[string]string{
		"filler": `{"Statement":"` + strings.Repeat("x", 10_240-len(have.PolicyJSON)-16) + `"}`,
	}})
	s.create(t, have)
	_, err := s.keeper.Update(t.Context(), have, want)
	wantText(t, err, "the old schedules stay", "LimitExceeded", "10,240", "by a tag", "nothing was left behind")
	s.wantWhole(t, have)
}

// Rights go after the last schedule that needs them.
func TestDelete_order(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 2)
	s.create(t, set)
	before := len(s.Requests())
	s.rightsWhileLive(t, set)
	if err := s.keeper.Delete(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	want := []string{"DeleteSchedule app/e00", "DeleteSchedule app/e01", "DeleteRolePolicy", "DeleteScheduleGroup app"}
	if d := cmp.Diff(want, s.writes(before)); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	s.wantEmpty(t)
}
