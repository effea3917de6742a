package scheduleset

import (
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// pastStart tells whether a start date no longer matters. AWS refuses to be told one that is more
// than five minutes old (EventBridge Scheduler answers a ValidationException), so none is sent.
func (k *Keeper) pastStart(t time.Time) bool { return !t.IsZero() && t.Before(k.config.Now()) }

// pastAt tells whether s runs once and its time is over. AWS may run such a schedule at once when
// it is written (EventBridge Scheduler User Guide, "Troubleshooting").
func (k *Keeper) pastAt(s Schedule) bool {
	parsed, err := awscron.Parse(s.Expression)
	if err != nil {
		return false
	}
	at, once := parsed.(*awscron.At)
	if !once {
		return false
	}
	zone, err := awscron.LoadLocation(s.Timezone)
	if err != nil {
		return false
	}
	run := at.Next(time.Time{}, zone)
	return !run.IsZero() && !run.After(k.config.Now())
}

// outgoing is s as it is sent: without a past start date, and disabled where it would run late. A
// rate() counts from its start date, and from the write where it has none, so a past one is sent as
// the next run on the same grid.
func (k *Keeper) outgoing(s Schedule) Schedule {
	if k.pastStart(s.StartDate) {
		s.StartDate = k.nextOnGrid(s)
	}
	if s.Enabled && k.pastAt(s) {
		s.Enabled = false
	}
	return s
}

// differ tells whether got has to be written to become want. Where want is an at() in the past,
// only another expression or zone is a reason.
func (k *Keeper) differ(want, got Schedule) bool {
	if sameRuns(want, got) && k.pastAt(want) {
		return false
	}
	sent := k.outgoing(want)
	if k.onGrid(want, got.StartDate) || k.pastStart(got.StartDate) {
		got.StartDate = sent.StartDate
	}
	return !sent.equal(got)
}

// nextOnGrid is the next run of a rate() that counts from the past; zero for anything else.
func (k *Keeper) nextOnGrid(s Schedule) time.Time {
	parsed, err := awscron.Parse(s.Expression)
	if err != nil {
		return time.Time{}
	}
	rate, ok := parsed.(*awscron.Rate)
	if !ok {
		return time.Time{}
	}
	return rate.From(s.StartDate).Next(k.config.Now(), time.UTC)
}

// onGrid tells whether a start date is a run of the rate() that counts from s's own, past one.
func (k *Keeper) onGrid(s Schedule, t time.Time) bool {
	if t.IsZero() || !k.pastStart(s.StartDate) {
		return false
	}
	parsed, err := awscron.Parse(s.Expression)
	if err != nil {
		return false
	}
	rate, ok := parsed.(*awscron.Rate)
	return ok && (t.Equal(s.StartDate) || rate.From(s.StartDate).Next(t.Add(-time.Second), time.UTC).Equal(t))
}

// withoutPast is got as the owner of have is to see it: what differs only because it is past, and
// would never be written, is as have says.
func (k *Keeper) withoutPast(have, got Schedule) Schedule {
	if sameRuns(have, got) && k.pastAt(have) {
		have.ARN = got.ARN
		return have
	}
	over := func(t time.Time) bool { return t.IsZero() || k.pastStart(t) }
	if over(have.StartDate) && over(got.StartDate) || k.onGrid(have, got.StartDate) {
		got.StartDate = have.StartDate
	}
	return got
}

// foreign tells whether a schedule of our name in a shared group is not what we would write, be it
// past or not.
func (k *Keeper) foreign(want, got Schedule) bool {
	sent := k.outgoing(want)
	got.Enabled = sent.Enabled
	return k.differ(want, got) || got.FunctionARN != sent.FunctionARN || !sameInput(got.Input, sent.Input)
}

func sameRuns(a, b Schedule) bool {
	return a.Expression == b.Expression && a.Timezone == b.Timezone
}
