package main

import (
	"slices"
	"strings"
)

// flag is an option of a subcommand, written --name=value or --name value anywhere after the
// subcommand, or --name alone where value, the value's name, is empty.
type flag struct{ name, value, short string }

// input is a command line, taken apart.
type input struct {
	args  []string
	flags map[string]string
	// repeated are the values of flags that may be given more than once.
	repeated map[string][]string
	help     bool
}

func parse(sub subcommand, args []string) (input, error) {
	in := input{flags: map[string]string{}, repeated: map[string][]string{}}
	for i := 0; i < len(args); i++ {
		name, value, hasValue := strings.Cut(args[i], "=")
		switch {
		case args[i] == "--help" || args[i] == "-h":
			in.help = true
			continue
		case args[i] == "-", !strings.HasPrefix(args[i], "-"), sub.passFlags && !sub.has(name):
			in.args = append(in.args, args[i])
			continue
		case !sub.has(name):
			return input{}, usagef("unknown flag %q; %s takes %s", name, sub.name, sub.flagNames())
		}
		if _, twice := in.flags[name]; twice && !slices.Contains(sub.repeat, name) {
			return input{}, usagef("%s is given twice; write it once", name)
		}
		if sub.isSwitch(name) {
			if hasValue {
				return input{}, usagef("%s takes no value; write %s alone, or leave it out", name, name)
			}
			in.flags[name] = "true"
			continue
		}
		if !hasValue {
			if i++; i == len(args) {
				return input{}, usagef("%s without a value; write %s=%s", name, name, sub.valueOf(name))
			}
			value = args[i]
		}
		in.flags[name] = value
		in.repeated[name] = append(in.repeated[name], value)
	}
	return in, nil
}

// verb returns the words that name a command of run, as far as they are there.
func (in input) verb(sub subcommand) []string {
	if sub.name != runCommand.name {
		return nil
	}
	return in.args[:min(len(in.args), 2)]
}

func (s subcommand) has(name string) bool {
	return slices.ContainsFunc(s.flags, func(f flag) bool { return f.name == name })
}

// isSwitch tells whether a flag takes no value.
func (s subcommand) isSwitch(name string) bool {
	return slices.ContainsFunc(s.flags, func(f flag) bool { return f.name == name && f.value == "" })
}

// valueOf names a flag's value.
func (s subcommand) valueOf(name string) string {
	i := slices.IndexFunc(s.flags, func(f flag) bool { return f.name == name })
	return s.flags[i].value
}

func (s subcommand) flagNames() string {
	names := make([]string, len(s.flags))
	for i, f := range s.flags {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}
