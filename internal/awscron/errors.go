package awscron

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ParseError says why an expression is refused: where, what was found, what is allowed, and what to
// write instead.
type ParseError struct {
	// Expr is the whole expression as it was given.
	Expr string
	// Field is the part that is wrong: "minutes", "hours", "day-of-month", "month", "day-of-week" or
	// "year" of a cron(), "value" or "unit" of a rate(), "time" of an at(). It is empty where the
	// expression as a whole is wrong.
	Field string
	// Offset is where Found begins in Expr, in bytes from 0.
	Offset int
	// Found is what stands there; it may be empty.
	Found string
	// Problem says in a clause what is wrong with it.
	Problem string
	// Allowed says what may stand there; it may be empty.
	Allowed string
	// Remedy says what to write instead; it is empty where nothing is near enough to be a guess.
	Remedy string
}

// Error returns one sentence without a full stop, fit for a reader who does not see the code.
func (e *ParseError) Error() string {
	parts := []string{e.Problem}
	if e.Allowed != "" {
		parts = append(parts, "allowed: "+e.Allowed)
	}
	if e.Remedy != "" {
		parts = append(parts, e.Remedy)
	}
	return strings.Join(parts, "; ")
}

// ZoneError says that there is no time zone of this name.
type ZoneError struct {
	// Name is the name as it was given.
	Name string
	// Nearest is the zone that was most likely meant; empty if none is near.
	Nearest string
}

// Error returns one sentence without a full stop.
func (e *ZoneError) Error() string {
	switch {
	case e.Nearest != "":
		return fmt.Sprintf("unknown time zone %q; did you mean %q?", e.Name, e.Nearest)
	case e.Name == "":
		return `the time zone is empty; write an IANA name such as "Asia/Tokyo" or "UTC"`
	case utf8.RuneCountInString(e.Name) > maxZoneName:
		return fmt.Sprintf("the time zone has %d characters; write an IANA name such as %q or %q",
			utf8.RuneCountInString(e.Name), "Asia/Tokyo", "UTC")
	default:
		return fmt.Sprintf("unknown time zone %q; write an IANA name such as %q or %q",
			e.Name, "Asia/Tokyo", "UTC")
	}
}
