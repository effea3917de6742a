// Package payload is the JSON that a schedule sends to the runner. The provider writes it, the
// runner reads it, and the form of the very first release, {"args":[…]}, is read for ever.
package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// ScheduledTimePlaceholder is what EventBridge Scheduler replaces by the run's own instant, such as
// 2022-03-22T18:59:43Z (EventBridge Scheduler User Guide, "Adding context attributes"). It finds
// the placeholder only as these very bytes, so the JSON must not escape < and >.
const ScheduledTimePlaceholder = "<aws.scheduler.scheduled-time>"

// writeEvent is what an event may look like.
const writeEvent = `write {"args":["rds","stop-cluster","my-aurora"]}`

// ErrNoArgs is Decode's error for an event that names no command.
var ErrNoArgs = errors.New(`event without "args": ` + writeEvent)

// ErrArgsAndSteps is Decode's error for an event that names its commands twice.
var ErrArgsAndSteps = errors.New(`event with both "args" and "steps": keep one`)

// Payload is one event for the runner. Its JSON has the fields' order, and leaves out what is
// empty.
type Payload struct {
	// Args is the command's argument list, such as rds, stop-cluster, my-aurora.
	Args []string `json:"args,omitzero"`
	// Steps are argument lists that run one after another, instead of Args. A runner that does not
	// know them finds no args and fails.
	Steps [][]string `json:"steps,omitempty"`
	// Group and Schedule name the schedule that sends the event.
	Group    string `json:"group,omitempty"`
	Schedule string `json:"schedule,omitempty"`
	// Holds tells that the group is the schedule's own, so that the group's tags say what is held
	// (see package hold).
	Holds bool `json:"holds,omitempty"`
	// Timezone is the schedule's zone, as its owner wrote it.
	Timezone string `json:"timezone,omitempty"`
	// ExceptDates are local dates in Timezone, such as 2026-12-29, on which the event does nothing.
	ExceptDates []string `json:"except_dates,omitempty"`
	// LateAfterSeconds is how long after its scheduled time the event may still run; 0 for ever.
	LateAfterSeconds int64 `json:"late_after_seconds,omitempty"`
	// ScheduledTime is the instant the event was due, in RFC 3339. Encode writes the placeholder
	// where it is empty.
	ScheduledTime string `json:"scheduled_time,omitempty"`
}

// Encode returns the payload's JSON: fixed order of keys, no HTML escapes, no line break.
func Encode(p Payload) string {
	if p.ScheduledTime == "" {
		p.ScheduledTime = ScheduledTimePlaceholder
	}
	if p.Args == nil && len(p.Steps) == 0 {
		p.Args = []string{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		panic(err) // lists of strings, a number and a bool always encode
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// Commands returns the argument lists that the event runs, in order.
func (p Payload) Commands() [][]string {
	if len(p.Steps) > 0 {
		return p.Steps
	}
	return [][]string{p.Args}
}

// UnmarshalJSON reads the members by their exact names. The standard library takes "Args" for
// "args", and what it alone would run no other reader of the same event sees.
func (p *Payload) UnmarshalJSON(event []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(event, &members); err != nil {
		return errors.New("it is no JSON object; " + writeEvent)
	}
	const text, number = "text", "whole number"
	for _, member := range []struct {
		name string
		into any
		form string
	}{
		{"args", &p.Args, `list of texts, such as ["rds","stop-cluster","my-aurora"]`},
		{"steps", &p.Steps, `list of argument lists, such as [["rds","stop-cluster","my-aurora"]]`},
		{"group", &p.Group, text}, {"schedule", &p.Schedule, text}, {"holds", &p.Holds, "true or false"},
		{"timezone", &p.Timezone, text}, {"except_dates", &p.ExceptDates, `list of dates, such as ["2026-12-29"]`},
		{"late_after_seconds", &p.LateAfterSeconds, number}, {"scheduled_time", &p.ScheduledTime, text},
	} {
		value, there := members[member.name]
		if there && json.Unmarshal(value, member.into) != nil {
			return fmt.Errorf("%q is no %s", member.name, member.form)
		}
	}
	return nil
}

// Decode reads an event and ignores fields that it does not know. Its error is ErrNoArgs or
// ErrArgsAndSteps, or says what is no JSON of this form.
func Decode(event []byte) (Payload, error) {
	var p Payload
	if err := json.Unmarshal(event, &p); err != nil {
		return Payload{}, fmt.Errorf("reading the event: %w", err)
	}
	switch {
	case len(p.Args) == 0 && len(p.Steps) == 0:
		return Payload{}, ErrNoArgs
	case len(p.Args) > 0 && len(p.Steps) > 0:
		return Payload{}, ErrArgsAndSteps
	}
	return p, nil
}

// due is the instant that the event was due.
func (p Payload) due() (time.Time, error) {
	t, err := time.Parse(time.RFC3339, p.ScheduledTime)
	if err != nil {
		return time.Time{}, fmt.Errorf("scheduled_time %q is no RFC 3339 instant", p.ScheduledTime)
	}
	return t, nil
}

// Lateness returns by how much now is past the scheduled time, and whether that is more than the
// payload allows. An event without a scheduled time or without a limit is never late. An error
// means that the scheduled time is no instant, as from an emulator that leaves the placeholder.
func (p Payload) Lateness(now time.Time) (by time.Duration, late bool, err error) {
	if p.ScheduledTime == "" || p.LateAfterSeconds <= 0 {
		return 0, false, nil
	}
	due, err := p.due()
	if err != nil {
		return 0, false, err
	}
	by = now.Sub(due)
	allowed := min(p.LateAfterSeconds, int64(math.MaxInt64/time.Second))
	return by, by > time.Duration(allowed)*time.Second, nil
}

// DayOff returns the local date of the scheduled time, and whether the event does nothing on it. So
// a run that is tried again after midnight still belongs to its evening. Where the scheduled time
// is no instant, the date is that of now. An error means that the zone or one of ExceptDates cannot
// be read; without ExceptDates there is none.
func (p Payload) DayOff(now time.Time) (date string, off bool, err error) {
	if len(p.ExceptDates) == 0 {
		return "", false, nil
	}
	for _, d := range p.ExceptDates {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return "", false, fmt.Errorf("except_dates: %q is no date such as 2026-12-29", d)
		}
	}
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		return "", false, fmt.Errorf("except_dates: reading the time zone: %w", err)
	}
	day, err := p.due()
	if err != nil {
		day = now
	}
	date = day.In(zone).Format(time.DateOnly)
	return date, slices.Contains(p.ExceptDates, date), nil
}
