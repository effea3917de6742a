package acctest

import (
	"errors"
	"os"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// Pair is a program and the emulator that it works against.
type Pair struct {
	Tool     tfcli.Tool
	Emulator emulator.Kind
}

// pairs are all there are.
var pairs = [...]Pair{
	{tfcli.Tofu, emulator.Ministack},
	{tfcli.Terraform, emulator.Moto},
	{tfcli.Tofu, emulator.Moto},
	{tfcli.Terraform, emulator.Ministack},
}

// PairOf spreads tests evenly: the test with number i gets one of the four pairs. With RealAWS both
// programs work against the account.
func PairOf(i int) Pair {
	pair := pairs[i%len(pairs)]
	if os.Getenv(RealAWS) == "1" {
		pair.Emulator = emulator.AWS
	}
	return pair
}

// String names the pair as a subtest.
func (p Pair) String() string { return string(p.Tool) + " on " + string(p.Emulator) }

// Start starts the pair's emulator and makes a CLI for it.
func (p Pair) Start(tb testing.TB) (*CLI, *Emulator) {
	tb.Helper()
	e := Start(tb, p.Emulator)
	return NewCLI(tb, p.Tool, e.Env()...), e
}

// CLI is a real program in a working folder of its own. Each method fails the test where the
// program fails, except where it says otherwise.
type CLI struct {
	*tfcli.CLI
	tb testing.TB
}

// NewCLI makes a CLI with the provider that `make build` left in bin; env, such as an emulator's,
// is added to a bare environment. The test is skipped with -short, and where terraform is not on
// the PATH.
func NewCLI(tb testing.TB, tool tfcli.Tool, env ...string) *CLI {
	tb.Helper()
	if testing.Short() {
		tb.Skipf("runs %s", tool)
	}
	c, err := tfcli.New(Root(tb), tb.TempDir(), tool, env)
	if missing := (*tfcli.NotFoundError)(nil); errors.As(err, &missing) && tool == tfcli.Terraform {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return &CLI{c, tb}
}

// Write writes a file of the configuration.
func (c *CLI) Write(name, content string) {
	c.tb.Helper()
	c.check(c.CLI.Write(name, content))
}

// Copy copies a folder of configurations, with all below it, into the working folder as name.
func (c *CLI) Copy(from, name string) {
	c.tb.Helper()
	c.check(c.CLI.Copy(from, name))
}

// InstallFrom has providers come from another place; method is a block of provider_installation.
func (c *CLI) InstallFrom(method string) {
	c.tb.Helper()
	c.check(c.CLI.InstallFrom(method))
}

// Init prepares the working folder.
func (c *CLI) Init() {
	c.tb.Helper()
	c.check(c.CLI.Init(c.tb.Context()))
}

// Validate returns the diagnostics of `validate`. Errors among them do not fail the test.
func (c *CLI) Validate() []tfjson.Diagnostic {
	c.tb.Helper()
	return must(c, func() ([]tfjson.Diagnostic, error) { return c.CLI.Validate(c.tb.Context()) })
}

// Plan makes and saves a plan.
func (c *CLI) Plan(args ...string) *tfcli.Plan {
	c.tb.Helper()
	return must(c, func() (*tfcli.Plan, error) { return c.CLI.Plan(c.tb.Context(), args...) })
}

// PlanEmpty fails the test, with the plan's text, where there is anything to apply.
func (c *CLI) PlanEmpty(args ...string) {
	c.tb.Helper()
	if p := c.Plan(args...); p.Changed {
		c.tb.Fatalf("the plan is not empty:\n%s", p.Text)
	}
}

// PlanFails returns what a plan printed that must fail.
func (c *CLI) PlanFails(args ...string) string {
	c.tb.Helper()
	_, err := c.CLI.Plan(c.tb.Context(), args...)
	return c.failure(err)
}

// Apply applies without asking; a plan's file may be among args.
func (c *CLI) Apply(args ...string) tfcli.Result {
	c.tb.Helper()
	return must(c, func() (tfcli.Result, error) { return c.CLI.Apply(c.tb.Context(), args...) })
}

// ApplyFails returns what an apply printed that must fail.
func (c *CLI) ApplyFails(args ...string) string {
	c.tb.Helper()
	_, err := c.CLI.Apply(c.tb.Context(), args...)
	return c.failure(err)
}

// Destroy destroys without asking.
func (c *CLI) Destroy(args ...string) tfcli.Result {
	c.tb.Helper()
	return must(c, func() (tfcli.Result, error) { return c.CLI.Destroy(c.tb.Context(), args...) })
}

// Import imports the object with an ID to an address.
func (c *CLI) Import(address, id string) tfcli.Result {
	c.tb.Helper()
	return must(c, func() (tfcli.Result, error) {
		return c.CLI.Import(c.tb.Context(), address, id)
	})
}

// State returns the state; its Values are nil where it is empty.
func (c *CLI) State() *tfjson.State {
	c.tb.Helper()
	return must(c, func() (*tfjson.State, error) { return c.CLI.State(c.tb.Context()) })
}

// Run runs the program with any arguments and returns what it printed, whatever its status.
func (c *CLI) Run(args ...string) tfcli.Result {
	c.tb.Helper()
	return must(c, func() (tfcli.Result, error) { return c.CLI.Run(c.tb.Context(), args...) })
}

// Start starts the program and returns at once, for tests that kill it. Wait must be called.
func (c *CLI) Start(args ...string) *tfcli.Running {
	c.tb.Helper()
	return must(c, func() (*tfcli.Running, error) { return c.CLI.Start(c.tb.Context(), args...) })
}

func (c *CLI) check(err error) {
	c.tb.Helper()
	if err != nil {
		c.tb.Fatal(err)
	}
}

// failure returns what the program printed; the test fails where err is not the program's own.
func (c *CLI) failure(err error) string {
	c.tb.Helper()
	var exit *tfcli.ExitError
	if !errors.As(err, &exit) {
		c.tb.Fatalf("got %v, want the program to fail", err)
	}
	return exit.Result.Stdout + exit.Result.Stderr
}

func must[T any](c *CLI, run func() (T, error)) T {
	c.tb.Helper()
	v, err := run()
	c.check(err)
	return v
}

// Flat undoes the line wrapping of diagnostics, so that a test can look for a sentence.
func Flat(text string) string {
	text = strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

// EachTool runs a test with OpenTofu and with Terraform, at the same time.
func EachTool(t *testing.T, test func(t *testing.T, tool tfcli.Tool)) {
	t.Helper()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			test(t, tool)
		})
	}
}
