package awscron

import (
	"slices"
	"testing"
	"time"
)

func TestCron_Weekly(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		expr string
		want []int // nil: not weekly
	}{
		{"cron(0 21 ? * MON *)", []int{21 * 60}},
		{"cron(30 8 ? * SUN,TUE *)", []int{(24+8)*60 + 30, (6*24+8)*60 + 30}},
		{"cron(0 0,12 ? * SAT *)", []int{5 * 24 * 60, (5*24 + 12) * 60}},
		{"cron(0 21 ? 1-12 MON 1970-2199)", []int{21 * 60}},
		{"cron(0 21 1 * ? *)", nil},
		{"cron(0 21 L * ? *)", nil},
		{"cron(0 21 15W * ? *)", nil},
		{"cron(0 21 ? * 6L *)", nil},
		{"cron(0 21 ? * MON#1 *)", nil},
		{"cron(0 21 ? 1-11 MON *)", nil},
		{"cron(0 21 ? * MON 2027)", nil},
	} {
		got, ok := mustParse(t, tt.expr).(*Cron).Weekly()
		if ok != (tt.want != nil) || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.expr, got, ok, tt.want)
		}
	}
}

// What Weekly says is what Next does in a week of UTC, for the whole corpus.
func TestCron_Weekly_agreesWithNext(t *testing.T) {
	t.Parallel()
	monday := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	weekly := 0
	for _, expr := range corpus(t) {
		c, isCron := mustParse(t, expr).(*Cron)
		if !isCron {
			continue
		}
		minutes, ok := c.Weekly()
		if !ok {
			continue
		}
		weekly++
		var want []int
		for at := c.Next(monday.Add(-1), time.UTC); at.Before(monday.AddDate(0, 0, 7)); at = c.Next(at, time.UTC) {
			want = append(want, int(at.Sub(monday)/time.Minute))
		}
		if !slices.Equal(minutes, want) {
			t.Errorf("%s: Weekly and Next disagree", expr)
		}
	}
	if weekly == 0 {
		t.Error("no weekly expression in the corpus")
	}
}

func TestCron_CountsFromSunday(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]bool{
		"cron(0 8 ? * 1-5 *)": true, "cron(0 8 ? * 2-6 *)": false, "cron(0 8 1-5 * ? *)": false,
		"cron(0 8 ? * SUN-THU *)": false, "cron( 0 8 ? * 1-5 2027 )": true, "cron(0 8 ? * 1-5)": true,
	} {
		c, ok := mustParse(t, expr).(*Cron)
		if !ok || c.CountsFromSunday() != want {
			t.Errorf("%s: want %t", expr, want)
		}
	}
}
