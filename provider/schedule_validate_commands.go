package provider

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// maxInputLength is AWS's bound for a target's input, in bytes (Scheduler user guide, quotas).
const maxInputLength = 256 * 1024

// Examples for those who wrote nothing.
const (
	writeArgs  = `args = ["rds", "stop-cluster", "my-aurora"]`
	writeSteps = `steps = [["rds", "start-cluster", "my-aurora", "--wait"], ["ecs", "start-services", "web/api"]]`
)

// commands checks args and steps, of which an event has exactly one.
func (v *scheduleValidator) commands(key string, e eventModel) {
	switch {
	case e.Args.IsNull() && e.Steps.IsNull():
		v.eventError(key, "Missing args", "has no args and no steps. Write what to run, such as "+writeArgs)
	case !e.Args.IsNull() && !e.Args.IsUnknown() && !e.Steps.IsNull() && !e.Steps.IsUnknown():
		v.eventError(key, "Both args and steps", "has both args and steps. Keep args for one command, or steps "+
			"for several in order")
	case e.Steps.IsNull():
		v.argList(key, "args", e.Args, writeArgs)
	default:
		v.steps(key, e.Steps)
		if !e.Args.IsNull() {
			v.argList(key, "args", e.Args, writeArgs)
		}
	}
}

func (v *scheduleValidator) steps(key string, steps types.List) {
	if !steps.IsUnknown() && len(steps.Elements()) == 0 {
		v.eventError(key, "Empty steps", "has steps = []. Write the commands in order, such as "+writeSteps)
	}
	for i, element := range steps.Elements() {
		if step, ok := element.(types.List); ok {
			v.argList(key, fmt.Sprintf("steps[%d]", i), step, `["rds", "stop-cluster", "my-aurora"]`)
		}
	}
}

// argList checks one argument list; at is its place in the event, such as steps[1], and example
// what may stand there.
func (v *scheduleValidator) argList(key, at string, list types.List, example string) {
	attribute, _, _ := strings.Cut(at, "[")
	switch {
	case list.IsUnknown():
		return
	case list.IsNull():
		v.eventError(key, "Null in "+attribute, fmt.Sprintf("has null as %s. Leave it out, or write what to run, such as %s",
			at, example))
		return
	case len(list.Elements()) == 0:
		v.eventError(key, "Empty "+attribute, fmt.Sprintf("has %s = []. Write what to run, such as %s", at, example))
		return
	}
	var known []string
	unknown := false
	for i, element := range list.Elements() {
		s, _ := element.(types.String)
		if s.IsNull() {
			v.eventError(key, "Null in "+attribute, fmt.Sprintf("has null as %s[%d]. Leave it out, or give it a value", at, i))
			return
		}
		unknown = unknown || s.IsUnknown()
		if !unknown {
			known = append(known, s.ValueString())
		}
	}
	check := func(words []string) error { _, err := command.Parse(words); return err }
	if unknown {
		check = command.CheckPrefix // what comes before the first unknown word can be judged already
	}
	if err := check(known); err != nil {
		var usage *command.UsageError
		if errors.As(err, &usage) && usage.Index >= 0 && usage.Index < len(known) {
			at = fmt.Sprintf("%s[%d]", at, usage.Index)
		}
		v.eventError(key, "Invalid "+attribute, "has "+sentenceOf(at+": ", err))
	}
}

// exceptDates reports the first wrong date: a list that a loop made is wrong in every element.
func (v *scheduleValidator) exceptDates(key string, e eventModel) {
	first := map[string]int{}
	for i, element := range e.ExceptDates.Elements() {
		s, _ := element.(types.String)
		if s.IsUnknown() {
			continue
		}
		at := fmt.Sprintf("except_dates[%d]", i)
		if s.IsNull() {
			v.eventError(key, "Null in except_dates", "has null as "+at+". Leave it out, or give it a value")
			return
		}
		if wrong := wrongDate(s.ValueString()); wrong != "" {
			v.eventError(key, "Invalid except_dates", fmt.Sprintf("has %s %s, %s", at, quoted(s), wrong))
			return
		}
		if j, twice := first[s.ValueString()]; twice {
			v.eventError(key, "Duplicate except_dates", fmt.Sprintf("has %s as except_dates[%d] and again as %s. "+
				"Write it once", quoted(s), j, at))
			return
		}
		first[s.ValueString()] = i
	}
}

// looseDate is a date as people write it: the year first, and perhaps a time after it.
var looseDate = regexp.MustCompile(`^(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[T ].*)?$`)

// wrongDate tells what is wrong with a local date, "" for nothing.
func wrongDate(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		return ""
	}
	parts := looseDate.FindStringSubmatch(s)
	if parts == nil {
		return `which is no date. Write year, month and day, such as "2026-12-29"`
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(parts[i+1]) // at most four digits
	}
	year, month, day := n[0], time.Month(n[1]), n[2]
	if month < time.January || month > time.December {
		return fmt.Sprintf("which is no date: there is no month %d. Write year, month and day, such as \"2026-12-29\"", month)
	}
	if last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day(); day < 1 || day > last {
		return fmt.Sprintf("which does not exist: %s %d has the days 1 to %d", month, year, last)
	}
	return fmt.Sprintf("which is not in the form year-month-day. Write %q",
		fmt.Sprintf("%04d-%02d-%02d", year, month, day))
}

// inputLength checks what would be sent, with the longest names that AWS allows: the real ones may
// not be known yet.
func (v *scheduleValidator) inputLength(key string, e eventModel) {
	commands, known := e.commands()
	dates, datesKnown := e.exceptDates()
	if !known || !datesKnown {
		return
	}
	name := strings.Repeat("n", maxNameLength)
	set := scheduleset.Set{Name: name, MaximumEventAge: maxEventAge, Events: map[string]scheduleset.Event{
		name: {Steps: commands, ExceptDates: dates, Timezone: name},
	}}
	if n := len(set.Schedule(name).Input); n > maxInputLength {
		v.eventError(key, "Input too long", fmt.Sprintf("would send %d bytes to the function; AWS allows %d. "+
			"Select the targets by a tag, or split the event", n, maxInputLength))
	}
}
