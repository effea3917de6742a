package review

import (
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

// What is not known, hidden or wrong stands in a sentence without stray blanks or doubled brackets.
func TestEvent_sentenceOfUnknown(t *testing.T) {
	t.Parallel()
	unknown, secret := planjson.Text{State: planjson.Unknown}, planjson.Text{State: planjson.Sensitive}
	zone, at := planjson.Known("Asia/Tokyo"), planjson.Known("at(2027-03-31T21:00:00)")
	stop := []planjson.Text{planjson.Known("rds"), planjson.Known("stop-cluster")}
	steps := func(items ...planjson.Text) [][]planjson.Text {
		var out [][]planjson.Text
		for _, item := range items {
			out = append(out, append(stop[:2:2], item))
		}
		return out
	}
	for _, tt := range []struct {
		event             planjson.Event
		english, japanese string
	}{
		{
			planjson.Event{Expression: planjson.Known("cron(0 8 * * ? *)"), Timezone: zone},
			"run (known after apply) every day at 08:00, Asia/Tokyo",
			"毎日 08:00（Asia/Tokyo）に（適用後に確定）を実行",
		},
		{
			planjson.Event{Expression: at, Timezone: zone, Commands: steps(unknown), CommandsKnown: true},
			"run rds stop-cluster (known after apply) once on 31 Mar 2027 at 21:00, Asia/Tokyo",
			"2027年3月31日 21:00（1回のみ、Asia/Tokyo）に rds stop-cluster（適用後に確定）を実行",
		},
		{
			planjson.Event{Expression: unknown, Timezone: unknown, Commands: steps(secret, planjson.Known("b")), CommandsKnown: true},
			"run rds stop-cluster (sensitive), then rds stop-cluster b (known after apply), (known after apply)",
			"（適用後に確定、適用後に確定）に rds stop-cluster（機密）、続いて rds stop-cluster b を実行",
		},
	} {
		tt.event.Enabled = planjson.Known("true")
		e := newEvent(tt.event, "x", planjson.Text{})
		if got := e.sentence(language.English).String(); got != tt.english {
			t.Errorf("\n got %s\nwant %s", got, tt.english)
		}
		if got := e.sentence(language.Japanese).String(); got != tt.japanese {
			t.Errorf("\n got %s\nwant %s", got, tt.japanese)
		}
	}
}
