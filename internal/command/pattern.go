package command

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled at its first use: the runner starts for one verb
// and would wait for the expressions of all.
type pattern func() *regexp.Regexp

// newPattern panics at its first use where the expression is wrong.
func newPattern(expression string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// MatchString tells whether text contains a match.
func (p pattern) MatchString(text string) bool { return p().MatchString(text) }
