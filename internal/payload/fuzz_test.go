package payload

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzDecode feeds the runner's input. What cannot be read is told in one sentence without Go's
// words; what can be is written and read again as the same.
func FuzzDecode(f *testing.F) {
	for _, file := range []string{"testdata/old_cluster.json", "testdata/old_instance.json"} {
		event, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(event))
	}
	f.Add(Encode(Payload{
		Steps: [][]string{{"rds", "stop-cluster", "db"}}, Group: "g", Schedule: "s", Holds: true,
		Timezone: "Asia/Tokyo", ExceptDates: []string{"2026-12-29"}, LateAfterSeconds: 3600,
		ScheduledTime: "2026-12-29T12:00:00Z",
	}))
	now := time.Date(2026, 12, 29, 20, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, event string) {
		p, err := Decode([]byte(event))
		if err != nil {
			checkDecodeError(t, err)
			return
		}
		written := Encode(p)
		again, err := Decode([]byte(written))
		if err != nil {
			t.Fatalf("%s was written and cannot be read: %v", written, err)
		}
		if p.ScheduledTime == "" {
			p.ScheduledTime = ScheduledTimePlaceholder
		}
		if len(p.Args) == 0 {
			p.Args = again.Args // [] beside steps is written as nothing
		}
		if d := cmp.Diff(p, again, cmp.Transformer("empty", emptyAsNil)); d != "" {
			t.Errorf("read again (-first +again):\n%s", d)
		}
		if got := Encode(again); got != written {
			t.Errorf("written again: %s, at first %s", got, written)
		}
		checkTimes(t, p, now)
	})
}

// emptyAsNil makes a list without elements nil: JSON leaves both out.
func emptyAsNil(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

func checkDecodeError(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if !errors.Is(err, ErrNoArgs) && !errors.Is(err, ErrArgsAndSteps) &&
		!strings.HasPrefix(text, "reading the event: ") {
		t.Errorf("%q does not say that the event is wrong", text)
	}
	if strings.Contains(text, "Go ") || strings.Contains(text, "json:") ||
		strings.ContainsAny(text, "\n\x1b") || len(text) > 300 {
		t.Errorf("%q is no sentence for people", text)
	}
}

// checkTimes checks that an event is late only where it is past what it allows, and off only on a
// date of its own.
func checkTimes(t *testing.T, p Payload, now time.Time) {
	t.Helper()
	if by, late, err := p.Lateness(now); err == nil && late && by.Seconds() <= float64(p.LateAfterSeconds) {
		t.Errorf("late by %s, which is no more than %d seconds", by, p.LateAfterSeconds)
	}
	date, off, err := p.DayOff(now)
	if _, wrong := time.Parse(time.DateOnly, date); off && (err != nil || wrong != nil) {
		t.Errorf("a day off on %q, %v", date, err)
	}
}
