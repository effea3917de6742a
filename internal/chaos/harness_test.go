// Package chaos_test breaks things on purpose while the real OpenTofu and Terraform work against the
// fake AWS: processes are killed and interrupted, calls fail, two writers meet, somebody changes what
// is there. Every run ends with one comparison of configuration, state and cloud. What was asked is
// modelled here, apart from the provider's own code.
//
//	make chaos              every call of every verb
//	go test ./internal/chaos    a short cut of each experiment
package chaos_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// full runs each experiment as the guide on reliability tells it; without it a short cut runs.
// everything, by CHAOS=full, runs every combination of call, victim, effect and program.
var (
	full       = flag.Bool("full", false, "run the experiments in full, not a short cut of each")
	everything = os.Getenv("CHAOS") == "full"
	seed       = flag.Uint64("seed", 1, "what random experiments begin with; each prints its own")
)

// seedOf is the seed of a round of a random experiment.
func seedOf(round int) uint64 { return *seed + 1000*uint64(round) }

const (
	region  = "ap-northeast-1"
	account = "123456789012"
)

const header = `
terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}
`

// asked is what a configuration asks for, as a model that knows nothing of the provider.
type asked interface {
	// HCL is the configuration's resources; "" asks for nothing, and is reached by a destroy.
	HCL() string
	// Objects are the lines of fakeaws.AWS.Leftovers that there have to be, and no others.
	Objects() []string
	// Differences tells how the settings of what exists differ from what was asked, in the cloud and
	// in the state; none where all are equal.
	Differences(a *fakeaws.AWS, state *tfjson.State) []string
}

// nothing is what a destroy asks for.
type nothing struct{}

func (nothing) HCL() string       { return "" }
func (nothing) Objects() []string { return nil }
func (nothing) Differences(_ *fakeaws.AWS, state *tfjson.State) []string {
	if state.Values != nil && len(state.Values.RootModule.Resources) > 0 {
		return []string{fmt.Sprintf("the state still has %s", state.Values.RootModule.Resources[0].Address)}
	}
	return nil
}

// world is one working folder of a program, and the account that it works in.
type world struct {
	*acctest.CLI
	t *testing.T
	a *fakeaws.AWS
	// base is what existed before the first run, made by prepare: it is not ours and stays.
	base []string
}

// newWorld starts an account in which AWS takes its time, lets prepare put into it what others own, and
// makes a working folder.
func newWorld(t *testing.T, tool tfcli.Tool, prepare func(*fakeaws.AWS), opts ...fakeaws.Option) *world {
	t.Helper()
	a := fakeaws.Start(t, append([]fakeaws.Option{fakeaws.WithoutRoleChecks(), fakeaws.WithRegion(region)}, opts...)...)
	a.Scheduler().SlowGroupDeletion(1, 0)
	a.Lambda().SlowCreate(1)
	a.Lambda().SlowUpdate(1)
	prepare(a)
	return worldIn(t, tool, a, a.URL())
}

// worldIn makes a working folder for an account, which may have several, behind an address.
func worldIn(t *testing.T, tool tfcli.Tool, a *fakeaws.AWS, url string) *world {
	t.Helper()
	temporary, err := os.MkdirTemp("", "chaos") // short: a killed provider leaves its socket there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temporary) })
	c := acctest.NewCLI(t, installed(t, tool), "TMPDIR="+temporary, "AWS_ENDPOINT_URL="+url, "AWS_REGION="+region,
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
	w := &world{CLI: c, t: t, a: a, base: a.Leftovers()}
	if err := c.OverrideProvider(); err != nil { // hundreds of commands
		t.Fatal(err)
	}
	return w
}

// installed is the program whose turn it is: tofu takes the turns of a terraform that is not on the PATH.
func installed(t *testing.T, tool tfcli.Tool) tfcli.Tool {
	t.Helper()
	_, err := tfcli.Find(acctest.Root(t), tool)
	if missing := (*tfcli.NotFoundError)(nil); errors.As(err, &missing) {
		return tfcli.Tofu
	}
	return tool
}

// command writes the configuration that asks for to, and returns the arguments that reach it.
func (w *world) command(to asked) []string {
	w.t.Helper()
	if to.HCL() == "" {
		return []string{"destroy", "-auto-approve", "-no-color"}
	}
	w.Write("main.tf", header+to.HCL())
	args := []string{"apply", "-auto-approve", "-no-color"}
	if _, again := to.(replacing); again {
		args = append(args, "-replace=savings_schedule.this")
	}
	return args
}

// reach runs the one command that has to bring everything to what is asked. That it ends well is not
// enough; see compare.
func (w *world) reach(to asked) tfcli.Result {
	w.t.Helper()
	return w.Run(w.command(to)...)
}

// finding is what a comparison found: differences, and what should not be there.
type finding struct{ differences, left []string }

func (f finding) equal() bool { return len(f.differences)+len(f.left) == 0 }

// missing are the objects that there have to be and that are not there.
func (f finding) missing() []string {
	return slices.DeleteFunc(slices.Clone(f.differences), func(line string) bool {
		return !strings.HasPrefix(line, "missing: ")
	})
}

func (f finding) String() string {
	return strings.Join(slices.Concat(f.differences, f.left), "\n")
}

// compare compares three things: what was asked, the state (show -json) and the cloud; and sees that
// the next plan is empty.
func (w *world) compare(to asked) (f finding) {
	w.t.Helper()
	f = compareObjects(w.a, slices.Concat(w.base, to.Objects()))
	f.differences = append(f.differences, to.Differences(w.a, w.State())...)
	plan := []string{"plan", "-detailed-exitcode", "-no-color"}
	if to.HCL() == "" {
		plan = append(plan, "-destroy")
	}
	if res := w.Run(plan...); res.ExitCode != 0 {
		f.differences = append(f.differences, "the next plan is not empty:\n"+res.Stdout+res.Stderr)
	}
	return f
}

// compareObjects compares the names of all that exists with those that there have to be.
func compareObjects(a *fakeaws.AWS, want []string) (f finding) {
	got := a.Leftovers()
	for _, line := range got {
		if !slices.Contains(want, line) {
			f.left = append(f.left, "left over: "+line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			f.differences = append(f.differences, "missing: "+line)
		}
	}
	return f
}

// mustReach is for the beginning of an experiment: nothing has been broken yet.
func (w *world) mustReach(to asked) {
	w.t.Helper()
	if res := w.reach(to); res.ExitCode != 0 {
		w.t.Fatalf("setting the experiment up:\n%s%s", res.Stdout, res.Stderr)
	}
	if f := w.compare(to); !f.equal() {
		w.t.Fatalf("setting the experiment up:\n%s", f)
	}
}

// converge reaches what is asked with one command, compares and counts. It returns whether both were
// well; where they were not, it has failed the test with what happened before. Where the command says
// in its error what to do, and the experiment expects that, it is done to the letter.
func (w *world) converge(tl *tally, to asked, before string) bool {
	w.t.Helper()
	res := w.reach(to)
	block := importBlock.FindString(res.Stdout + res.Stderr)
	followed := tl.imports && res.ExitCode != 0 && block != ""
	if followed {
		w.Write("main.tf", header+to.HCL()+block)
		res = w.Run("apply", "-auto-approve", "-no-color")
	}
	f := w.compare(to)
	well := res.ExitCode == 0 && f.equal()
	tl.count(w.program(), well, len(f.left))
	if followed {
		tl.follow()
	}
	if !well {
		w.t.Errorf("%s; then %s ended with status %d, and compared:\n%s\n\n%s%s", before, w.Tool, res.ExitCode, f,
			last(res.Stdout), res.Stderr)
	}
	return well
}

// trust compares after a command that ended well: it has reached what is asked, or it lied.
func (w *world) trust(to asked, res tfcli.Result, what string) {
	w.t.Helper()
	if res.ExitCode != 0 {
		return
	}
	if f := w.compare(to); !f.equal() {
		w.t.Errorf("%s: it ended well, and compared:\n%s\n\n%s%s", what, f, last(res.Stdout), res.Stderr)
	}
}

// importBlock is what the error prints that a complete resource exists which the state does not have.
var importBlock = regexp.MustCompile(`(?s)import \{.*?\n *\}\n`)

// last is the end of a long output.
func last(text string) string {
	const enough = 2000
	return text[max(0, len(text)-enough):]
}

// diff compares two values of one thing, such as "cloud schedule app/stop"; none where they are equal.
func diff(of string, want, got any) []string {
	if d := cmp.Diff(want, got); d != "" {
		return []string{of + " (-asked +found):\n" + d}
	}
	return nil
}
