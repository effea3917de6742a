package runnerstack_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// A role of our name under another path, without our policy, is somebody else's: neither an update nor
// a deletion takes it.
func TestUpdate_strangersRole(t *testing.T) {
	t.Parallel()
	for _, name := range []string{executionRole, schedulerRole} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			s := full(t)
			mustCreate(t, a, s)
			role, _ := a.aws.IAM().Role(name)
			a.aws.IAM().RemoveRole(name)
			role.Path, role.Tags, role.Policies = "/somebody/", map[string]string{"owner": "else"}, nil
			a.aws.IAM().PutRole(role)
			_, err := a.Update(t.Context(), stateOf(s), s)
			var exists *runnerstack.ExistsError
			if !errors.As(err, &exists) || exists.Name != name {
				t.Errorf("got error %v, want an *ExistsError for role %s", err, name)
			}
			if _, err := a.Delete(t.Context(), stateOf(s)); err != nil {
				t.Fatal(err)
			}
			left, ok := a.aws.IAM().Role(name)
			if !ok {
				t.Fatal("the role is gone")
			}
			if diff := cmp.Diff(map[string]string{"owner": "else"}, left.Tags); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			a.aws.IAM().RemoveRole(name)
			wantEmpty(t, a)
		})
	}
}

// One that somebody made again under another path with our policy is ours, and made anew.
func TestUpdate_roleUnderOtherPath(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := full(t)
	mustCreate(t, a, s)
	role, _ := a.aws.IAM().Role(executionRole)
	role.Path = "/somebody/"
	a.aws.IAM().PutRole(role)
	if _, err := a.Update(t.Context(), stateOf(s), s); err != nil {
		t.Fatal(err)
	}
	wantComplete(t, a)
}
