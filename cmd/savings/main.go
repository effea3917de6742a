// Command savings runs the runner's commands from this machine, fires and holds events, answers
// questions about schedule expressions, and writes the runner's packages.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spin-dd/terraform-provider-savings/internal/buildinfo"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitGate   = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	p := &program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, clock: command.SystemClock{},
		terminal: terminalOf(os.Stdout, os.Getenv),
	}
	os.Exit(p.execute(ctx, os.Args[1:]))
}

// program is what the subcommands need of the world.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	clock          command.Clock
	// terminal is where stdout is one, or nil.
	terminal *terminal
}

// subcommand is one word after "savings".
type subcommand struct {
	name, usage, short, long string
	flags                    []flag
	// verbs are the words that may follow, for completion; most subcommands have none.
	verbs []verb
	// passFlags leaves flags that the subcommand does not know among its arguments.
	passFlags bool
	// repeat are the flags that may be given more than once.
	repeat []string
	run    func(context.Context, *program, input) error
}

// verb is a word after a subcommand, with the flags that it takes.
type verb struct {
	name, short string
	flags       []flag
}

// subcommands lists all but help, which prints them.
var subcommands = []subcommand{
	runCommand, fireCommand, holdCommand, releaseCommand, holdsCommand, doctorCommand, nextCommand,
	describeCommand, reviewCommand, simulateCommand, policyCommand, importConfigCommand, runnerCommand,
}

// usageError is a wrong command line; it exits with 2.
type usageError struct{ error }

// Unwrap returns the reason.
func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// execute runs a command line and returns its exit code.
func (p *program) execute(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.stderr, overview())
		return exitUsage
	}
	err := p.dispatch(ctx, args)
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(p.stderr, "savings: %s\n", legible(err))
	if wrong := (usageError{}); errors.As(err, &wrong) {
		return exitUsage
	}
	if blind := (lookError{}); errors.As(err, &blind) {
		return exitUsage
	}
	if closed := (gateError{}); errors.As(err, &closed) {
		return exitGate
	}
	return exitFailed
}

// legible is an error's text without what is not seen, such as a terminal's controls in a file's name.
func legible(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = planjson.Visible(line)
	}
	return strings.Join(lines, "\n")
}

func (p *program) dispatch(ctx context.Context, args []string) error {
	switch args[0] {
	case "--version", "version":
		return buildinfo.Write(p.stdout, "savings")
	case "help", "--help", "-h":
		return p.help(args[1:])
	case "completion":
		return p.completion(args[1:])
	}
	for _, sub := range subcommands {
		if sub.name != args[0] {
			continue
		}
		in, err := parse(sub, args[1:])
		if err != nil {
			return err
		}
		if in.help {
			return p.help(append([]string{sub.name}, in.verb(sub)...))
		}
		return sub.run(ctx, p, in)
	}
	var names []string
	for _, sub := range subcommands {
		names = append(names, sub.name)
	}
	return usagef("unknown command %q; there are %s and help%s",
		args[0], strings.Join(names, ", "), inRun(args))
}

// inRun helps those who leave out the word run.
func inRun(args []string) string {
	for _, v := range command.Verbs() {
		if v.Service == args[0] {
			return "; did you mean: savings run " + strings.Join(args, " ")
		}
	}
	return ""
}
