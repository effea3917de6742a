package importconfig

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// crontabRuns tells whether crontab(5) runs five fields at a time: a second reading of its page, which
// tries each number alone. Day of month or day of week is enough where both are restricted.
func crontabRuns(fields []string, t time.Time) bool {
	fits := func(text string, value int) bool {
		for _, part := range strings.Split(text, ",") {
			span, step, stepped := strings.Cut(part, "/")
			n := 1
			if stepped {
				n, _ = strconv.Atoi(step)
			}
			from, to := 0, 99
			if span != "*" {
				first, last, isRange := strings.Cut(span, "-")
				from, _ = strconv.Atoi(first)
				if to = from; isRange {
					to, _ = strconv.Atoi(last)
				}
			}
			if value >= from && value <= to && (value-from)%n == 0 {
				return true
			}
		}
		return false
	}
	weekday := int(t.Weekday())
	day := fits(fields[2], t.Day())
	week := fits(fields[4], weekday) || weekday == 0 && fits(fields[4], 7)
	date := day || week
	if fields[2] == "*" || fields[4] == "*" {
		date = day && week
	}
	return fits(fields[0], t.Minute()) && fits(fields[1], t.Hour()) && fits(fields[3], int(t.Month())) && date
}

// Random lines of a crontab run at the same minutes as the expressions made of them.
func TestCrontab_runsAtTheSameTimes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	field := func(f cronField) string {
		pick := func() int { return f.least + random.IntN(f.most-f.least+1) }
		switch random.IntN(6) {
		case 0, 1:
			return "*"
		case 2:
			a, b := pick(), pick()
			return fmt.Sprintf("%d-%d", min(a, b), max(a, b))
		case 3:
			return fmt.Sprintf("%d,%d", pick(), pick())
		case 4:
			a, b := pick(), pick()
			return fmt.Sprintf("%d-%d/%d", min(a, b), max(a, b), 2+random.IntN(3))
		}
		return strconv.Itoa(pick())
	}
	both := 0
	for range 80 {
		var fields []string
		for _, f := range crontabFields {
			fields = append(fields, field(f))
		}
		fields[0] = strconv.Itoa(random.IntN(60))
		expressions, _, err := crontabExpressions(fields)
		if err != nil {
			t.Fatalf("%v: %v", fields, err)
		}
		both += len(expressions) - 1
		runs := map[time.Time]bool{}
		begin := time.Date(2026, time.Month(1+random.IntN(12)), 1, 0, 0, 0, 0, time.UTC)
		end := begin.AddDate(0, 0, 40)
		for _, text := range expressions {
			schedule, err := awscron.Parse(text)
			if err != nil {
				t.Fatalf("%v gives %s: %v", fields, text, err)
			}
			for at := schedule.Next(begin.Add(-time.Minute), time.UTC); !at.IsZero() && at.Before(end); at = schedule.Next(at, time.UTC) {
				runs[at] = true
			}
		}
		for at := begin; at.Before(end); at = at.Add(time.Minute) {
			if want := crontabRuns(fields, at); want != runs[at] {
				t.Fatalf("%v gives %v: at %s it runs: %v, want %v", fields, expressions, at, runs[at], want)
			}
		}
	}
	if both == 0 {
		t.Error("no line had both days of the month and days of the week")
	}
}

// Random periods: what the starts and stops leave on is what Instance Scheduler wants on.
func TestPeriods_keepTheWeek(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		var periods []period
		for range 1 + random.IntN(3) {
			p := period{begin: -1, end: -1}
			for day := range 7 {
				if random.IntN(2) == 0 {
					p.days = append(p.days, day)
				}
			}
			if p.days == nil {
				p.days = []int{6}
			}
			if random.IntN(3) > 0 {
				p.begin = random.IntN(minutesOfDay - 1)
			}
			if random.IntN(3) > 0 {
				p.end = p.begin + 1 + random.IntN(minutesOfDay-p.begin-1)
			}
			periods = append(periods, p)
		}
		moments := map[int]state{}
		for _, c := range changesOfWeek(periods) {
			parsed, err := awscron.Parse(c.expression)
			if err != nil {
				t.Fatal(err)
			}
			minutes, ok := parsed.(*awscron.Cron).Weekly()
			if !ok {
				t.Fatalf("%s is not weekly", c.expression)
			}
			for _, m := range minutes {
				if moments[m] = stopped; c.start {
					moments[m] = running
				}
			}
		}
		if len(moments) == 0 {
			continue // on, or off, for all of the week
		}
		is := anyState
		for minute := range 2 * minutesOfWeek { // the first week finds what the second begins with
			m := minute % minutesOfWeek
			if next, ok := moments[m]; ok {
				is = next
			}
			want := stopped
			for _, p := range periods {
				want = max(want, p.at(m))
			}
			if minute >= minutesOfWeek && want != anyState && is != want {
				t.Fatalf("%+v: at minute %d it is %d, want %d", periods, m, is, want)
			}
		}
	}
}

func TestDayNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"0": 0, "mon": 0, "monday": 0, "6": 6, "sun": 6, "sunday": 6, "wednes": 2} {
		if n, ok := dayNumber(text); !ok || n != want {
			t.Errorf("%s: got %d %v, want %d", text, n, ok, want)
		}
	}
	for _, text := range []string{"7", "-1", "", "mo", "monx", "lun", "l"} {
		if n, ok := dayNumber(text); ok {
			t.Errorf("%s: got %d, want nothing", text, n)
		}
	}
}

func TestWeekdayList(t *testing.T) {
	t.Parallel()
	got := []string{}
	for _, set := range [][]int{{0}, {1, 2, 3, 4, 5}, {0, 6}, {0, 1, 2}, {0, 5, 6}, {0, 1, 2, 3, 4, 5, 6}, {2, 4}} {
		got = append(got, weekdayList(set))
	}
	want := []string{"SUN", "MON-FRI", "SAT,SUN", "SUN-TUE", "FRI,SAT,SUN", "*", "TUE,THU"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
