package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// A plan with a thousand mistakes shows the first ones whole, and the others in short.
func TestScheduleWarnings_many(t *testing.T) {
	t.Parallel()
	r := &scheduleResource{now: func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }}
	for _, n := range []int{maxWarnings, maxWarnings + 1, maxWarnings + 25} {
		events := map[string]eventModel{}
		for i := range n {
			events[fmt.Sprintf("e_%03d", i)] = eventOn("at(2020-01-01T00:00:00)", "rds", "stop-cluster", fmt.Sprint("db", i))
		}
		config := configured(events)
		config.Permissions = types.StringValue(permissionsExternal)
		got := r.warnings(planned(config, nil))
		if n == maxWarnings {
			if len(got) != maxWarnings {
				t.Errorf("%d events: got %d warnings", n, len(got))
			}
			continue
		}
		if len(got) != maxWarnings+1 {
			t.Fatalf("%d events: got %d warnings, want %d", n, len(got), maxWarnings+1)
		}
		last := got[maxWarnings]
		want := fmt.Sprintf("saving: %d warnings beside the first 50", n-maxWarnings)
		if last.Summary() != want || !strings.HasPrefix(last.Detail(), "e_050 never fires again") {
			t.Errorf("%d events: got %q, %q, want %q", n, last.Summary(), last.Detail(), want)
		}
		if others := "\nand 5 others, which savings review names."; strings.HasSuffix(last.Detail(), others) != (n == maxWarnings+25) {
			t.Errorf("%d events: the last warning ends %q", n, last.Detail())
		}
	}
}

// A stop and a start in one minute contradict each other only where they act on one thing.
func TestScheduleWarnings_regions(t *testing.T) {
	t.Parallel()
	r := &scheduleResource{now: func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }}
	arn := func(region string) string { return "arn:aws:rds:" + region + ":123456789012:cluster:db" }
	for _, tt := range []struct {
		stop, start string
		want        bool
	}{
		{arn("us-west-2"), arn("eu-west-1"), false},
		{arn("us-west-2"), "db", false},
		{arn("us-west-2"), arn("us-west-2"), true},
		{arn("ap-northeast-1"), "db", true}, // the function's region
	} {
		config := configured(map[string]eventModel{
			"stop":  eventOn("cron(0 21 * * ? *)", "rds", "stop-cluster", tt.stop),
			"start": eventOn("cron(0 21 * * ? *)", "rds", "start-cluster", tt.start),
		})
		config.Permissions = types.StringValue(permissionsExternal)
		got := false
		for _, w := range r.warnings(planned(config, nil)) {
			got = got || strings.Contains(w.Summary(), "contradict each other")
		}
		if got != tt.want {
			t.Errorf("stop %s, start %s: contradict each other: %t, want %t", tt.stop, tt.start, got, tt.want)
		}
	}
}

func TestSameTargets(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:rds:us-west-2:123456789012:cluster:db"
	for _, tt := range []struct {
		start, stop string
		want        bool
	}{
		{"db", "db", true},
		{"db", arn, true}, // where the function is in us-west-2
		{"db --region us-west-2", arn, true},
		{"db --region eu-west-1", arn, false},
		{"db --region us-west-2", "db --region eu-west-1", false},
	} {
		start, errStart := command.Parse(append([]string{"rds", "start-cluster"}, strings.Fields(tt.start)...))
		stop, errStop := command.Parse(append([]string{"rds", "stop-cluster"}, strings.Fields(tt.stop)...))
		if errStart != nil || errStop != nil {
			t.Fatal(errStart, errStop)
		}
		if got := sameTargets(start, stop); got != tt.want {
			t.Errorf("start %s, stop %s: %t, want %t", tt.start, tt.stop, got, tt.want)
		}
	}
}
