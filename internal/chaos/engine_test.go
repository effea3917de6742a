package chaos_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// theEngine is in the table where an experiment runs the provider's own code without a program.
const theEngine = "the provider's engine"

// engine is the provider's package that writes schedules, on an account of its own: for experiments
// of hundreds of rounds.
type engine struct {
	t    *testing.T
	a    *fakeaws.AWS
	base []string
	*scheduleset.Keeper
}

func newEngine(t *testing.T, opts ...fakeaws.Option) *engine {
	t.Helper()
	a := fakeaws.Start(t, append([]fakeaws.Option{fakeaws.WithRegion(region)}, opts...)...)
	putRole(a)
	return &engine{t, a, a.Leftovers(), keeperAt(a, a.URL())}
}

// keeperAt works on the account behind an address. It waits for nothing: what AWS does by itself, the
// fake has done.
func keeperAt(a *fakeaws.AWS, url string) *scheduleset.Keeper {
	cfg := a.Config()
	cfg.BaseEndpoint = aws.String(url)
	c := scheduleset.ConfigFrom(cfg, 0)
	c.Sleep = func(ctx context.Context, _ time.Duration) error {
		runtime.Gosched()
		return ctx.Err()
	}
	return scheduleset.New(c)
}

// compare compares what was asked with the cloud; there is no state.
func (e *engine) compare(to schedules) finding {
	e.t.Helper()
	f := compareObjects(e.a, slices.Concat(e.base, to.Objects()))
	f.differences = append(f.differences, to.cloudDifferences(e.a)...)
	return f
}

// apply is what a refresh and an apply do with a set that is in the state: read, and write what differs.
func (e *engine) apply(want scheduleset.Set) error {
	live, err := e.Read(e.t.Context(), want)
	if errors.Is(err, scheduleset.ErrNotFound) {
		_, err := e.Create(e.t.Context(), want)
		return err
	}
	if err != nil {
		return err
	}
	have := want
	have.Events, have.Drifted = map[string]scheduleset.Event{}, map[string]bool{}
	have.Tags, have.PolicyJSON, have.RunnerRoleID = live.Tags, live.PolicyJSON, live.RunnerRoleID
	for key, got := range live.Schedules {
		have.Events[key] = want.Events[key] // a stranger has none
		should := want.Schedule(key)
		should.ARN = got.ARN
		have.Drifted[key] = !cmp.Equal(should, got)
	}
	_, err = e.Update(e.t.Context(), have, want)
	return err
}

// set is what the provider makes of the configuration.
func (s schedules) set() scheduleset.Set {
	set := scheduleset.Set{
		Name: s.name, GroupName: s.group, FunctionARN: functionARN, RoleARN: roleARN,
		MaximumAttempts: int32(s.attempts), MaximumEventAge: time.Hour, Tags: s.tags,
		Events: map[string]scheduleset.Event{},
	}
	var arns []string
	for key, e := range s.events {
		args, steps := e.commands()
		set.Events[key] = scheduleset.Event{
			Args: args, Steps: steps, ExceptDates: e.except, Expression: e.expr, Timezone: s.zoneOf(key),
			Description: e.description, Enabled: !e.disabled, Starts: e.verb == "start-cluster",
		}
		for _, cluster := range e.clusters() {
			arns = append(arns, "arn:aws:rds:"+region+":"+account+":cluster:"+cluster)
		}
	}
	if s.managed {
		set.RunnerRoleName = runnerRole
		set.PolicyJSON = iampolicy.Document([]iampolicy.Statement{{
			Action: []string{"rds:StopDBCluster", "rds:StartDBCluster"}, Resource: arns,
		}})
	}
	return set
}
