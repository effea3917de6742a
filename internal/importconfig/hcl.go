package importconfig

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// defaultGroup is the group that always exists.
const defaultGroup = "default"

// HCL is the arguments of a savings_schedule: its events and, where the source's schedules can be taken
// over, what their block is called, with the import block as a comment.
func (c *Config) HCL() string {
	w := &hclText{}
	w.comment(0, c.Source)
	for _, note := range c.Notes {
		w.comment(0, note)
	}
	w.line("")
	for _, a := range []struct{ name, value string }{
		{"name", c.Name}, {"group_name", c.Group}, {"timezone", c.Timezone}, {"dead_letter_arn", c.DeadLetterARN},
	} {
		if a.value != "" {
			w.line("%s = %s", a.name, quote(a.value))
		}
	}
	if c.Retry != nil {
		w.line("retry = { maximum_attempts = %d, maximum_event_age_seconds = %d }",
			c.Retry.MaximumAttempts, c.Retry.MaximumEventAgeSeconds)
	}
	w.line("")
	w.line("events = {")
	for _, e := range c.Events {
		w.event(e)
	}
	for _, l := range c.Left {
		w.comment(1, l.What+" is not carried over: "+l.Why)
	}
	w.line("}")
	if c.ImportID != "" {
		w.line("")
		w.comment(0, "To take these schedules over where they are, put this beside the block:")
		w.line("#")
		for _, line := range []string{
			"import {", "  to = savings_schedule.this", "  id = " + quote(c.ImportID), "}",
		} {
			w.line("# %s", line)
		}
	}
	return strings.TrimLeft(string(hclwrite.Format([]byte(w.String()))), "\n")
}

type hclText struct{ strings.Builder }

func (w *hclText) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// commentWidth is where lines of comments end.
const commentWidth = 96

// comment writes a text of any length and characters as comments.
func (w *hclText) comment(indent int, text string) {
	prefix := strings.Repeat("  ", indent) + "#"
	line := prefix
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	for _, word := range strings.FieldsFunc(text, blank) {
		if len(line)+1+len(word) > commentWidth && line != prefix {
			w.line("%s", line)
			line = prefix + "  "
		}
		line += " " + word
	}
	if line != prefix {
		w.line("%s", line)
	}
}

func (w *hclText) event(e Event) {
	key := e.Key
	if !hclsyntax.ValidIdentifier(key) {
		key = quote(key)
	}
	for _, note := range e.Notes {
		w.comment(1, note)
	}
	w.line("  %s = {", key)
	if e.Steps {
		w.line("    steps = [")
		for _, step := range e.Commands {
			w.line("      %s,", list(step))
		}
		w.line("    ]")
	} else {
		w.line("    args = %s", list(e.Commands[0]))
	}
	for _, a := range []struct{ name, value string }{
		{"cron_expr", e.Expression}, {"timezone", e.Timezone}, {"description", e.Description},
		{"start_date", e.StartDate}, {"end_date", e.EndDate},
	} {
		if a.value != "" {
			w.line("    %s = %s", a.name, quote(a.value))
		}
	}
	if e.Disabled {
		w.line("    enabled = false")
	}
	if len(e.ExceptDates) > 0 {
		w.line("    except_dates = %s", list(e.ExceptDates))
	}
	w.line("  }")
}

func quote(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

func list(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
