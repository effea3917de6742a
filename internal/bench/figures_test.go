//go:build linux

// Package bench_test measures the provider, the runner and the command line beside other programs, and
// writes what it measured into bench/ and from there into the documentation:
//
//	make bench
package bench_test

import (
	"flag"
	"testing"
)

var (
	write  = flag.Bool("write", false, "measure, or write the documentation's tables")
	always = flag.Int("rounds", 0, "how often everything is measured; 0 is as often as it wants")
)

// rounds is how often something is measured that wants n rounds.
func rounds(n int) int {
	if *always > 0 {
		return *always
	}
	return n
}

// TestMeasure writes bench/NAME of each table. A result that misses its aim by far fails it.
func TestMeasure(t *testing.T) { //nolint:paralleltest // others would spoil the times
	if !*write {
		t.Skip("make bench measures")
	}
	for _, table := range []struct {
		name    string
		measure func(t *testing.T)
	}{
		// First, while nothing before it has loaded the machine: the page tells the load at each start.
		{"quota", measured("quota", measureQuota, checkQuota)},
		{"runner", measured("runner", measureRunner, checkRunner)},
		{"review", measured("review", measureReview, checkReview)},
		{"expressions", measureExpressions},
		{"plans", measured("plans", measurePlans, checkPlans)},
		{"schedules", measured("schedules", measureSchedules, checkSchedules)},
	} {
		t.Run(table.name, table.measure)
	}
}

func measured(name string, measure func(*testing.T) results, check func(*testing.T, results)) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		r := measure(t)
		r.write(t, name)
		check(t, r)
	}
}
