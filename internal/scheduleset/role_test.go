package scheduleset_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// A role that was made again under its name has lost the policy, which is put again although it is
// the same.
func TestUpdate_roleMadeAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have := s.set("app", 2)
	s.create(t, have)
	live, err := s.keeper.Read(t.Context(), have)
	if err != nil {
		t.Fatal(err)
	}
	have.RunnerRoleID = live.RunnerRoleID
	s.IAM().RemoveRole(runnerRole)
	s.IAM().PutRole(fakeaws.Role{Name: runnerRole})
	want := have
	if want.RunnerRoleID, err = s.keeper.RoleID(t.Context(), runnerRole); err != nil {
		t.Fatal(err)
	}
	if want.RunnerRoleID == have.RunnerRoleID || have.RunnerRoleID == "" {
		t.Fatalf("identifiers %q and %q", have.RunnerRoleID, want.RunnerRoleID)
	}
	before := len(s.Requests())
	if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"PutRolePolicy"}, s.writes(before)); d != "" {
		t.Errorf("writes (-want +got):\n%s", d)
	}
	s.wantWhole(t, want)
}

func TestRead_roleID(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have := s.set("app", 1)
	have.RunnerRoleID = "AROAKNOWN"
	s.create(t, have)
	read := func() string {
		t.Helper()
		live, err := s.keeper.Read(t.Context(), have)
		if err != nil {
			t.Fatal(err)
		}
		return live.RunnerRoleID
	}
	if got := read(); !strings.HasPrefix(got, "AROA") || got == have.RunnerRoleID {
		t.Errorf("got %q, want the role's own", got)
	}
	s.Fail(fakeaws.Match{Operation: "GetRole"}, fakeaws.Fault{Code: "AccessDenied", Status: 403})
	if got := read(); got != have.RunnerRoleID {
		t.Errorf("where reading is denied: got %q, want the last that was known", got)
	}
	s.ClearFaults()
	s.IAM().RemoveRole(runnerRole)
	if got := read(); got != "" {
		t.Errorf("without the role: got %q", got)
	}
}

// The lengths are those that count for AWS's limit, and a role that is not there has none.
func TestRolePolicies(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.IAM().PutRole(fakeaws.Role{Name: "other", Policies: map[string]string{
		"a": "{ \"Statement\":\n\t[] }", "b": `{"Statement":"é"}`,
	}})
	got, err := s.keeper.RolePolicies(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int{"a": 16, "b": 17}, got); d != "" {
		t.Error(d)
	}
	if got, err := s.keeper.RolePolicies(t.Context(), "missing"); len(got) > 0 || err != nil {
		t.Errorf("of a missing role: %v, %v", got, err)
	}
}
