// Package hold is the order to leave things running for a while: "keep it up tonight". An order is
// one tag on the schedule group of a savings_schedule, so it needs no infrastructure and no
// deploy. The command line writes it, the runner reads it before each event, and it expires by
// itself. The package makes no AWS call.
//
//	savings:hold            2026-11-30T23:00:00Z stops quarter-end close
//	savings:hold:rds_stop   2026-11-30T23:00:00Z all
package hold

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// TagKey is the key of the tag that holds a whole group; with ":" and an event's key it holds that
// event alone.
const TagKey = "savings:hold"

// DefaultGroup always exists, is nobody's own, and cannot be edited (EventBridge Scheduler User
// Guide, "Deleting a schedule group").
const DefaultGroup = "default"

// Limits of a tag, in characters (EventBridge Scheduler API Reference, data type Tag).
const (
	maxKey   = 128
	maxValue = 256
)

// What a hold is for: events that stop something, or all of them.
const (
	stops = "stops"
	all   = "all"
)

// Hold is one order.
type Hold struct {
	// Event is the key of the event that is held, "" for every event of the group.
	Event string
	// Until is the instant at which the hold is over, in whole seconds.
	Until time.Time
	// All holds every event; without it only those that stop something are held.
	All bool
	// Reason is for people: one line, "" for none.
	Reason string
}

// Key is the key of the tag of an event's hold, "" for the whole group's.
func Key(event string) string {
	if event == "" {
		return TagKey
	}
	return TagKey + ":" + event
}

// Tag returns the hold's tag. Its error says what does not fit into a tag.
func (h Hold) Tag() (key, value string, err error) {
	key = Key(h.Event)
	if len(key) > maxKey {
		return "", "", fmt.Errorf("the event's key has %d characters, more than the %d that fit into "+
			"the tag of a hold", len(h.Event), maxKey-len(Key("x"))+1)
	}
	mode := stops
	if h.All {
		mode = all
	}
	value = h.Until.UTC().Format(time.RFC3339) + " " + mode
	if reason := oneLine(h.Reason); reason != "" {
		value += " " + escape(reason)
	}
	if over := utf8.RuneCountInString(value) - maxValue; over > 0 {
		return "", "", fmt.Errorf("the reason is too long for a tag by %d characters (all but letters, "+
			"digits, blanks and _.:/+-@ count three for each of their bytes)", over)
	}
	return key, value, nil
}

// Parse reads a tag; ok is false where it is not a hold's. It is lenient with what a person wrote by
// hand: the word "stops" may be left out. Its error means that the instant cannot be read.
func Parse(key, value string) (h Hold, ok bool, err error) {
	rest, ok := strings.CutPrefix(key, TagKey)
	if !ok || rest != "" && (rest[0] != ':' || rest == ":") {
		return Hold{}, false, nil
	}
	h.Event = strings.TrimPrefix(rest, ":")
	words := strings.Fields(value)
	if len(words) > 0 {
		h.Until, err = time.Parse(time.RFC3339, words[0])
	}
	h.Until = h.Until.UTC().Truncate(time.Second)
	// At the edges of the calendar, UTC may have a year that RFC 3339 cannot write.
	if year := h.Until.Year(); len(words) == 0 || err != nil || year < 0 || year > 9999 {
		return Hold{Event: h.Event}, true, fmt.Errorf("the tag %q = %q does not begin with an instant such as "+
			"2026-11-30T23:00:00Z", key, value)
	}
	words = words[1:]
	if len(words) > 0 && (words[0] == stops || words[0] == all) {
		h.All = words[0] == all
		words = words[1:]
	}
	h.Reason = oneLine(unescape(strings.Join(words, " ")))
	return h, true, nil
}

// FromTags returns the holds among a group's tags, sorted by event; what cannot be read is in
// unreadable, by the event that it is for.
func FromTags(tags map[string]string) (holds []Hold, unreadable map[string]error) {
	unreadable = map[string]error{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch h, ok, err := Parse(key, tags[key]); {
		case err != nil:
			unreadable[h.Event] = err
		case ok:
			holds = append(holds, h)
		}
	}
	return holds, unreadable
}

// Applies tells whether the hold keeps an event from running now. stopping tells that the event
// stops something.
func (h Hold) Applies(event string, stopping bool, now time.Time) bool {
	return (h.Event == "" || h.Event == event) && (h.All || stopping) && now.Before(h.Until)
}

// Find returns the hold that keeps an event from running now, of several the one that lasts longest.
// Its error is that of a tag that is for the event and cannot be read. Such a tag counts for stops
// only: a start must not be lost to a slip of the pen.
func Find(tags map[string]string, event string, stopping bool, now time.Time) (
	found Hold, ok bool, err error,
) {
	holds, unreadable := FromTags(tags)
	for _, h := range holds {
		if h.Applies(event, stopping, now) && (!ok || h.Until.After(found.Until)) {
			found, ok = h, true
		}
	}
	if ok || !stopping {
		return found, ok, nil
	}
	for _, e := range []string{event, ""} {
		if err := unreadable[e]; err != nil {
			return Hold{}, false, err
		}
	}
	return Hold{}, false, nil
}

// String says in words until when things are held, and why, on the clocks of a zone: "held until
// 2026-12-01 08:00 Asia/Tokyo: quarter-end close".
func (h Hold) String(zone *time.Location) string {
	text := "held until " + Instant(h.Until, zone)
	if h.Reason != "" {
		text += ": " + h.Reason
	}
	return text
}

// Instant writes an instant on the clocks of a zone, "2026-12-01 08:00 Asia/Tokyo", with seconds
// where there are any.
func Instant(t time.Time, zone *time.Location) string {
	layout := "2006-01-02 15:04 "
	if t.Second() != 0 {
		layout = "2006-01-02 15:04:05 "
	}
	return t.In(zone).Format(layout) + zone.String()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
