package enforcement_test

import (
	"slices"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// ofAllActs are the requests of a deployer's whole work.
func ofAllActs(t *testing.T) []fakeaws.Verdict {
	t.Helper()
	var all []fakeaws.Verdict
	for _, a := range acts {
		s := newStage(t)
		seen := s.record()
		if err := a.performOn(t, s, deployment.Statements()); err != nil {
			t.Fatalf("%s: %v", a.name, err)
		}
		all = append(all, seen()...)
	}
	return all
}

// onEverything are the deployer's actions for which AWS has no smaller right.
var onEverything = []string{"ecr:GetAuthorizationToken", "logs:DescribeLogGroups", "scheduler:ListSchedules"}

// The deployer of a neighbour is denied each action alone, on the function, the log group, the roles,
// the groups, the schedules and the repository of this one.
func TestDeployer_eachActionIsDeniedToANeighbour(t *testing.T) {
	t.Parallel()
	seen := ofAllActs(t)
	for _, action := range actionsOf(deployment.Statements()) {
		if !slices.ContainsFunc(seen, func(v fakeaws.Verdict) bool { return v.Action == action }) {
			t.Errorf("no request of %s", action)
		}
	}
	named, elsewhere, account := deployment, deployment, deployment
	named.Runner, named.Groups, named.Repository = "tool", []string{"we", "web-nigh"}, "tool"
	elsewhere.Region, account.Account = "eu-west-1", "999999999999"
	s := newStage(t)
	for what, neighbour := range map[string]deployer.Deployment{
		"another name": named, "another region": elsewhere, "another account": account,
	} {
		policy := iampolicy.Document(neighbour.Statements())
		for _, v := range seen {
			if want := slices.Contains(onEverything, v.Action); s.Allows(v, policy) != want {
				t.Errorf("%s: %s on %s: allowed %t, want %t", what, v.Action, v.Resource, !want, want)
			}
		}
	}
}
