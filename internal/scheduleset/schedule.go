package scheduleset

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/payload"
	"github.com/spin-dd/terraform-provider-savings/internal/universaltarget"
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

// Payload decodes the schedule's input; ok is false where it names no command. A universal target is the
// command that does the same.
func (s Schedule) Payload() (p payload.Payload, ok bool) {
	if !s.Universal() {
		p, err := payload.Decode([]byte(s.Input))
		return p, err == nil
	}
	done, err := universaltarget.Translate(s.FunctionARN, s.Input)
	if err != nil {
		return payload.Payload{}, false
	}
	if len(done.Steps) == 1 {
		return payload.Payload{Args: done.Steps[0]}, true
	}
	return payload.Payload{Steps: done.Steps}, true
}

// Universal tells that the schedule calls AWS itself and no function.
func (s Schedule) Universal() bool { return universaltarget.Is(s.FunctionARN) }

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
