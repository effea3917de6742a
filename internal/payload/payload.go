// Package payload is the JSON that a schedule sends to the runner. The provider writes it, the
// runner reads it, and the form of the very first release, {"args":[…]}, is read for ever.
package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ScheduledTimePlaceholder is what EventBridge Scheduler replaces by the run's own instant, such as
// 2022-03-22T18:59:43Z (EventBridge Scheduler User Guide, "Adding context attributes"). It finds
// the placeholder only as these very bytes, so the JSON must not escape < and >.
const ScheduledTimePlaceholder = "<aws.scheduler.scheduled-time>"

// ErrNoArgs is Decode's error for an event that names no command.
var ErrNoArgs = errors.New(`event without "args": ` +
	`write {"args":["rds","stop-cluster","my-aurora"]}`)

// Payload is one event for the runner. Its JSON has the fields' order, and leaves out what is
// empty.
type Payload struct {
	// Args is the command's argument list, such as rds, stop-cluster, my-aurora.
	Args []string `json:"args"`
	// Group and Schedule name the schedule that sends the event.
	Group    string `json:"group,omitempty"`
	Schedule string `json:"schedule,omitempty"`
	// Holds tells that the group is the schedule's own, so that the group's tags say what is held
	// (see package hold).
	Holds bool `json:"holds,omitempty"`
	// Timezone is the schedule's zone, as its owner wrote it.
	Timezone string `json:"timezone,omitempty"`
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
	if p.Args == nil {
		p.Args = []string{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		panic(err) // strings, a number and a bool always encode
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// Decode reads an event and ignores fields that it does not know. Its error is ErrNoArgs, or says
// what is no JSON of this form.
func Decode(event []byte) (Payload, error) {
	var p Payload
	if err := json.Unmarshal(event, &p); err != nil {
		return Payload{}, fmt.Errorf("reading the event: %w", err)
	}
	if len(p.Args) == 0 {
		return Payload{}, ErrNoArgs
	}
	return p, nil
}

// Lateness returns by how much now is past the scheduled time, and whether that is more than the
// payload allows. An event without a scheduled time or without a limit is never late. An error
// means that the scheduled time is no instant, as from an emulator that leaves the placeholder.
func (p Payload) Lateness(now time.Time) (by time.Duration, late bool, err error) {
	if p.ScheduledTime == "" || p.LateAfterSeconds <= 0 {
		return 0, false, nil
	}
	due, err := time.Parse(time.RFC3339, p.ScheduledTime)
	if err != nil {
		return 0, false, fmt.Errorf("scheduled_time %q is no RFC 3339 instant", p.ScheduledTime)
	}
	by = now.Sub(due)
	return by, by > time.Duration(p.LateAfterSeconds)*time.Second, nil
}
