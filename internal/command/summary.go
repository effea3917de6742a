package command

import "github.com/spin-dd/terraform-provider-savings/internal/language"

// phrase is a verb's own words in English: "stop", "Aurora cluster", "Aurora clusters".
type phrase struct {
	verb, one, many string
	// arrived is the state that --wait waits for: "stopped".
	arrived string
}

// Summary says in words what the call does: "stop Aurora cluster my-aurora".
func (c *Call) Summary(lang language.Tag) string { return Summary(lang, c) }

// Summary says in words what calls do one after another: "stop Aurora cluster my-aurora, then stop 2
// ECS services of web".
func Summary(lang language.Tag, calls ...*Call) string {
	return englishSteps(calls)
}
