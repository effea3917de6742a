package scheduleset

import (
	"encoding/json"
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
	// Other are settings that we never write and that were found all the same.
	Other []Setting
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
