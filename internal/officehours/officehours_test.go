package officehours

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

func TestNew(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ days, from, to, start, stop string }{
		{"Monday to Friday", "8", "21", "cron(0 8 ? * MON-FRI *)", "cron(0 21 ? * MON-FRI *)"},
		{"MON-FRI", "08:00", "21:30", "cron(0 8 ? * MON-FRI *)", "cron(30 21 ? * MON-FRI *)"},
		{"every weekday", "8:05", "9", "cron(5 8 ? * MON-FRI *)", "cron(0 9 ? * MON-FRI *)"},
		{"Mondays, wednesdays and FRI", "8", "21", "cron(0 8 ? * MON,WED,FRI *)", "cron(0 21 ? * MON,WED,FRI *)"},
		{"weekends", "8", "21", "cron(0 8 ? * SUN,SAT *)", "cron(0 21 ? * SUN,SAT *)"},
		{"every day", "0", "12", "cron(0 0 * * ? *)", "cron(0 12 * * ? *)"},
		// The end is on the next day.
		{"MON-FRI", "20", "2", "cron(0 20 ? * MON-FRI *)", "cron(0 2 ? * TUE-SAT *)"},
		{"MON-FRI", "8", "24", "cron(0 8 ? * MON-FRI *)", "cron(0 0 ? * TUE-SAT *)"},
		{"SAT", "0", "24:00", "cron(0 0 ? * SAT *)", "cron(0 0 ? * SUN *)"},
		{"MON-FRI", "0", "24", "cron(0 0 ? * MON *)", "cron(0 0 ? * SAT *)"},
		{"MON,WED", "0", "24", "cron(0 0 ? * MON,WED *)", "cron(0 0 ? * TUE,THU *)"},
		{"Friday to Monday", "8", "21", "cron(0 8 ? * SUN,MON,FRI,SAT *)", "cron(0 21 ? * SUN,MON,FRI,SAT *)"},
	} {
		got, err := New(tt.days, tt.from, tt.to)
		if want := (Hours{tt.start, tt.stop}); err != nil || got != want {
			t.Errorf("%s, %s to %s: got %v, %v, want %v", tt.days, tt.from, tt.to, got, err, want)
		}
	}
}

func TestNew_wrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		days, from, to string
		argument       Argument
		want           string
	}{
		{"", "8", "21", Days, `the days are ""; write "Monday to Friday", "MON-FRI"`},
		{"1-5", "8", "21", Days, `the days are "1-5", and numbers of days count from Sunday in AWS`},
		{"MON-FIR", "8", "21", Days, `the days are "MON-FIR"; write`},
		{"MON,FOO", "8", "21", Days, `the days "MON,FOO" hold "foo"; write`},
		{"MON", "8am", "21", From, `"8am" is no time of day; write 8, 8:30 or 21:00, up to 24:00`},
		{"MON", "24", "21", From, "24:00 ends a day and does not begin one; write 0:00"},
		{"MON", "8", "25", To, `"25" is no time of day`},
		{"MON", "8", "24:01", To, `"24:01" is no time of day`},
		{"every day", "0", "24", To, "office hours of every whole day never end"},
		{"MON", "8", "8:00", To, "office hours from 8:00 to 8:00 have no length"},
	} {
		_, err := New(tt.days, tt.from, tt.to)
		wrong := (*ArgumentError)(nil)
		if !errors.As(err, &wrong) || wrong.Argument != tt.argument || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s, %s to %s: got %v, want argument %d, %q", tt.days, tt.from, tt.to, err, tt.argument, tt.want)
		}
	}
}

// Days may be written as the sentence of an event says them, for every set of days.
func TestNew_takesTheWordsOfASummary(t *testing.T) {
	t.Parallel()
	for set := 1; set < 1<<daysPerWeek; set++ {
		var on week
		for i := range on {
			on[i] = set>>i&1 == 1
		}
		expr := expression(on, 8*minutesPerHour)
		s, err := awscron.Parse(expr)
		if err != nil {
			t.Fatal(err)
		}
		said, found := strings.CutSuffix(s.Describe(language.English), " at 08:00")
		if !found {
			t.Fatalf("%s: %s", expr, said)
		}
		for _, text := range []string{said, strings.TrimPrefix(said, "every "), strings.ToUpper(said)} {
			got, err := New(text, "8", fmt.Sprint(set%8+9))
			if err != nil || got.Start != expr {
				t.Errorf("%q: got %v, %v, want %s", text, got, err, expr)
			}
		}
	}
}
