//go:build linux

package bench_test

import (
	"strings"
	"testing"
)

// aim is what a number is wanted to be. A number beyond its limit fails the benchmark; between aim and
// limit it is only told: of the whole command, whose aim is known to be missed, and of the nanoseconds of
// a parse, in which two programs come close.
type aim struct {
	what   string
	got    float64
	atMost float64
	limit  float64
	more   bool // more is better: got shall be atMost or more
}

func (a aim) check(t *testing.T) {
	t.Helper()
	beyond := func(than float64) bool { return a.more && a.got < than || !a.more && a.got > than }
	switch {
	case beyond(a.limit):
		t.Errorf("%s: %.3g, wanted %.3g", a.what, a.got, a.atMost)
	case beyond(a.atMost):
		t.Logf("%s: %.3g, wanted %.3g", a.what, a.got, a.atMost)
	}
}

// What bench/ holds, and so the page, meets the limits too.
func TestAims(t *testing.T) {
	t.Parallel()
	for name, check := range map[string]func(*testing.T, results){
		"schedules": checkSchedules, "plans": checkPlans, "review": checkReview, "quota": checkQuota, "runner": checkRunner,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, readResults(t, name))
		})
	}
	t.Run("expressions", func(t *testing.T) {
		t.Parallel()
		checkExpressions(t)
	})
}

func checkSchedules(t *testing.T, r results) {
	t.Helper()
	for _, work := range scheduleWorks {
		ours, bare := r.of(work, oursName, "own calls"), r.of(work, bareSetsName, "own calls")
		aim{work + ": own calls beside the bare SDK", median(ratios(ours, bare)), 1.3, 1.3, false}.check(t)
		plain := r.of(work, plainName, "own calls")
		aim{work + ": own calls beside for_each", median(ratios(plain, ours)), 5, 5, true}.check(t)
		whole, plainWhole := r.of(work, oursName, "whole command"), r.of(work, plainName, "whole command")
		aim{work + ": whole command beside for_each", median(ratios(plainWhole, whole)), 5, 2, true}.check(t)
	}
}

func checkPlans(t *testing.T, r results) {
	t.Helper()
	var n, cpu []float64
	for _, events := range growth {
		n = append(n, float64(events))
		cpu = append(cpu, median(r.of(planWork(events), "tofu", "CPU time")))
	}
	aim{"slope of the growth of plans", slope(n, cpu), 1.2, 1.2, false}.check(t)
	largest := planWork(growth[len(growth)-1])
	aim{"peak memory, MiB", median(r.of(largest, "tofu", "provider's peak memory")), 450, 450, false}.check(t)
	for _, tool := range []string{"tofu", "terraform"} {
		aim{workOneOf + ", ms, " + tool, median(r.of(workOneOf, tool, "whole command")), 1000, 1000, false}.check(t)
	}
}

func checkReview(t *testing.T, r results) {
	t.Helper()
	for _, format := range reviewFormats {
		aim{"review, ms", median(r.of(workReview, format, "whole command")), 200, 200, false}.check(t)
		aim{"review, MiB", median(r.of(workReview, format, "peak memory")), 100, 100, false}.check(t)
	}
}

func checkQuota(t *testing.T, r results) {
	t.Helper()
	for _, work := range quotaWorks {
		times := ratios(r.of(work, oursName, "own calls"), r.of(work, oursName, "the quota's own time"))
		aim{work + " beside the quota's own time", median(times), 1.1, 1.1, false}.check(t)
	}
}

func checkExpressions(t *testing.T) {
	t.Helper()
	r, works := readExpressions(t)
	for _, work := range works {
		ours := rivals[0]
		for _, other := range rivals[1:] {
			times := median(r.of(work, ours, "ns")) / median(r.of(work, other, "ns"))
			aim{work + ", beside " + other, times, 1, 1.25, false}.check(t)
		}
		if n := median(r.of(work, ours, "allocations")); strings.HasPrefix(work, "Next") && n != 0 {
			t.Errorf("%s: %v allocations, want none", work, n)
		}
	}
}
