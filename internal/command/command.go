// Package command is the one table of what the runner can do: words, items, flags, what each
// needs of IAM, and what it runs. The runner dispatches from it, the provider validates args with
// it at plan time, and summaries, policies and help derive from it.
package command

import "github.com/spin-dd/terraform-provider-savings/internal/iampolicy"

// Effect tells what a command does to its targets.
type Effect int

// Effects of a command.
const (
	Neither Effect = iota
	Start
	Stop
)

// Scope is where the targets of a command live; it completes ARNs.
type Scope struct{ Partition, Region, Account string }

// Call is a valid argument list, taken apart.
type Call struct{}

// Parse takes args apart and checks them against the table. Its error is a *UsageError.
func Parse(args []string) (*Call, error) { panic("skeleton") }

// Effect tells whether the call starts or stops its targets.
func (c *Call) Effect() Effect { panic("skeleton") }

// Summary says in words what the call does: "stop Aurora cluster my-aurora".
func (c *Call) Summary() string { panic("skeleton") }

// Targets names what the call acts on, in one form for every spelling of the same thing:
// "rds/cluster/my-aurora", "rds/cluster-tag/team=web".
func (c *Call) Targets() []string { panic("skeleton") }

// AWSRestarts tells whether AWS starts the call's targets again by itself after seven days.
func (c *Call) AWSRestarts() bool { panic("skeleton") }

// Statements lists what the runner's role needs for the call.
func (c *Call) Statements(scope Scope) []iampolicy.Statement { panic("skeleton") }
