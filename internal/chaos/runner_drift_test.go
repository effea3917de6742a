package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// tampering is one way in which somebody changes a runner by hand.
type tampering struct {
	name string
	do   func(*fakeaws.AWS, runner)
}

// onFunction changes the function.
func onFunction(name string, change func(*fakeaws.Function)) tampering {
	return tampering{name, func(a *fakeaws.AWS, r runner) {
		if _, there := a.Lambda().Function(r.name); there {
			a.Lambda().Change(r.name, change)
		}
	}}
}

// onRoles changes both roles.
func onRoles(name string, change func(*fakeaws.Role)) tampering {
	return tampering{name, func(a *fakeaws.AWS, r runner) {
		for _, name := range []string{r.role(), r.scheduler()} {
			if role, there := a.IAM().Role(name); there {
				change(&role)
				a.IAM().PutRole(role)
			}
		}
	}}
}

// onLogGroup changes the log group.
func onLogGroup(name string, change func(*fakeaws.LogGroup)) tampering {
	return tampering{name, func(a *fakeaws.AWS, r runner) {
		if group, there := a.Logs().Group(r.logGroup()); there {
			change(&group)
			a.Logs().PutGroup(group)
		}
	}}
}

var tamperings = []tampering{
	{"function deleted", func(a *fakeaws.AWS, r runner) { a.Lambda().RemoveFunction(r.name) }},
	onFunction("code changed", func(f *fakeaws.Function) {
		if f.PackageType == "Image" {
			f.ImageURI = "mine@sha256:" + strings.Repeat("ab", 32)
		}
		f.CodeSha256 = strings.Repeat("ab", 32)
	}),
	onFunction("memory and timeout changed", func(f *fakeaws.Function) { f.MemorySize, f.Timeout = 1024, 3 }),
	onFunction("environment added", func(f *fakeaws.Function) {
		f.Environment = &fakeaws.Environment{Variables: map[string]string{"LEVEL": "debug"}}
	}),
	onFunction("throttled", func(f *fakeaws.Function) { f.ReservedConcurrency = new(int) }),
	onFunction("another log group", func(f *fakeaws.Function) { f.LoggingConfig.LogGroup = "/mine" }),
	onFunction("another role", func(f *fakeaws.Function) { f.Role += "-mine" }),
	onFunction("tags of the function changed", func(f *fakeaws.Function) { f.Tags = map[string]string{"team": "mine"} }),
	onFunction("retries forgotten", func(f *fakeaws.Function) { f.EventInvoke = nil }),
	{"execution role deleted", func(a *fakeaws.AWS, r runner) { a.IAM().RemoveRole(r.role()) }},
	{"scheduler's role deleted", func(a *fakeaws.AWS, r runner) { a.IAM().RemoveRole(r.scheduler()) }},
	onRoles("policies removed", func(r *fakeaws.Role) { r.Policies = nil }),
	onRoles("policies widened", func(r *fakeaws.Role) {
		r.Policies = map[string]string{"savings-runner": `{"Version":"2012-10-17","Statement":` +
			`{"Effect":"Allow","Action":"*","Resource":"*"}}`}
	}),
	onRoles("trust widened", func(r *fakeaws.Role) {
		r.Trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",` +
			`"Principal":{"AWS":"*"}}}`
	}),
	onRoles("tags of the roles removed", func(r *fakeaws.Role) { r.Tags = nil }),
	{"log group deleted", func(a *fakeaws.AWS, r runner) { a.Logs().RemoveGroup(r.logGroup()) }},
	onLogGroup("retention changed", func(g *fakeaws.LogGroup) { g.RetentionDays = 0 }),
	onLogGroup("tags of the log group changed", func(g *fakeaws.LogGroup) { g.Tags = map[string]string{"x": "y"} }),
	{"image deleted", func(a *fakeaws.AWS, r runner) {
		if r.image {
			a.ECR().RemoveImage(repository, "sha256:"+r.digest())
		}
	}},
}

// One to three things are changed by hand, and one apply puts them right.
func TestChaos_runnerDrift(t *testing.T) {
	t.Parallel()
	tl := &tally{experiment: "Drift at random, savings_runner: function, code, settings, roles, log group, image"}
	rounds := 3
	if *full {
		rounds = 40
	}
	t.Run("runners", func(t *testing.T) {
		for i, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
			s := seedOf(i)
			tl.seeds = append(tl.seeds, s)
			t.Run(string(tool), func(t *testing.T) {
				t.Parallel()
				tamper(t, tl, tool, aRunner(i == 0), s, rounds)
			})
		}
	})
	tl.report(t)
}

func tamper(t *testing.T, tl *tally, tool tfcli.Tool, r runner, seed uint64, rounds int) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 5))
	w := newWorld(t, tool, r.prepare)
	w.mustReach(r)
	for round := range rounds {
		var changes []string
		for range 1 + random.IntN(3) {
			change := tamperings[random.IntN(len(tamperings))]
			change.do(w.a, r)
			changes = append(changes, change.name)
		}
		if !w.converge(tl, r, fmt.Sprintf("seed %d, round %d: %s", seed, round, strings.Join(changes, ", "))) {
			return
		}
	}
}
