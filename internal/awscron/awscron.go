// Package awscron reads, prints, describes and evaluates the schedule expressions of Amazon
// EventBridge Scheduler: cron(), rate() and at().
package awscron

import "time"

// Schedule is a parsed schedule expression: a *Cron, a *Rate or an *At.
type Schedule interface {
	// String returns the canonical spelling. Parsing it gives a Schedule with the same runs, and two
	// expressions that mean the same have the same canonical spelling.
	String() string
	// Next returns the first run strictly after after, in loc, or the zero time if there is none.
	Next(after time.Time, loc *time.Location) time.Time
	// Describe says in words when it runs, without the zone: "every day at 21:00".
	Describe(lang Language) string
	// Doubts lists what AWS does not document about this spelling; nil for a plain one.
	Doubts() []Doubt
}

// Language is a language that expressions are described in.
type Language string

// Languages.
const English Language = "en"

// Doubt is something about an expression that AWS does not document; Message says what, and what
// to write instead.
type Doubt struct{ Message string }

// Parse reads an expression. Its error is a *ParseError.
func Parse(expr string) (Schedule, error) { panic("skeleton") }

// LoadLocation returns a zone from embedded data. Its error is a *ZoneError, which names the
// nearest zone.
func LoadLocation(name string) (*time.Location, error) { panic("skeleton") }
