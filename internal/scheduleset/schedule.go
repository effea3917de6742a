package scheduleset

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// Schedule is one schedule as AWS holds it: every member that we write, in one comparable form.
type Schedule struct {
	ARN, Group, Name     string
	Expression, Timezone string
	Description          string
	Enabled              bool
	StartDate, EndDate   time.Time
	FunctionARN, RoleARN string
	MaximumAttempts      int32
	MaximumEventAge      time.Duration
	DeadLetterARN        string
	Input                string
	// Other names settings that we never write and that were found all the same: a flexible window,
	// a customer key, ActionAfterCompletion DELETE.
	Other []string
}

// Payload decodes the schedule's input; ok is false where it names no command.
func (s Schedule) Payload() (p payload.Payload, ok bool) {
	p, err := payload.Decode([]byte(s.Input))
	return p, err == nil
}

// equal tells whether two schedules are the same in all that is written. Inputs are compared by
// meaning, ARNs not at all: what is to be written has none.
func (s Schedule) equal(t Schedule) bool {
	return s.Group == t.Group && s.Name == t.Name &&
		s.Expression == t.Expression && s.Timezone == t.Timezone &&
		s.Description == t.Description && s.Enabled == t.Enabled &&
		s.StartDate.Equal(t.StartDate) && s.EndDate.Equal(t.EndDate) &&
		s.FunctionARN == t.FunctionARN && s.RoleARN == t.RoleARN &&
		s.MaximumAttempts == t.MaximumAttempts && s.MaximumEventAge == t.MaximumEventAge &&
		s.DeadLetterARN == t.DeadLetterARN && sameInput(s.Input, t.Input) &&
		slices.Equal(s.Other, t.Other)
}

func sameInput(a, b string) bool {
	if a == b {
		return true
	}
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

// Differences says in words, in a stable order, where got differs from want in what the resource's
// schema does not show: retry, target, role, dead letters, input of an older release, other
// settings ("185 retries instead of 10"). Nil if nowhere.
func Differences(want, got Schedule) []string {
	var words []string
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if w, g := want.MaximumAttempts, got.MaximumAttempts; w != g {
		add("%s instead of %d", retries(g), w)
	}
	if w, g := want.MaximumEventAge, got.MaximumEventAge; w != g {
		add("maximum event age %d s instead of %d s", int64(g.Seconds()), int64(w.Seconds()))
	}
	if w, g := want.FunctionARN, got.FunctionARN; w != g {
		add("target function %s instead of %s", g, w)
	}
	if w, g := want.RoleARN, got.RoleARN; w != g {
		add("role %s instead of %s", g, w)
	}
	switch w, g := want.DeadLetterARN, got.DeadLetterARN; {
	case w == g:
	case g == "":
		add("no dead-letter queue instead of %s", w)
	case w == "":
		add("dead-letter queue %s instead of none", g)
	default:
		add("dead-letter queue %s instead of %s", g, w)
	}
	if word := inputDifference(want.Input, got.Input); word != "" {
		words = append(words, word)
	}
	return append(words, got.Other...)
}

func retries(n int32) string {
	if n == 1 {
		return "1 retry"
	}
	return fmt.Sprintf("%d retries", n)
}

// inputDifference leaves out what the schema shows.
func inputDifference(want, got string) string {
	var w, g map[string]any
	if json.Unmarshal([]byte(want), &w) != nil || json.Unmarshal([]byte(got), &g) != nil {
		if want == got {
			return ""
		}
		return "input that is not ours"
	}
	for _, shown := range []string{"args", "steps", "except_dates"} {
		delete(w, shown)
		delete(g, shown)
	}
	if reflect.DeepEqual(w, g) {
		return ""
	}
	return "input of another release"
}
