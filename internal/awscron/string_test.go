package awscron

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

func TestString(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, want string }{
		{"cron(0 21 ? * MON-FRI *)", "cron(0 21 ? * MON-FRI *)"},
		{"cron(00 21 ? * 2-6 *)", "cron(0 21 ? * MON-FRI *)"},
		{"cron(0 21 ? * fri,Thu,wed,MON,tue 1970-2199)", "cron(0 21 ? * MON-FRI *)"},
		{"cron(0 21 ? * Mon-Sun *)", "cron(0 21 * * ? *)"},
		{"cron(0 21 1-31 1-12 ? *)", "cron(0 21 * * ? *)"},
		{"cron(0 21 1-30 4,6 ? *)", "cron(0 21 * APR,JUN ? *)"},
		{"cron(0 21 30,31 4 ? *)", "cron(0 21 30 APR ? *)"},
		{"cron(0 21 31 2 ? *)", "cron(0 21 31 FEB ? *)"},
		{"cron(*/15 * * * ? *)", "cron(0/15 * * * ? *)"},
		{"cron(0,15,30,45 * * * ? *)", "cron(0/15 * * * ? *)"},
		{"cron(7/30 * * * ? *)", "cron(7,37 * * * ? *)"},
		{"cron(0-20/5 * * * ? *)", "cron(0-20/5 * * * ? *)"},
		{"cron(1,2 * * * ? *)", "cron(1,2 * * * ? *)"},
		{"cron(3,2,1 * * * ? *)", "cron(1-3 * * * ? *)"},
		{"cron(1,3,5,7 * * * ? *)", "cron(1,3,5,7 * * * ? *)"},
		{"cron(1,3,5,7,9 * * * ? *)", "cron(1-9/2 * * * ? *)"},
		{"cron(0 22-2 * * ? *)", "cron(0 0-2,22,23 * * ? *)"},
		{"cron(0 22-4/3 * * ? *)", "cron(0 1,4,22 * * ? *)"},
		{"cron(0 8 1 */3 ? *)", "cron(0 8 1 JAN,APR,JUL,OCT ? *)"},
		{"cron(0 8 ? * FRIL *)", "cron(0 8 ? * 6L *)"},
		{"cron(0 8 ? * 6,6L *)", "cron(0 8 ? * FRI *)"},
		{"cron(0 8 ? * 2#1 *)", "cron(0 8 ? * MON#1 *)"},
		{"cron(0 8 ? * L *)", "cron(0 8 ? * SAT *)"},
		{"cron(0 8 l-0 * ? *)", "cron(0 8 L * ? *)"},
		{"cron(0 8 LW,15w,L-3W,L,3 * ? *)", "cron(0 8 3,15W,L,LW,L-3W * ? *)"},
		{"cron(0 8 1 1 ? 2026/2)", "cron(0 8 1 JAN ? 2026/2)"},
		{"cron(0 8 1 1 ? 2026,2027,2028,2030)", "cron(0 8 1 JAN ? 2026-2028,2030)"},
		{"cron(0 10 * * ?)", "cron(0 10 * * ? *)"},
		{"rate(60 minutes)", "rate(1 hour)"},
		{"rate(24 hours)", "rate(1 day)"},
		{"rate(90 minute)", "rate(90 minutes)"},
		{"rate(104249991374 days)", "rate(104249991374 days)"}, // the last below 2⁵³ s
		{"at(2027-03-31T21:00:05)", "at(2027-03-31T21:00:05)"},
	}
	for _, tt := range tests {
		got := mustParse(t, tt.expr)
		if got.String() != tt.want {
			t.Errorf("Parse(%q) prints %s, want %s", tt.expr, got, tt.want)
		}
		checkRoundTrip(t, got)
	}
}

// checkRoundTrip checks that s is what its text says, that this text is final, and that it raises
// no doubt where s raises none.
func checkRoundTrip(t *testing.T, s Schedule) {
	t.Helper()
	again, err := Parse(s.String())
	if err != nil {
		t.Errorf("Parse(%q), a canonical text: %v", s, err)
		return
	}
	if !Equal(s, again) || !Equal(again, s) {
		t.Errorf("%s means something else than what it was printed from", s)
	}
	if again.String() != s.String() {
		t.Errorf("%s prints as %s when parsed again", s, again)
	}
	if len(s.Doubts()) == 0 && len(again.Doubts()) > 0 {
		t.Errorf("%s raises a doubt: %q", again, again.Doubts())
	}
}

func TestString_corpusRoundTrips(t *testing.T) {
	t.Parallel()
	for _, expr := range corpus(t) {
		checkRoundTrip(t, mustParse(t, expr))
	}
}

// A text that would be longer than AWS takes stays as it was written.
func TestString_tooLong(t *testing.T) {
	t.Parallel()
	const expr = "cron(0 0 1 1 ? 1970/4,1971/8,1972/16)"
	s := mustParse(t, expr)
	if s.String() != expr {
		t.Errorf("got %s, want %s", s, expr)
	}
	checkRoundTrip(t, s)
}

func TestEqual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"cron(0 21 ? * Mon-Sun *)", "cron(0 21 * * ? *)", true},
		{"cron(0 21 ? * MON-FRI *)", "cron(0 21 ? * MON-SAT *)", false},
		{"rate(60 minutes)", "rate(1 hour)", true},
		{"rate(60 minutes)", "rate(61 minutes)", false},
		{"at(2027-03-31T21:00:00)", "at(2027-03-31T21:00:00)", true},
		{"at(2027-03-31T21:00:00)", "at(2027-03-31T21:00:01)", false},
		{"at(2027-03-31T21:00:00)", "cron(0 21 31 3 ? 2027)", false},
		{"rate(1 day)", "cron(0 0 * * ? *)", false},
		{"cron(0 0 * * ? *)", "rate(1 day)", false},
	}
	for _, tt := range tests {
		if got := Equal(mustParse(t, tt.a), mustParse(t, tt.b)); got != tt.want {
			t.Errorf("Equal(%s, %s) = %t", tt.a, tt.b, got)
		}
	}
	if Equal(nil, nil) {
		t.Error("Equal(nil, nil) is true")
	}
}

func TestDoubts(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, want string }{
		{"cron(0 21 ? * Mon-Sun *)", ""},
		{"cron(0 21 ? * mon-fri *)", ""},
		{"cron(0 21 ? * Sat-Sun *)", ""},
		{"cron(0 21 ? * FRIL *)", ""},
		{"cron(0 21 ? * wedL *)", ""},
		{"cron(0 21 LW * ? *)", ""},
		{"cron(0 21 15W 1 ? *)", ""},
		{"cron(0 09 1 04 ? *)", ""},
		{"rate(1 days)", ""},
		{
			"cron(0 21 ? * FRI-MON *)",
			`AWS does not document ranges that go round the end (day-of-week "FRI-MON"); ` +
				"write FRI-SAT,SUN-MON",
		},
		{
			"cron(0 23-2 * * ? *)",
			`AWS does not document ranges that go round the end (hours "23-2"); write 23,0-2`,
		},
		{
			"cron(0 21 31W * ? *)",
			"AWS does not document what 31W means in a month without a day 31 (taken as no run); " +
				"for the last weekday of each month, write LW",
		},
		{
			"cron(0 21 L-3 * ? *)",
			"AWS does not document L-3 in day-of-month; if it is refused, write a day such as 25",
		},
		{
			"cron(0 21 ? * MON/2 *)",
			`AWS does not document steps in day-of-week ("MON/2"); write MON,WED,FRI`,
		},
		{
			"cron(0 21 30 2 ? *)",
			"it never runs, since no month that it names has such a day; " +
				"for the last day of a month, write L",
		},
		{
			"cron(0 21 * * ?)",
			"AWS documents six fields; without a year, write cron(0 21 * * ? *)",
		},
		{
			"cron(0, 21, ?, *, MON-FRI, *)",
			`AWS does not document empty elements in a list (minutes "0,"); write 0` + "\n" +
				`AWS does not document empty elements in a list (hours "21,"); write 21` + "\n" +
				`AWS does not document empty elements in a list (day-of-month "?,"); write ?` + "\n" +
				`AWS does not document empty elements in a list (month "*,"); write *` + "\n" +
				`AWS does not document empty elements in a list (day-of-week "MON-FRI,"); write MON-FRI`,
		},
		{"rate(10 minute)", "AWS does not document the spelling rate(10 minute); write rate(10 minutes)"},
		{
			"rate(4000 days)",
			"AWS documents no largest interval, and rate(4000 days) is longer than ten years",
		},
		{
			"at(2200-01-01T00:00:00)",
			"AWS does not document at() in the year 2200; its cron() knows 1970 to 2199",
		},
	}
	for _, expr := range []string{
		"cron(0 21 ? * *,MON *)", "cron(0 21 1,LW * ? *)", "cron(0 21 lw * ? *)", "cron(0 21 ? * MON,FRIL *)",
		"cron(0 21 ? 1-MAR MON *)", "cron(0 1-5/24 * * ? *)", "cron(000 21 * * ? *)", "cron(/15 * * * ? *)",
		"cron(0  21 * * ? *)", "cron(0 21 L-30 * ? *)",
	} {
		doubts := mustParse(t, expr).Doubts()
		if len(doubts) == 0 {
			t.Errorf("%s raises no doubt", expr)
		}
		for _, d := range doubts {
			checkParts(t, d)
		}
	}
	for _, tt := range tests {
		var messages []string
		for _, d := range mustParse(t, tt.expr).Doubts() {
			messages = append(messages, d.Message)
			checkParts(t, d)
		}
		if got := strings.Join(messages, "\n"); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.expr, got, tt.want)
		}
	}
}

var anyJapanese = regexp.MustCompile(`\p{Han}|\p{Hiragana}|\p{Katakana}`)

// checkParts checks that a doubt says the same in each language.
func checkParts(t *testing.T, d Doubt) {
	t.Helper()
	var pieces [2][]string
	for i, lang := range []language.Tag{language.English, language.Japanese} {
		var all string
		for _, part := range d.Parts(lang) {
			all += part.Text
			if part.Code {
				pieces[i] = append(pieces[i], part.Text)
			}
		}
		if i == 0 && all != strings.ReplaceAll(d.Message, `"`, "") {
			t.Errorf("the parts %q are not the message %q", all, d.Message)
		}
		if strings.Contains(all, "%!") || anyJapanese.MatchString(all) != (lang == language.Japanese) {
			t.Errorf("%s of %q: %q", lang, d.Message, all)
		}
	}
	slices.Sort(pieces[0])
	slices.Sort(pieces[1])
	if !slices.Equal(slices.Compact(pieces[0]), slices.Compact(pieces[1])) {
		t.Errorf("%q holds %q, and %q in Japanese", d.Message, pieces[0], pieces[1])
	}
}
