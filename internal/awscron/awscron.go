// Package awscron reads, prints, describes and evaluates the schedule expressions of Amazon
// EventBridge Scheduler: cron(), rate() and at().
//
// What is called documented here is in the EventBridge Scheduler User Guide, page "Schedule types
// on EventBridge Scheduler", or in its API Reference, CreateSchedule. What AWS does not document
// but may take is accepted, and Doubts names it.
package awscron

import (
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Schedule is a parsed schedule expression: a *Cron, a *Rate or an *At.
type Schedule interface {
	// String returns the canonical spelling. Parsing it gives a Schedule that is Equal to this one,
	// and it raises no doubt where this one raises none. Schedules that are Equal have the same
	// canonical spelling; only one that would be longer than AWS allows stays as it was written.
	String() string
	// Next returns the first run strictly after after, in loc, or the zero time if there is none
	// until the end of 2199, the last year of cron().
	Next(after time.Time, loc *time.Location) time.Time
	// Describe says in words when it runs, without the zone: "every day at 21:00". Schedules of one
	// kind that have the same runs have the same words, and others have other words. An unknown
	// language is English.
	Describe(lang Language) string
	// Doubts lists what AWS does not document about this spelling; nil for a plain one.
	Doubts() []Doubt
}

// Language is a language that expressions are described in.
type Language = language.Tag

// The languages that there is a grammar of.
const (
	English  = language.English
	Japanese = language.Japanese
)

// Equal tells whether a and b mean the same: they are of one kind and their fields select the same
// values, however these are written. A cron() is never equal to an at() or a rate().
func Equal(a, b Schedule) bool {
	switch a := a.(type) {
	case *Cron:
		b, ok := b.(*Cron)
		return ok && a.fields == b.fields
	case *Rate:
		b, ok := b.(*Rate)
		return ok && a.seconds == b.seconds && a.start.Equal(b.start)
	case *At:
		b, ok := b.(*At)
		return ok && a.wall.Equal(b.wall)
	}
	return false
}
