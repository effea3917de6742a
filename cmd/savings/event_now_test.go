package main

import (
	"testing"
	"time"
)

func TestEventNow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 1, time.FixedZone("", 9*3600))
	tests := []struct {
		name, input string
		dryRun      bool
		want        string
	}{
		{
			"as it is, but for the time",
			`{"args":["rds","stop-cluster","a<b"], "more":{"n":1e3},"scheduled_time":"<aws.scheduler.scheduled-time>"}`,
			false,
			`{"args":["rds","stop-cluster","a<b"], "more":{"n":1e3},"scheduled_time":"2026-11-24T03:00:00Z"}`,
		},
		{"the old image's input", `{"args":["rds","stop-rds","x"]}`, false, `{"args":["rds","stop-rds","x"]}`},
		{
			"dry", `{"args":["rds","stop-rds","x"],"more":{"n":1e3}}`, true,
			`{"args":["rds","stop-rds","x","--dry-run"],"more":{"n":1e3}}`,
		},
		{
			"dry steps, one of which was dry",
			`{"steps":[["rds","stop-rds","--dry-run","x"],["rds","stop-rds","y"]]}`, true,
			`{"steps":[["rds","stop-rds","--dry-run","x"],["rds","stop-rds","y","--dry-run"]]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := eventNow(tt.input, now, tt.dryRun)
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
	for _, input := range []string{``, `null`, `[]`, `{"args":[]}`, `{"detail-type":"x"}`} {
		if got, err := eventNow(input, now, true); err == nil {
			t.Errorf("%s gives %s, want an error", input, got)
		}
	}
}
