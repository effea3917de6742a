package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
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
