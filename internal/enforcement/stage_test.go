// Package enforcement_test proves who may do what: each role runs on an AWS that judges every
// request, with its policy as this project writes it, on a neighbour that the policy does not name,
// and with one action less.
package enforcement_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// runnerRole is the role under test.
const runnerRole = "runner"

// stage is an AWS that judges every request, and a clock that moves on by what is slept.
type stage struct {
	*fakeaws.AWS
	*fakeaws.Clock
}

func newStage(t *testing.T, opts ...fakeaws.Option) stage {
	t.Helper()
	clock := fakeaws.NewClock(time.Now())
	s := stage{fakeaws.Start(t, append(opts, fakeaws.WithClock(clock.Now))...), clock}
	s.Enforce(t)
	if os.Getenv(simulatorFolder) != "" {
		s.OnVerdict(collect)
	}
	return s
}

// Sleep implements command.Clock.
func (s stage) Sleep(ctx context.Context, d time.Duration) error {
	s.Advance(d)
	return ctx.Err()
}

// as is the configuration of a role that has exactly these statements, under the boundary that the
// guide on security has.
func (s stage) as(statements []iampolicy.Statement) aws.Config {
	s.IAM().PutManagedPolicy(boundary, iampolicy.Document(deployer.Boundary()))
	role := fakeaws.Role{Name: runnerRole, PermissionsBoundary: boundary}
	if len(statements) > 0 {
		role.Policies = map[string]string{"p": iampolicy.Document(statements)}
	}
	s.IAM().PutRole(role)
	return s.ConfigOf(s.RoleKey(runnerRole))
}

func parse(t *testing.T, args string) *command.Call {
	t.Helper()
	call, err := command.Parse(strings.Fields(args))
	if err != nil {
		t.Fatalf("%s: %v", args, err)
	}
	return call
}

// run runs a command with fifteen minutes to go.
func (s stage) run(t *testing.T, cfg aws.Config, args string) command.Report {
	t.Helper()
	load := func(context.Context) (aws.Config, error) { return cfg, nil }
	ctx, cancel := context.WithDeadline(t.Context(), s.Now().Add(15*time.Minute))
	defer cancel()
	runner := command.NewRunner(load, s, slog.New(slog.DiscardHandler))
	return runner.Run(ctx, parse(t, args))
}

// here is where the runner lives.
var here = command.Scope{Partition: "aws", Region: fakeaws.Region, Account: fakeaws.Account}

// record begins to note what the stage allows. The function that it returns lists it so far.
func (s stage) record() func() []fakeaws.Verdict {
	var mu sync.Mutex
	var seen []fakeaws.Verdict
	s.OnVerdict(func(v fakeaws.Verdict) {
		mu.Lock()
		defer mu.Unlock()
		if v.Allowed {
			seen = append(seen, v)
		}
	})
	return func() []fakeaws.Verdict {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(seen)
	}
}

// looks tells whether an action only looks.
func looks(action string) bool {
	_, name, _ := strings.Cut(action, ":")
	return strings.HasPrefix(name, "Describe") || strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Get")
}

// actionsOf lists the actions that the statements allow, each once.
func actionsOf(statements []iampolicy.Statement) []string {
	var actions []string
	for _, s := range statements {
		actions = append(actions, s.Action...)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// without returns the statements without an action.
func without(statements []iampolicy.Statement, action string) []iampolicy.Statement {
	var rest []iampolicy.Statement
	for _, s := range statements {
		s.Action = slices.DeleteFunc(slices.Clone(s.Action), func(a string) bool { return a == action })
		if len(s.Action) > 0 {
			rest = append(rest, s)
		}
	}
	return rest
}

func outcomes(r command.Report) string {
	var all []string
	for _, result := range r.Results {
		all = append(all, fmt.Sprintf("%s %s (%s)", result.Target, result.Outcome, result.Detail))
	}
	return strings.Join(all, "; ")
}

// allDenied tells that the run reached something, and could do nothing to it.
func allDenied(r command.Report) bool {
	return len(r.Results) > 0 && !slices.ContainsFunc(r.Results, func(result command.Result) bool {
		return result.Outcome != command.Denied
	})
}
