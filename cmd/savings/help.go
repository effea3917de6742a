package main

import (
	"fmt"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// overview is the help without arguments.
func overview() string {
	var b strings.Builder
	b.WriteString("savings stops and starts AWS resources, holds the events that do so, and explains schedule\n" +
		"expressions.\n\n")
	b.WriteString("Usage:\n")
	for _, sub := range subcommands {
		fmt.Fprintf(&b, "  savings %s\n      %s\n", sub.usage, sub.short)
	}
	b.WriteString("  savings help [COMMAND | SERVICE [VERB]]\n" +
		"  savings completion bash|zsh|fish\n  savings --version\n\n")
	b.WriteString("What run can do:\n" + command.Help() + "\n")
	b.WriteString("Exit codes: 0 done, 1 something failed or is broken, 2 wrong usage, an invalid expression,\n" +
		"or what doctor could not look at, 3 a plan that review's --fail-on or --min-off-hours does not let pass.\n")
	return b.String()
}

func (p *program) help(args []string) error {
	text, err := helpFor(args)
	if err == nil {
		fmt.Fprint(p.stdout, text)
	}
	return err
}

func helpFor(args []string) (string, error) {
	if len(args) > 0 && args[0] == "run" && len(args) > 1 {
		args = args[1:]
	}
	switch len(args) {
	case 0:
		return overview(), nil
	case 1:
		for _, sub := range subcommands {
			if sub.name == args[0] {
				return sub.help(), nil
			}
		}
		if text := serviceHelp(args[0]); text != "" {
			return text, nil
		}
		return "", usagef("no help on %q; see: savings help", args[0])
	case 2:
		if verb, ok := command.Lookup(args[0], args[1]); ok {
			return verb.Help("savings run ") + "\nsavings run itself takes:\n" + flagHelp(runCommand.flags), nil
		}
	}
	return "", usagef("no help on %q; see: savings help", strings.Join(args, " "))
}

func serviceHelp(service string) string {
	var b strings.Builder
	for _, v := range command.Verbs() {
		if v.Service == service {
			fmt.Fprintf(&b, "  savings run %s\n      %s\n", v.Usage(), v.Short)
		}
	}
	return b.String()
}

func (s subcommand) help() string {
	return fmt.Sprintf("savings %s\n\n%s\n\nFlags:\n%s", s.usage, s.long, flagHelp(s.flags))
}

func flagHelp(flags []flag) string {
	var b strings.Builder
	for _, f := range flags {
		fmt.Fprintf(&b, "  %-20s %s\n", strings.TrimSpace(f.name+" "+f.value), f.short)
	}
	return b.String()
}
