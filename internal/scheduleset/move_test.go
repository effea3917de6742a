package scheduleset_test

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// places are the same four events under another name or in another group.
func places(s *stage) map[string]scheduleset.Set {
	own, shared := s.set("app", 4), s.set("app", 4)
	shared.GroupName = "shared"
	renamed, otherGroup, renamedShared := own, shared, shared
	renamed.Name = "new"
	otherGroup.GroupName = "default"
	renamedShared.Name = "new"
	sameName := own
	sameName.GroupName = "app"
	return map[string]scheduleset.Set{
		"own": own, "own renamed": renamed, "shared": shared, "shared renamed": renamedShared,
		"default group": otherGroup, "own group shared": sameName,
	}
}

func TestUpdate_moves(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, to string }{
		{"own", "own renamed"}, {"own", "shared"}, {"shared", "own"}, {"shared", "shared renamed"},
		{"shared", "default group"}, {"own", "own group shared"},
	}
	for _, tt := range tests {
		t.Run(tt.from+" to "+tt.to, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.Scheduler().PutGroup("shared", nil)
			have, want := places(s)[tt.from], places(s)[tt.to]
			want = with(want, map[string]scheduleset.Event{
				"e00": event("rate(1 day)", false), "e02": {}, "new": event("rate(2 days)", false),
			})
			s.create(t, have)
			before := len(s.Requests())
			moved := s.everyEventExists(t, have, want)
			written, err := s.keeper.Update(t.Context(), have, want)
			if err != nil {
				t.Fatal(err)
			}
			moved()
			s.wantWhole(t, want)
			wantStartsFirst(t, s.Requests()[before:], want)
			if d := cmp.Diff(slices.Sorted(maps.Keys(want.Events)),
				slices.Sorted(maps.Keys(written.ARNs))); d != "" {
				t.Errorf("ARNs: %s", d)
			}
			if d := cmp.Diff([]string{"e02"}, written.Removed); d != "" {
				t.Errorf("removed: %s", d)
			}
			if err := s.keeper.Delete(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			s.Scheduler().RemoveGroup("shared")
			if tt.to == "own group shared" {
				s.Scheduler().RemoveGroup("app") // it is no longer ours to delete
			}
			s.wantEmpty(t)
		})
	}
}

// everyEventExists checks at each call that every event of both sets is live at one place at least,
// until what it returns is called.
func (s *stage) everyEventExists(t *testing.T, have, want scheduleset.Set) (end func()) {
	var over atomic.Bool
	s.OnRequest(func(r fakeaws.Request) {
		if over.Load() {
			return
		}
		for key := range have.Events {
			if _, kept := want.Events[key]; !kept {
				continue
			}
			_, old := s.Scheduler().Schedule(have.Group(), have.Schedule(key).Name)
			_, moved := s.Scheduler().Schedule(want.Group(), want.Schedule(key).Name)
			if !old && !moved {
				t.Errorf("event %s does not exist at %s %s", key, r.Operation, r.Name)
			}
		}
	})
	return func() { over.Store(true) }
}

// wantStartsFirst checks that no start was written after a stop, and none removed before one.
func wantStartsFirst(t *testing.T, requests []fakeaws.Request, set scheduleset.Set) {
	t.Helper()
	starts := map[bool]string{}
	for key, event := range set.Events {
		starts[event.Starts] += " " + set.Schedule(key).Name
	}
	stopWritten, startRemoved := false, false
	for _, r := range requests {
		_, name, _ := strings.Cut(r.Name, "/")
		isStart := strings.Contains(starts[true]+" ", " "+name+" ")
		switch {
		case r.Operation == "CreateSchedule" && isStart && stopWritten:
			t.Errorf("start %s was written after a stop", name)
		case r.Operation == "CreateSchedule" && !isStart:
			stopWritten = true
		case r.Operation == "DeleteSchedule" && !isStart && startRemoved:
			t.Errorf("stop %s was removed after a start", name)
		case r.Operation == "DeleteSchedule" && isStart:
			startRemoved = true
		}
	}
}

func TestUpdate_failureInsideAMoveChangesNothing(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"own renamed", "shared"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.Scheduler().PutGroup("shared", nil)
			have, want := places(s)["own"], places(s)[to]
			s.create(t, have)
			s.Fail(fakeaws.Match{Operation: "CreateSchedule", Name: "e02"}, fakeaws.Fault{Code: "X"})
			written, err := s.keeper.Update(t.Context(), have, want)
			wantText(t, err, `moving the schedules from group "app" to group`,
				"the old schedules stay", `event "e02"`, "nothing was left behind")
			if len(written.ARNs) > 0 || len(written.Removed) > 0 {
				t.Errorf("written %+v", written)
			}
			s.wantWhole(t, have)
			if names := s.names(want.Group()); len(names) > 0 {
				t.Errorf("at the new place are %v", names)
			}
			if p := s.policies(t); len(p) != 1 {
				t.Errorf("policies %v", p)
			}
		})
	}
}

// A move that stops while it empties the old place is finished by the next Update from what is left
// there, and by Create where nothing is.
func TestUpdate_moveIsFinishedLater(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{
		"DeleteSchedule", "DeleteRolePolicy", "DeleteScheduleGroup", "UntagResource",
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			have, want := places(s)["own"], places(s)["own renamed"]
			s.create(t, have)
			s.Fail(fakeaws.Match{Operation: operation, After: 2, Name: "e"}, fakeaws.Fault{Code: "X"})
			s.Fail(fakeaws.Match{Operation: operation, Name: "app"}, fakeaws.Fault{Code: "X"})
			s.Fail(fakeaws.Match{Operation: operation, Name: "new"}, fakeaws.Fault{Code: "X"})
			if operation == "DeleteRolePolicy" {
				s.Fail(fakeaws.Match{Operation: operation}, fakeaws.Fault{Code: "X"})
			}
			written, err := s.keeper.Update(t.Context(), have, want)
			wantText(t, err, "apply again to finish", "X")
			if len(written.ARNs) > 0 {
				t.Errorf("ARNs %v, although the set is still at its old place", written.ARNs)
			}
			left := have
			left.Events = maps.Clone(have.Events)
			for _, key := range written.Removed {
				delete(left.Events, key)
			}
			s.ClearFaults()
			if _, err = s.keeper.Read(t.Context(), have); err != nil {
				s.create(t, want)
			} else if _, err := s.keeper.Update(t.Context(), left, want); err != nil {
				t.Fatal(err)
			}
			s.wantWhole(t, want)
			if names := s.names("app"); len(names) > 0 {
				t.Errorf("at the old place are %v", names)
			}
			if p := s.policies(t); len(p) != 1 || p["savings-us-east-1-new"] == "" {
				t.Errorf("policies %v", p)
			}
		})
	}
}

// A move that goes on after a kill, and then fails, removes nothing: half of the old place may be
// empty already.
// An import of a group that a move has emptied cannot tell that the group's policy is still on the role.
func TestUpdate_moveOfAnEmptiedGroupTakesItsPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have, want := places(s)["own"], places(s)["own renamed"]
	s.create(t, have)
	for name := range s.Scheduler().Schedules("app") {
		s.Scheduler().RemoveSchedule("app", name)
	}
	imported := scheduleset.Set{Name: have.Name}
	if _, err := s.keeper.Update(t.Context(), imported, want); err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, want)
	if err := s.keeper.Delete(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	s.wantEmpty(t)
}

func TestUpdate_failureInAnAdoptedMove(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have, want := places(s)["own"], places(s)["own renamed"]
	s.create(t, have)
	s.Fail(fakeaws.Match{Operation: "DeleteSchedule", After: 2}, fakeaws.Fault{Code: "X"})
	written, err := s.keeper.Update(t.Context(), have, want)
	wantText(t, err, "apply again to finish")
	if d := cmp.Diff([]string{"e00", "e02"}, written.Removed); d != "" {
		t.Fatal(d)
	}
	left := with(have, map[string]scheduleset.Event{"e00": {}, "e02": {}})
	next := with(want, map[string]scheduleset.Event{"e00": event("rate(5 days)", false)})
	s.Fail(fakeaws.Match{Operation: "UpdateSchedule"}, fakeaws.Fault{Code: "X"})
	_, err = s.keeper.Update(t.Context(), left, next)
	wantText(t, err, `updating the schedule "new/e00"`, "apply again to finish")
	if n := len(s.names("new")); n != 4 {
		t.Errorf("%d schedules at the new place, want 4", n)
	}
	s.ClearFaults()
	if _, err := s.keeper.Update(t.Context(), left, next); err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, next)
	if n := len(s.names("app")); n != 0 {
		t.Errorf("%d schedules at the old place", n)
	}
}

// In one shared group the new name of one event may be the old name of another.
func TestUpdate_moveWithinAGroupOverlaps(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Scheduler().PutGroup("shared", nil)
	have := s.set("app", 0)
	have.GroupName = "shared"
	have.Events["web-stop"] = event("rate(1 day)", false)
	have.Events["stop"] = event("rate(2 days)", true)
	s.create(t, have)
	want := have
	want.Name = "app-web"
	s.OnRequest(func(r fakeaws.Request) {
		found := map[string]bool{}
		for _, schedule := range s.Scheduler().Schedules("shared") {
			found[schedule.ScheduleExpression] = true
		}
		if len(found) < 2 {
			t.Errorf("only %v exist at %s %s", found, r.Operation, r.Name)
		}
	})
	// At first the move fails at its end, and everything is as before.
	s.Fail(fakeaws.Match{Operation: "UpdateSchedule", Nth: 2}, fakeaws.Fault{Code: "X"})
	twoOver := with(have, map[string]scheduleset.Event{
		"web-start": event("rate(3 days)", false), "start": event("rate(4 days)", false),
	})
	if _, err := s.keeper.Update(t.Context(), have, twoOver); err != nil {
		t.Fatal(err)
	}
	failing := twoOver
	failing.Name = "app-web"
	_, err := s.keeper.Update(t.Context(), twoOver, failing)
	wantText(t, err, "the old schedules stay", "nothing was left behind")
	s.wantWhole(t, twoOver)
	if n := len(s.names("shared")); n != 4 {
		t.Errorf("%d schedules, want 4: %v", n, s.names("shared"))
	}

	if _, err := s.keeper.Update(t.Context(), twoOver, want); err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, want)
	if d := cmp.Diff([]string{"app-web-stop", "app-web-web-stop"}, s.names("shared")); d != "" {
		t.Error(d)
	}
}

func TestUpdate_moveIntoAForeignGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have, other := places(s)["own"], places(s)["own renamed"]
	s.create(t, have)
	s.create(t, other)
	_, err := s.keeper.Update(t.Context(), have, other)
	wantText(t, err, `schedule group "new" exists already`, "the old schedules stay")
	s.wantWhole(t, have)
	s.wantWhole(t, other)
}

// What is held tonight stays held when the set moves to another name.
func TestUpdate_moveTakesHoldsAlong(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have, want := places(s)["own"], places(s)["own renamed"]
	s.create(t, have)
	group, _ := s.Scheduler().Group(have.Group())
	tags := maps.Clone(group.Tags)
	tags[hold.TagKey] = "2026-12-01T00:00:00Z stops"
	s.Scheduler().PutGroup(have.Group(), tags)
	if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
		t.Fatal(err)
	}
	moved, _ := s.Scheduler().Group(want.Group())
	if got := moved.Tags[hold.TagKey]; got != tags[hold.TagKey] {
		t.Errorf("hold at the new place: got %q, want %q (tags %v)", got, tags[hold.TagKey], moved.Tags)
	}
}
