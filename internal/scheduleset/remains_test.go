package scheduleset_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// Where the policy alone is left, as after a kill between the last schedule and the policy, a set is
// still there: it can be made whole again, moved or deleted, and the policy is never forgotten.
func TestRead_policyAlone(t *testing.T) {
	t.Parallel()
	for _, group := range []string{"", "default"} {
		s := newStage(t)
		set := s.set("app", 3)
		set.GroupName = group
		lose := func() scheduleset.Set {
			t.Helper()
			for name := range s.Scheduler().Schedules(set.Group()) {
				s.Scheduler().RemoveSchedule(set.Group(), name)
			}
			if group == "" {
				s.Scheduler().RemoveGroup("app")
			}
			live, err := s.keeper.Read(t.Context(), set)
			if err != nil {
				t.Fatalf("group %q: %v", group, err)
			}
			role, _ := s.IAM().Role(runnerRole)
			want := &scheduleset.Live{
				PolicyJSON: set.PolicyJSON, RunnerRoleID: role.ID, Schedules: map[string]scheduleset.Schedule{},
			}
			if d := cmp.Diff(want, live); d != "" {
				t.Errorf("group %q (-want +got):\n%s", group, d)
			}
			have := set
			have.Events = nil
			return have
		}
		s.create(t, set)
		have := lose()
		if _, err := s.keeper.Update(t.Context(), have, set); err != nil {
			t.Errorf("group %q: %v", group, err)
		}
		s.wantWhole(t, set)
		have, moved := lose(), set
		moved.Name = "moved"
		if _, err := s.keeper.Update(t.Context(), have, moved); err != nil {
			t.Errorf("group %q: %v", group, err)
		}
		s.wantWhole(t, moved)
		if _, err := s.keeper.Update(t.Context(), moved, set); err != nil {
			t.Errorf("group %q: %v", group, err)
		}
		if err := s.keeper.Delete(t.Context(), lose()); err != nil {
			t.Errorf("group %q: %v", group, err)
		}
		s.wantEmpty(t)
	}
}

// Who takes over too late, after the owner's last look, leaves no tag on the completed group.
func TestCreate_takenOverTooLate(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 3)
	s.OnRequest(func(r fakeaws.Request) {
		if group, there := s.Scheduler().Group("app"); there && r.Operation == "UntagResource" {
			group.Tags["savings:taking-over"] = "somebody"
			s.Scheduler().PutGroup("app", group.Tags)
		}
	})
	s.create(t, set)
	group, _ := s.Scheduler().Group("app")
	if d := cmp.Diff(set.Tags, group.Tags); d != "" {
		t.Errorf("tags (-want +got):\n%s", d)
	}
}

// Where the runner's role is gone, the error says so by its type and in one sentence.
func TestCreate_roleGone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 3)
	s.IAM().RemoveRole(runnerRole)
	_, err := s.keeper.Create(t.Context(), set)
	var gone *scheduleset.RoleGoneError
	if !errors.As(err, &gone) || gone.Role != runnerRole ||
		!strings.Contains(err.Error(), "The role is gone: make it again, then apply again.") {
		t.Errorf("got %v", err)
	}
	s.IAM().PutRole(fakeaws.Role{Name: runnerRole})
	s.wantEmpty(t)
	s.create(t, set)
	s.wantWhole(t, set)
}

// A group that a killed create has left under a set's name, as in a replacement, is finished by the
// next update, and its tag goes.
func TestRead_incompleteGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 3)
	s.create(t, set)
	s.Scheduler().PutGroup("app", map[string]string{"team": "web", "savings:creating": "killed"})
	live, err := s.keeper.Read(t.Context(), set)
	if err != nil || len(live.Schedules) > 0 {
		t.Fatalf("%+v, %v", live, err)
	}
	have := set
	have.Events = nil
	if _, err := s.keeper.Update(t.Context(), have, set); err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, set)
	group, _ := s.Scheduler().Group("app")
	if d := cmp.Diff(set.Tags, group.Tags); d != "" {
		t.Errorf("tags (-want +got):\n%s", d)
	}
}
