package runnerstack_test

import (
	"fmt"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// An update from a zip package to an image is killed at any call before it has taken its tag away, and
// no state knows of the repository. Whatever comes next, a destroy or the way back, no image stays.
func TestUpdate_killedOnTheWayToARepository(t *testing.T) {
	t.Parallel()
	zip, image := full(t), imaged(t, "one")
	image.Zip = zip.Zip
	total := func() int {
		a := start(t)
		mustCreate(t, a, zip)
		before := len(a.aws.Requests())
		if _, err := a.Update(t.Context(), stateOf(zip), image); err != nil {
			t.Fatal(err)
		}
		return len(a.aws.Requests()) - before
	}()
	next := map[string]func(*testing.T, *account){
		"destroy": func(t *testing.T, a *account) {
			if _, err := a.Delete(t.Context(), stateOf(zip)); err != nil {
				t.Fatal(err)
			}
			wantEmpty(t, a)
		},
		"back": func(t *testing.T, a *account) {
			live, err := a.Read(t.Context(), stateOf(zip))
			if err != nil {
				t.Fatal(err)
			}
			repo, _ := a.aws.ECR().Repository("runners")
			drift := runnerstack.Drift(stateOf(zip), live, a.Region)
			if len(repo.Images) > 0 && len(drift) == 0 {
				t.Error("a refresh sees no drift")
			}
			if _, err := a.Update(t.Context(), stateOf(zip), zip); err != nil {
				t.Fatal(err)
			}
			wantComplete(t, a)
			wantImages(t, a)
			if live := mustRead(t, a); runnerstack.Drift(stateOf(zip), live, a.Region) != nil {
				t.Errorf("drift %q", runnerstack.Drift(stateOf(zip), live, a.Region))
			}
		},
	}
	for name, then := range next {
		for n := range total {
			for _, effect := range []bool{false, true} {
				t.Run(fmt.Sprint(name, " after call ", n+1, ", effect ", effect), func(t *testing.T) {
					t.Parallel()
					if last := n == total-1; last && effect {
						return // all is written, and the state is saved next
					}
					a := start(t)
					mustCreate(t, a, zip)
					kill(a, n, effect)
					_, _ = a.Update(t.Context(), stateOf(zip), image) // its answer is lost
					a.aws.ClearFaults()
					then(t, a)
				})
			}
		}
	}
}
