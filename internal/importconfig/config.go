// Package importconfig writes the events of a savings_schedule from what people have: schedules of
// EventBridge Scheduler and rules of EventBridge, from AWS or from the JSON of a plan or a state,
// definitions of AWS Instance Scheduler, and crontabs. What cannot be carried over is said in
// comments, each with what to do.
package importconfig

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// Config is what a savings_schedule needs, as far as its source knows it.
type Config struct {
	// Source says in a few words what was read.
	Source string
	// Name and Group are name and group_name of a block that takes the schedules over where they are,
	// and ImportID is its import's; "" where the source's schedules cannot be taken over.
	Name, Group, ImportID string
	// Timezone is that of the most events; "" where there are none.
	Timezone      string
	Retry         *Retry
	DeadLetterARN string
	// Notes are about the whole.
	Notes []string
	// Events are sorted by key.
	Events []Event
	// Left are what no event does, in the source's order.
	Left []Left
}

// Retry is how often, and for how long, a delivery is tried.
type Retry struct{ MaximumAttempts, MaximumEventAgeSeconds int }

// Event is one event. Texts that are empty are left out.
type Event struct {
	Key string
	// Commands are the argument lists; Steps tells that they are written as steps.
	Commands             [][]string
	Steps                bool
	Expression, Timezone string
	Disabled             bool
	Description          string
	StartDate, EndDate   string // RFC 3339
	ExceptDates          []string
	// Notes say what is not carried over.
	Notes []string
}

// Left is something that no event does, why, and what to do about it.
type Left struct{ What, Why string }

// InputError says in one sentence why an input cannot be read, and what to give instead.
type InputError struct{ Sentence string }

func (e *InputError) Error() string { return e.Sentence }

func inputErrorf(format string, args ...any) error {
	return &InputError{fmt.Sprintf(format, args...)}
}

// add takes an event in, under a key of its own, or leaves it where the provider would refuse it.
func (c *Config) add(what string, e Event) {
	if err := check(e); err != nil {
		c.leave(what, "%v; write it by hand, or keep what you have for it", err)
		return
	}
	e.Key = c.freeKey(e.Key)
	c.Events = append(c.Events, e)
}

func (c *Config) leave(what, format string, args ...any) {
	c.Left = append(c.Left, Left{what, fmt.Sprintf(format, args...)})
}

// check asks what a plan would ask.
func check(e Event) error {
	if _, err := awscron.Parse(e.Expression); err != nil {
		return fmt.Errorf("its expression %q is refused: %w", e.Expression, err)
	}
	if _, err := awscron.LoadLocation(e.Timezone); err != nil {
		return err
	}
	for _, args := range e.Commands {
		if _, err := command.Parse(args); err != nil {
			return fmt.Errorf("the runner does not take %q: %w", strings.Join(args, " "), err)
		}
	}
	return nil
}

// maxKey is what a schedule's name may have (EventBridge Scheduler API Reference, CreateSchedule).
const maxKey = 64

var noKey = regexp.MustCompile(`[^0-9a-zA-Z_.-]+`)

// freeKey makes a key of a text that no event has yet.
func (c *Config) freeKey(text string) string {
	base := strings.Trim(noKey.ReplaceAllString(text, "_"), "_")
	if base == "" {
		base = "event"
	}
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf("_%d", n)
		}
		key := base[:min(len(base), maxKey-len(suffix))] + suffix
		if !slices.ContainsFunc(c.Events, func(e Event) bool { return e.Key == key }) {
			return key
		}
	}
}

// finish sorts the events and takes the zone that most of them have as the whole's.
func (c *Config) finish() {
	slices.SortFunc(c.Events, func(a, b Event) int { return strings.Compare(a.Key, b.Key) })
	var zones []string
	for _, e := range c.Events {
		zones = append(zones, e.Timezone)
	}
	c.Timezone = most(zones)
	for i := range c.Events {
		if c.Events[i].Timezone == c.Timezone {
			c.Events[i].Timezone = ""
		}
	}
}

// most returns the most frequent element, the first of them where several are; zero of none.
func most[T comparable](all []T) T {
	count := map[T]int{}
	for _, v := range all {
		count[v]++
	}
	var best T
	for _, v := range all {
		if count[v] > count[best] {
			best = v
		}
	}
	return best
}

// JSON is the configuration {"name","timezone","events"} that review and simulate read.
func (c *Config) JSON() (string, error) {
	type event struct {
		Args        []string   `json:"args,omitempty"`
		Steps       [][]string `json:"steps,omitempty"`
		CronExpr    string     `json:"cron_expr"`
		Timezone    string     `json:"timezone,omitempty"`
		Description string     `json:"description,omitempty"`
		Enabled     *bool      `json:"enabled,omitempty"`
		StartDate   string     `json:"start_date,omitempty"`
		EndDate     string     `json:"end_date,omitempty"`
		ExceptDates []string   `json:"except_dates,omitempty"`
	}
	events := map[string]event{}
	for _, e := range c.Events {
		out := event{
			CronExpr: e.Expression, Timezone: e.Timezone, Description: e.Description, StartDate: e.StartDate,
			EndDate: e.EndDate, ExceptDates: e.ExceptDates,
		}
		if e.Steps {
			out.Steps = e.Commands
		} else {
			out.Args = e.Commands[0]
		}
		if e.Disabled {
			out.Enabled = new(bool)
		}
		events[e.Key] = out
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Name     string           `json:"name,omitempty"`
		Timezone string           `json:"timezone"`
		Events   map[string]event `json:"events"`
	}{c.Name, c.Timezone, events})
	return b.String(), err
}

// Remarks are all that the comments of HCL say of what is not carried over, one line each.
func (c *Config) Remarks() []string {
	out := slices.Clone(c.Notes)
	for _, e := range c.Events {
		for _, note := range e.Notes {
			out = append(out, e.Key+": "+note)
		}
	}
	for _, l := range c.Left {
		out = append(out, l.What+" is not carried over: "+l.Why)
	}
	return out
}
