package awscron

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each text is what a user reads.
func TestParseError(t *testing.T) {
	t.Parallel()
	const (
		six     = "allowed: six, minutes hours day-of-month month day-of-week year"
		hours   = "allowed: 0-23 with , - * /"
		weekday = "allowed: 1-7 (1 is SUN) or SUN-SAT with , - * ? L #"
		rate    = "allowed: a whole number of 1 or more, one blank, and minutes, hours or days"
		at      = "allowed: a local time as yyyy-mm-ddThh:mm:ss, without a zone"
	)
	tests := []struct{ expr, want string }{
		{"", "the expression is empty; write for example cron(0 21 * * ? *)"},
		{
			" cron(0 21 * * ? *)",
			"the expression has blanks at its edges, which AWS refuses; " +
				`write "cron(0 21 * * ? *)" without them`,
		},
		{
			"cron(0 21 * * ? " + strings.Repeat("2", 250) + ")",
			"the expression has 267 characters, and AWS takes 256; " +
				"write ranges and steps, or split it into two events",
		},
		// Full-width, as a Japanese keyboard writes it, and a dash of a word processor.
		{
			"cron(0 21 ？ * MON-FRI *)",
			`the expression has the character "？" (U+FF1F); write "cron(0 21 ? * MON-FRI *)"`,
		},
		{
			"cron(0 21 ? * MON\u2212FRI *)",
			`the expression has the character "−" (U+2212); write "cron(0 21 ? * MON-FRI *)"`,
		},
		{
			"cron(0 21 ? * MON–FRI *)",
			`the expression has the character "–" (U+2013); write "cron(0 21 ? * MON-FRI *)"`,
		},
		{"corn(0 21 * * ? *)", "there is no expression corn(); write cron(0 21 * * ? *)"},
		{"CRON(0 21 * * ? *)", "there is no expression CRON(); write cron(0 21 * * ? *)"},
		{"cron (0 21 * * ? *)", "there is no expression cron (); write cron(0 21 * * ? *)"},
		{
			"every(5 minutes)",
			"there is no expression every(); write cron(…), rate(…) or at(…)",
		},
		{"cron(0 21 * * ? *", "the closing parenthesis is missing; write cron(0 21 * * ? *)"},
		{
			"cron(0 21 * * ? *);",
			`";" stands after the closing parenthesis; write cron(0 21 * * ? *)`,
		},

		{
			"cron(0 21 * * MON-FRI *)",
			"day-of-month and day-of-week are both set; write ? in one: cron(0 21 ? * MON-FRI *)",
		},
		// A Unix habit: 1-5 is Sunday to Thursday on AWS, which the names show.
		{
			"cron(0 21 * * 1-5 *)",
			"day-of-month and day-of-week are both set; " +
				"write ? in one: cron(0 21 ? * SUN-THU *) (1 is SUN)",
		},
		{
			"cron(0 8 1 * MON *)",
			"day-of-month and day-of-week are both set; write ? in one: cron(0 8 1 * ? *) or " +
				"cron(0 8 ? * MON *); for both, write two events",
		},
		{
			"cron(0 9 ? * ? *)",
			"day-of-month and day-of-week are both ?; write * in one: cron(0 9 * * ? *)",
		},

		{
			"cron(0 21 * * *)",
			"cron() has 5 fields; " + six +
				"; this is a Unix cron line; write cron(0 21 * * ? *)",
		},
		{
			"cron(0 21 * * 1-5)",
			"cron() has 5 fields; " + six +
				"; this is a Unix cron line; write cron(0 21 ? * MON-FRI *)",
		},
		{
			"cron(0 0 21 ? * MON-FRI)",
			"cron() begins with seconds, as in Quartz, and AWS has none; " +
				"write cron(0 21 ? * MON-FRI *)",
		},
		{
			"cron(0 0 21 ? * MON-FRI *)",
			"cron() has 7 fields; " + six + "; this is a Quartz line, which begins with seconds; " +
				"write cron(0 21 ? * MON-FRI *)",
		},
		{"cron(0 21)", "cron() has 2 fields; " + six},
		{"cron(now)", "cron() has 1 field; " + six},

		{
			"cron(0 24 * * ? *)",
			`hours "24" at character 8 is out of range; ` + hours + "; for midnight, write 0",
		},
		{"cron(0 9pm * * ? *)", `hours "9pm" at character 8 is not a value; ` + hours},
		{"cron(0 8-25 * * ? *)", `hours "25" at character 10 is out of range; ` + hours},
		{"cron(0 8- * * ? *)", `hours "8-" at character 8 is not a range; ` + hours},
		{"cron(0 -1 * * ? *)", `hours "-1" at character 8 is not a value; ` + hours},
		{"cron(0 , * * ? *)", `hours "," at character 8 is empty; ` + hours},
		{
			"cron(0 */0 * * ? *)",
			`hours "0" at character 10 is a step that never moves on; ` + hours +
				"; write a step of 1 or more",
		},
		{
			"cron(0 */24 * * ? *)",
			`hours "24" at character 10 is a step out of range; ` + hours +
				"; write a step from 1 to 23, or no step",
		},
		{
			"cron(0 */ * * ? *)",
			"hours at character 10 is not a step; " + hours +
				"; write a whole number of 1 or more after the /",
		},
		{
			"cron(0 ? * * * *)",
			`hours "?" at character 8 is for the day fields only; ` + hours + "; write *",
		},
		{
			"cron(0 99999999999999999999 * * ? *)",
			`hours "99999999999999999999" at character 8 is out of range; ` + hours,
		},
		{
			"cron(0 21 ? * MONDAY *)",
			`day-of-week "MONDAY" at character 15 is not a name that AWS knows; ` + weekday +
				"; write MON",
		},
		{
			"cron(0 21 ? * Mnday-FRI *)",
			`day-of-week "Mnday" at character 15 is not a name that AWS knows; ` + weekday +
				"; write MON",
		},
		{
			"cron(0 21 ? * 0 *)",
			`day-of-week "0" at character 15 is out of range; ` + weekday + "; for Sunday, write SUN",
		},
		{
			"cron(0 21 ? * JAN *)",
			`day-of-week "JAN" at character 15 is a month; ` + weekday +
				"; write it in month, which is the fourth field",
		},
		{
			"cron(0 21 ? * 6#6 *)",
			`day-of-week "6#6" at character 15 counts to no week of a month; ` + weekday +
				"; write FRI#1 to FRI#5",
		},
		{
			"cron(0 21 ? * MON#1,FRI *)",
			`day-of-week "MON#1,FRI" at character 15 has a # in a list; ` + weekday +
				"; write an event for each",
		},
		{
			"cron(0 21 ? * L-2 *)",
			`day-of-week "L-2" at character 15 counts days of the month; ` + weekday +
				"; write it in day-of-month, or 6L for the last Friday of the month",
		},
		{
			"cron(0 21 ? * MON-FRIL *)",
			`day-of-week "MON-FRIL" at character 15 has an L that follows no single day; ` + weekday +
				"; write one day before it, such as 6L for the last Friday of the month",
		},
		{
			"cron(0 21 ? MON * *)",
			`month "MON" at character 13 is a day of the week; allowed: 1-12 or JAN-DEC with , - * /; ` +
				"write it in day-of-week, which is the fifth field",
		},
		{
			"cron(0 21 1-5W * ? *)",
			`day-of-month "1-5W" at character 11 is not a day; W takes one day; ` +
				"allowed: 1-31 with , - * ? / L W; write one day before it, such as 15W, " +
				"or LW for the last weekday of the month",
		},
		{
			"cron(0 21 LAST * ? *)",
			`day-of-month "LAST" at character 11 is not a day; ` +
				"allowed: 1-31 with , - * ? / L W; for the last day, write L",
		},
		{
			"cron(0 21 1,? * ? *)",
			`day-of-month "1,?" at character 11 has a ? that does not stand alone; ` +
				"allowed: 1-31 with , - * ? / L W; write ? alone or leave it out",
		},
		{
			"cron(0 21 * * ? 2030-2026)",
			`year "2030-2026" at character 17 ends before it begins; ` +
				"allowed: 1970-2199 with , - * /; write 2026-2030",
		},

		{"rate(5minutes)", `rate() is given "5minutes"; ` + rate + "; write rate(5 minutes)"},
		{"rate( 5 minutes )", `rate() is given " 5 minutes "; ` + rate + "; write rate(5 minutes)"},
		{"rate(5 minuets)", `rate() has no unit "minuets"; ` + rate + "; write rate(5 minutes)"},
		{"rate(2 hrs)", `rate() has no unit "hrs"; ` + rate + "; write rate(2 hours)"},
		{"rate(10 seconds)", `rate() has no unit "seconds"; ` + rate +
			"; the shortest is rate(1 minute)"},
		{"rate(2 weeks)", `rate() has no unit "weeks"; ` + rate + "; write rate(14 days)"},
		{"rate(1 month)", `rate() has no unit "month"; ` + rate +
			"; write cron(0 0 1 * ? *) for the first of each month, or rate(30 days)"},
		{"rate(3 blinks)", `rate() has no unit "blinks"; ` + rate},
		{"rate(0 days)", "a rate() of 0 never ends; " + rate + "; write rate(1 day)"},
		{
			"rate(99999999999999999999 days)",
			"99999999999999999999 is too large for rate(); " + rate,
		},
		{
			"rate(104249991375 days)", // the first above 2⁵³ s
			"104249991375 is too large for rate(); " + rate,
		},

		{
			"at(2027-03-31T21:00:00Z)",
			`at() is given "2027-03-31T21:00:00Z"; ` + at +
				`; write at(2027-03-31T21:00:00) and timezone "UTC"`,
		},
		{
			"at(2027-03-31T21:00:00+09:00)",
			`at() is given "2027-03-31T21:00:00+09:00"; ` + at +
				"; write at(2027-03-31T21:00:00) and the zone in timezone",
		},
		{"at(2027-03-31)", `at() is given "2027-03-31"; ` + at + "; write at(2027-03-31T00:00:00)"},
		{"at(2027-03-31T21:00)", `at() is given "2027-03-31T21:00"; ` + at +
			"; write at(2027-03-31T21:00:00)"},
		{"at(tomorrow)", `at() is given "tomorrow"; ` + at +
			"; write for example at(2027-03-31T21:00:00)"},
		{"at(2027-02-29T21:00:00)", `there is no time "2027-02-29T21:00:00"; ` + at +
			"; February 2027 has 28 days"},
		{"at(2027-13-01T21:00:00)", `there is no time "2027-13-01T21:00:00"; ` + at},
		{"at(2027-03-31T24:00:00)", `there is no time "2027-03-31T24:00:00"; ` + at +
			"; write at(2027-04-01T00:00:00)"},
		{"at(2027-03-31T24:01:00)", `there is no time "2027-03-31T24:01:00"; ` + at},
		{"at(2027-03-31T24:00:01)", `there is no time "2027-03-31T24:00:01"; ` + at},
	}
	for _, tt := range tests {
		_, err := Parse(tt.expr)
		if err == nil {
			t.Errorf("Parse(%q) succeeds, want %s", tt.expr, tt.want)
			continue
		}
		if got := err.Error(); got != tt.want {
			t.Errorf("Parse(%q)\n got %s\nwant %s", tt.expr, got, tt.want)
		}
		checkParseError(t, tt.expr, err)
	}
}

func TestParseError_members(t *testing.T) {
	t.Parallel()
	_, err := Parse("cron(0 21 ? * MON,Thur *)")
	var got *ParseError
	if !errors.As(err, &got) {
		t.Fatalf("error is a %T", err)
	}
	want := &ParseError{
		Expr: "cron(0 21 ? * MON,Thur *)", Field: "day-of-week", Offset: 18, Found: "Thur",
		Problem: `day-of-week "Thur" at character 19 is not a name that AWS knows`,
		Allowed: "1-7 (1 is SUN) or SUN-SAT with , - * ? L #", Remedy: "write THU",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestParse_translations(t *testing.T) {
	t.Parallel()
	const unix = "this is a Unix cron line; write "
	const quartz = "this is a Quartz line, which begins with seconds; write "
	tests := []struct{ expr, remedy string }{
		{"@daily", "write cron(0 0 * * ? *)"},
		{"@Weekly", "write cron(0 0 ? * SUN *)"},
		{"@every 1h30m", "write rate(90 minutes)"},
		{"@every 24h", "write rate(1 day)"},
		{"@reboot", "write cron(…), rate(…) or at(…)"},
		{"0 21 * * *", unix + "cron(0 21 * * ? *)"},
		{"0 21 * * 1-5", unix + "cron(0 21 ? * MON-FRI *)"},
		{"0 21 * * 0", unix + "cron(0 21 ? * SUN *)"},
		{"0 21 * * 7", unix + "cron(0 21 ? * SUN *)"},
		{"0 21 * * 5-7", unix + "cron(0 21 ? * SUN,FRI,SAT *)"},
		{"0 21 * * 0-6", unix + "cron(0 21 * * ? *)"},
		{"0 21 * * */2", unix + "cron(0 21 ? * SUN,TUE,THU,SAT *)"},
		{"*/15 8-17 * * mon-fri", unix + "cron(0/15 8-17 ? * MON-FRI *)"},
		{"0 8 1 jan,jul *", unix + "cron(0 8 1 JAN,JUL ? *)"},
		{
			"0 8 1 * 1",
			unix + "cron(0 8 1 * ? *) and, as a second event, cron(0 8 ? * MON *)",
		},
		{"0 21 * * ?", "write cron(0 21 * * ? *)"},
		{"0 21 * * ? *", "write cron(0 21 * * ? *)"},
		{"0 0 21 * * ?", quartz + "cron(0 21 * * ? *)"},
		{"0 0 21 ? * 2-6 2027", quartz + "cron(0 21 ? * MON-FRI 2027)"},
		{"0 21 * * ? 2027 root", "write cron(0 21 * * ? 2027)"},
		{"cron 0 21 * * ? *", "write cron(0 21 * * ? *)"},
		{"rate 5 minutes", "write rate(5 minutes)"},
		{"5 minutes", "write rate(5 minutes)"},
		{"2027-03-31T21:00:00", "write at(2027-03-31T21:00:00)"},
		{"2027-03-31 21:00", "write at(2027-03-31T21:00:00)"},
		{"every night", "write cron(…), rate(…) or at(…)"},
	}
	for _, tt := range tests {
		_, err := Parse(tt.expr)
		var parseErr *ParseError
		if !errors.As(err, &parseErr) {
			t.Errorf("Parse(%q): error is a %T", tt.expr, err)
			continue
		}
		if parseErr.Remedy != tt.remedy {
			t.Errorf("Parse(%q)\n got %s\nwant %s", tt.expr, parseErr.Remedy, tt.remedy)
		}
	}
}

// A list is refused wherever in it the wrong element stands.
func TestParse_wrongElementOfList(t *testing.T) {
	t.Parallel()
	for field, form := range map[string]string{
		"minutes": "cron(%s 21 * * ? *)", "hours": "cron(0 %s * * ? *)", "day-of-month": "cron(0 21 %s * ? *)",
		"month": "cron(0 21 1 %s ? *)", "day-of-week": "cron(0 21 ? * %s *)", "year": "cron(0 21 * * ? %s)",
	} {
		good := "1"
		if field == "year" {
			good = "2027"
		}
		for _, wrong := range []string{"99", "x", "1-", "0W", "99L", "L-99"} {
			for _, list := range []string{wrong, wrong + "," + good, good + "," + wrong, good + "," + wrong + "," + good} {
				expr := fmt.Sprintf(form, list)
				s, err := Parse(expr)
				var parseError *ParseError
				if !errors.As(err, &parseError) {
					t.Errorf("Parse(%q) = %v, %v, want a *ParseError", expr, s, err)
				}
			}
		}
	}
}
