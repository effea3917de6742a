package provider

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

// partialKey is where private state keeps what an update that failed has written: the settings that
// all schedules share, by event key, as JSON. The state's own are still those from before, since the
// other schedules have them.
const partialKey = "partial"

// shared are the settings of a schedule that its event does not show.
type shared struct {
	FunctionARN     string        `json:"function_arn"`
	RoleARN         string        `json:"role_arn"`
	DeadLetterARN   string        `json:"dead_letter_arn,omitempty"`
	MaximumAttempts int32         `json:"maximum_attempts"`
	MaximumEventAge time.Duration `json:"maximum_event_age_ns"`
}

func sharedOf(s scheduleset.Set) shared {
	return shared{s.FunctionARN, s.RoleARN, s.DeadLetterARN, s.MaximumAttempts, s.MaximumEventAge}
}

// over returns the set with these settings.
func (h shared) over(s scheduleset.Set) scheduleset.Set {
	s.FunctionARN, s.RoleARN, s.DeadLetterARN = h.FunctionARN, h.RoleARN, h.DeadLetterARN
	s.MaximumAttempts, s.MaximumEventAge = h.MaximumAttempts, h.MaximumEventAge
	return s
}

// privateState is the part of the framework's private state that is used here.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// partial returns what updates that failed have written.
func partial(ctx context.Context, from privateState, diags *diag.Diagnostics) map[string]shared {
	raw, found := from.GetKey(ctx, partialKey)
	diags.Append(found...)
	written := map[string]shared{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &written); err != nil {
			diags.AddError("Private state is unreadable", err.Error())
		}
	}
	return written
}

// keepPartial notes the settings of what a failed update has written, beside what earlier ones have.
func keepPartial(ctx context.Context, in privateState, have, want scheduleset.Set, arns map[string]string,
	diags *diag.Diagnostics,
) {
	written := partial(ctx, in, diags)
	for key := range arns {
		delete(written, key)
		if sharedOf(want) != sharedOf(have) {
			written[key] = sharedOf(want)
		}
	}
	raw, err := json.Marshal(written)
	if err != nil {
		diags.AddError("Private state cannot be written", err.Error())
		return
	}
	diags.Append(in.SetKey(ctx, partialKey, raw)...)
}

// withDrift is a sentence that tells, in its own language, how a live schedule differs from what the
// set says and the schema does not show.
func withDrift(
	text string, want scheduleset.Set, key string, live scheduleset.Schedule, written map[string]shared,
) string {
	lang := sentence.Language(text)
	words := scheduleset.Differences(lang, want.Schedule(key), live)
	if len(words) == 0 {
		return text
	}
	if ours, ok := written[key]; ok &&
		len(scheduleset.Differences(lang, ours.over(want).Schedule(key), live)) == 0 {
		return sentence.LeftByFailure(lang, text, words...)
	}
	return sentence.ChangedOutside(lang, text, words...)
}
