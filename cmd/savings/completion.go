package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// shells maps a shell to what writes its script.
var shells = map[string]func([]choice) string{
	"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion,
}

// shellNames is in the order of the help.
var shellNames = []string{"bash", "zsh", "fish"}

// choice is what may follow some words of a command line.
type choice struct {
	// after are the words behind "savings", without flags: "run rds". With open set, items may
	// stand behind them.
	after string
	open  bool
	words []word
}

// word is one candidate with its explanation.
type word struct{ text, short string }

func (p *program) completion(args []string) error {
	if len(args) != 1 || shells[args[0]] == nil {
		return usagef("write one of: savings completion %s", strings.Join(shellNames, ", "))
	}
	fmt.Fprint(p.stdout, shells[args[0]](choices()))
	return nil
}

// choices are all of the command line, from the subcommands and the command table.
func choices() []choice {
	first := choice{words: []word{
		{"help", "explain a command"}, {"completion", "print a shell's completion script"},
	}}
	help := choice{after: "help", words: services()}
	all := []choice{{after: "completion"}}
	for _, shell := range shellNames {
		all[0].words = append(all[0].words, word{shell, "completion for " + shell})
	}
	for _, sub := range subcommands {
		first.words = append(first.words, word{sub.name, sub.short})
		help.words = append(help.words, word{sub.name, sub.short})
		if sub.name == runCommand.name {
			all = append(all, choice{after: sub.name, words: services()})
			continue
		}
		if len(sub.verbs) > 0 {
			all = append(all, verbChoices(sub)...)
			continue
		}
		all = append(all, choice{after: sub.name, open: true, words: flagWords(sub.flags)})
	}
	for _, s := range services() {
		verbs := verbWords(s.text)
		all = append(all, choice{after: "run " + s.text, words: verbs},
			choice{after: "help " + s.text, words: verbs})
	}
	for _, v := range command.Verbs() {
		var flags []word
		for _, f := range slices.Concat(v.Flags, command.Flags) {
			flags = append(flags, word{f.Name, f.Short})
		}
		flags = append(flags, flagWords(runCommand.flags)...)
		for _, name := range append([]string{v.Name}, v.Aliases...) {
			after := "run " + v.Service + " " + name
			all = append(all, choice{after: after, open: true, words: flags})
		}
	}
	return append([]choice{first, help}, all...)
}

// verbChoices are the verbs of a subcommand, and behind each its flags.
func verbChoices(sub subcommand) []choice {
	first := choice{after: sub.name}
	all := []choice{}
	for _, v := range sub.verbs {
		first.words = append(first.words, word{v.name, v.short})
		all = append(all, choice{after: sub.name + " " + v.name, open: true, words: flagWords(v.flags)})
	}
	return append([]choice{first}, all...)
}

func services() []word {
	var words []word
	for _, v := range command.Verbs() {
		if !slices.ContainsFunc(words, func(w word) bool { return w.text == v.Service }) {
			words = append(words, word{v.Service, "commands of " + v.Service})
		}
	}
	return words
}

func verbWords(service string) []word {
	var words []word
	for _, v := range command.Verbs() {
		if v.Service == service {
			words = append(words, word{v.Name, v.Short})
		}
	}
	return words
}

func flagWords(flags []flag) []word {
	var words []word
	for _, f := range flags {
		words = append(words, word{f.name, f.short})
	}
	return words
}

// bashCompletion is for bash 3.2 and newer.
func bashCompletion(all []choice) string {
	var b strings.Builder
	b.WriteString(`# bash completion for savings: source <(savings completion bash)
_savings() {
	local before= words= i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) ;;
		*) before="$before${before:+ }${COMP_WORDS[i]}" ;;
		esac
	done
	case $before in
`)
	for _, c := range all {
		pattern := quoteShell(c.after)
		if c.open {
			pattern += " | " + quoteShell(c.after+" ") + "*"
		}
		var texts []string
		for _, w := range c.words {
			texts = append(texts, w.text)
		}
		fmt.Fprintf(&b, "\t%s) words=%s ;;\n", pattern, quoteShell(strings.Join(texts, " ")))
	}
	b.WriteString(`	esac
	COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _savings savings
`)
	return b.String()
}

func zshCompletion(all []choice) string {
	var b strings.Builder
	b.WriteString(`#compdef savings
# zsh completion for savings: source <(savings completion zsh), after compinit
_savings() {
	local -a before candidates
	before=(${(@)words[2,CURRENT-1]:#-*})
	case "${before[*]}" in
`)
	for _, c := range all {
		pattern := quoteShell(c.after)
		if c.open {
			pattern += "|" + quoteShell(c.after+" ") + "*"
		}
		fmt.Fprintf(&b, "\t(%s)\n\t\tcandidates=(\n", pattern)
		for _, w := range c.words {
			fmt.Fprintf(&b, "\t\t\t%s\n", quoteShell(w.text+":"+w.short))
		}
		b.WriteString("\t\t)\n\t\t;;\n")
	}
	b.WriteString(`	esac
	_describe savings candidates
}
compdef _savings savings
`)
	return b.String()
}

func fishCompletion(all []choice) string {
	var b strings.Builder
	b.WriteString(`# fish completion for savings: savings completion fish | source
function __savings_before
	set -l words (commandline -opc)
	set -e words[1]
	string match -v -- '-*' $words | string join ' '
end
function __savings_at
	set -l before (__savings_before)
	test "$before" = "$argv[1]"
end
function __savings_behind
	set -l before (__savings_before)
	string match -q -- "$argv[1] *" "$before "
end
complete -c savings -f
`)
	for _, c := range all {
		test := "__savings_at"
		if c.open {
			test = "__savings_behind"
		}
		condition := quoteFish(test + " " + quoteFish(c.after))
		for _, w := range c.words {
			candidate := "-a " + quoteFish(w.text)
			if name, isFlag := strings.CutPrefix(w.text, "--"); isFlag {
				candidate = "-l " + name
			}
			fmt.Fprintf(&b, "complete -c savings -n %s %s -d %s\n", condition, candidate,
				quoteFish(w.short))
		}
	}
	return b.String()
}

// quoteShell is a word in single quotes, for bash and zsh.
func quoteShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// quoteFish is a word in single quotes, in which fish knows two escapes.
func quoteFish(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
