package timeline

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pairwise is Conflicts as its words say it: each pair is walked alone.
func pairwise(events []Event) (out []Conflict) {
	for _, stop := range events {
		for _, other := range events {
			if stop.Starts || !other.Starts {
				continue
			}
			if at := firstMeeting(other, stop, start); !at.IsZero() {
				out = append(out, Conflict{Target: "db", Start: other.Key, Stop: stop.Key, At: at})
			}
		}
	}
	return out
}

func TestConflicts_agreeWithEachPairAlone(t *testing.T) {
	t.Parallel()
	exprs := []string{
		"cron(0 21 ? * MON-FRI *)", "cron(0 8 ? * MON-FRI *)", "cron(0 12 * * ? *)", "cron(0 8 1 * ? *)",
		"cron(* 8 * * ? *)", "cron(0/15 * ? * SAT *)", "cron(0 23 L * ? *)", "cron(* * * * ? *)",
		"at(2026-12-01T08:00:00)", "cron(0 8 29 2 ? *)",
	}
	zones := []string{"Asia/Tokyo", "UTC", "Europe/Berlin"}
	met := 0
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 0))
		var events []Event
		for i := range 8 {
			events = append(events, event(t, fmt.Sprint("e", i), exprs[random.IntN(len(exprs))],
				zones[random.IntN(len(zones))], random.IntN(2) == 0, "db"))
		}
		got, want := Conflicts(events, start), pairwise(events)
		met += len(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("seed %d (-want +got):\n%s", seed, d)
		}
	}
	if met == 0 {
		t.Error("no pair met")
	}
}

// A thousand events on one target, half of them starts, that never meet.
func BenchmarkConflicts_oneTarget(b *testing.B) {
	var events []Event
	for i := range 1000 {
		hour := 8 + 13*(i%2)
		events = append(events, event(b, fmt.Sprint("e", i), fmt.Sprintf("cron(%d %d * * ? *)", i%60, hour),
			"Asia/Tokyo", i%2 == 0, "db"))
	}
	for b.Loop() {
		Conflicts(events, start)
	}
}
