package review

import (
	"slices"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// FailOn is the kind of finding that a plan must not have after it.
type FailOn string

// Kinds of findings that a plan must not have.
const (
	AnyWarning FailOn = "warning"
	NewWarning FailOn = "new-warning"
)

// FailOns are all of them.
var FailOns = []FailOn{AnyWarning, NewWarning}

// HoursPerWeek is the length of a plain week.
const HoursPerWeek = daysPerWeek * hoursPerDay

// MinOffHours is the least number of hours a week that a target must be off.
type MinOffHours struct {
	Target string
	Hours  float64
}

// Gates are what a plan must keep to.
type Gates struct {
	FailOn      FailOn
	MinOffHours []MinOffHours
}

// Reasons say why the plan does not pass; none where it does.
func (g Gates) Reasons(r *Review, lang language.Tag) []string {
	var out []string
	all, fresh := r.Warnings()
	switch {
	case g.FailOn == AnyWarning && all > 0:
		out = append(out, gateWarnings.of(lang, all).String())
	case g.FailOn == NewWarning && fresh > 0:
		out = append(out, gateNewWarnings.of(lang, fresh).String())
	}
	for _, least := range g.MinOffHours {
		wanted := hours(lang, int(least.Hours*60+0.5))
		at := slices.IndexFunc(r.Targets, func(t Target) bool { return t.Name == least.Target })
		if at >= 0 && r.Targets[at].Uncertain {
			out = append(out, gateUnknown.in(lang, "target", least.Target, "least", wanted).String())
			continue
		}
		if at < 0 || r.Targets[at].After == nil {
			out = append(out, gateNoHours.in(lang, "target", least.Target, "least", wanted).String())
			continue
		}
		if off := minutes(r.Targets[at].After); float64(off) < least.Hours*60 {
			out = append(out, gateHours.in(lang, "target", least.Target, "hours", hours(lang, off),
				"least", wanted).String())
		}
	}
	return out
}
