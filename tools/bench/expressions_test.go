// Package bench_test compares the parser of schedule expressions with others: the same schedules,
// first whether all agree, then how long they take. It is a module of its own, so that the others are
// no dependencies of the provider.
package bench_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/adhocore/gronx"
	"github.com/hashicorp/cronexpr"
	"github.com/robfig/cron/v3"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// schedules are written as AWS wants them, and as the others do.
var schedules = []struct{ name, aws, unix, zone, after string }{
	{"dense", "cron(* * * * ? *)", "* * * * *", "UTC", "2026-11-24T22:41:08Z"},
	{"nightly", "cron(0 21 ? * MON-FRI *)", "0 21 * * MON-FRI", "UTC", "2026-11-24T22:41:08Z"},
	{"sparse", "cron(0 0 1 1 ? *)", "0 0 1 1 *", "UTC", "2026-11-24T22:41:08Z"},
	{"leap day", "cron(0 0 29 2 ? *)", "0 0 29 2 *", "UTC", "2026-11-24T22:41:08Z"},
	{"over a clock change", "cron(0 9 * * ? *)", "0 9 * * *", "America/New_York", "2026-03-07T22:00:00Z"},
}

// parser is a library: parse returns what gives the first run after an instant, in its zone.
type parser struct {
	name  string
	parse func(expr string) (func(time.Time) time.Time, error)
}

const ours = "awscron"

func parsers() []parser {
	return []parser{
		{ours, func(expr string) (func(time.Time) time.Time, error) {
			s, err := awscron.Parse(expr)
			return func(t time.Time) time.Time { return s.Next(t, t.Location()) }, err
		}},
		{"hashicorp/cronexpr", func(expr string) (func(time.Time) time.Time, error) {
			s, err := cronexpr.Parse(expr)
			return func(t time.Time) time.Time { return s.Next(t) }, err
		}},
		{"robfig/cron", func(expr string) (func(time.Time) time.Time, error) {
			s, err := cron.ParseStandard(expr)
			return func(t time.Time) time.Time { return s.Next(t) }, err
		}},
		// It has no parsed form: each Next reads the expression again.
		{"adhocore/gronx", func(expr string) (func(time.Time) time.Time, error) {
			var invalid error
			if !gronx.IsValid(expr) {
				invalid = errors.New("gronx does not take it")
			}
			return func(t time.Time) time.Time {
				next, err := gronx.NextTickAfter(expr, t, false)
				if err != nil {
					return time.Time{}
				}
				return next
			}, invalid
		}},
	}
}

// expr is the schedule as the parser reads it.
func (p parser) expr(aws, unix string) string {
	if p.name == ours {
		return aws
	}
	return unix
}

func instant(tb testing.TB, zone, after string) time.Time {
	tb.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		tb.Fatal(err)
	}
	t, err := time.Parse(time.RFC3339, after)
	if err != nil {
		tb.Fatal(err)
	}
	return t.In(loc)
}

// What is compared must be right in all of them: ten runs, one after the other.
func TestAgreement(t *testing.T) {
	for _, s := range schedules {
		want := instant(t, s.zone, s.after)
		var runs []time.Time
		for _, p := range parsers() {
			next, err := p.parse(p.expr(s.aws, s.unix))
			if err != nil {
				t.Fatalf("%s: %s: %v", s.name, p.name, err)
			}
			at := want
			for i := range 10 {
				at = next(at)
				if p.name == ours {
					runs = append(runs, at)
				}
				if at.IsZero() || !at.Equal(runs[i]) {
					t.Errorf("%s: %s: run %d is %s, ours %s", s.name, p.name, i+1, at, runs[i])
					break
				}
			}
		}
	}
}

// shuffled are the parsers in an order left to chance.
func shuffled() []parser {
	all := parsers()
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func BenchmarkParse(b *testing.B) {
	for _, s := range schedules {
		for _, p := range shuffled() {
			b.Run(s.name+"/"+p.name, func(b *testing.B) {
				expr := p.expr(s.aws, s.unix)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := p.parse(expr); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for _, s := range schedules {
		after := instant(b, s.zone, s.after)
		for _, p := range shuffled() {
			b.Run(s.name+"/"+p.name, func(b *testing.B) {
				next, err := p.parse(p.expr(s.aws, s.unix))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					next(after)
				}
			})
		}
	}
}
