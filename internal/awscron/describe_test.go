package awscron

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, want string }{
		{"cron(0 21 ? * Mon-Sun *)", "every day at 21:00"},
		{"cron(0 8 ? * MON-FRI *)", "every weekday at 08:00"},
		{"cron(0 8 ? * MON,FRI *)", "every Monday and Friday at 08:00"},
		{"cron(0 8 ? * SUN *)", "every Sunday at 08:00"},
		{"cron(0 8 ? * L *)", "every Saturday at 08:00"},
		{"cron(0 8 ? * SAT-SUN *)", "every Saturday and Sunday at 08:00"},
		{"cron(0 8 ? * FRI-MON *)", "every Monday and Friday to Sunday at 08:00"},
		{"cron(0 8 ? * MON-SAT *)", "every Monday to Saturday at 08:00"},
		{"cron(0 8,12,18 ? * MON-THU *)", "every Monday to Thursday at 08:00, 12:00 and 18:00"},
		{"cron(0,30 8 * * ? *)", "every day at 08:00 and 08:30"},
		{"cron(0/10 8-17 ? * MON-FRI *)", "every 10 minutes from 08:00 to 17:50 on weekdays"},
		{"cron(0/10 8-17 ? * TUE,THU *)",
			"every 10 minutes from 08:00 to 17:50 on Tuesdays and Thursdays"},
		{"cron(0/10 8-17 ? * MON-THU *)",
			"every 10 minutes from 08:00 to 17:50 on Mondays to Thursdays"},
		{"cron(* * * * ? *)", "every minute"},
		{"cron(0/5 * * * ? *)", "every 5 minutes"},
		{"cron(5/10 * * * ? *)", "every 10 minutes from 00:05 to 23:55"},
		{"cron(0 * * * ? *)", "every hour"},
		{"cron(15 * * * ? *)", "every hour at :15"},
		{"cron(0 9-17 ? * MON-FRI *)", "every hour from 09:00 to 17:00 on weekdays"},
		{"cron(0 0/2 * * ? *)", "every 2 hours"},
		{"cron(0 0/8 * * ? *)", "every 8 hours"},
		{"cron(0 2/5 * * ? *)", "every 5 hours from 02:00 to 22:00"},
		{"cron(0 10,14,18 * * ? *)", "every day at 10:00, 14:00 and 18:00"},
		{"cron(* 22-2 * * ? *)", "every minute from 00:00 to 02:59 and from 22:00 to 23:59"},
		{"cron(0 1,2,3,5,8,13,21 * * ? *)",
			"every day at 01:00, 02:00, 03:00, 05:00, 08:00, 13:00 and 21:00"},
		{"cron(24-44 1,14 * * ? *)", "every minute from 01:24 to 01:44 and from 14:24 to 14:44"},
		{"cron(0/7 * * * ? *)", "every 7 minutes from :00 to :56 in every hour"},
		{"cron(8,14,34 * * * ? *)", "at :08, :14 and :34 in every hour"},
		{"cron(5,10-20 8-17 * * ? *)",
			"at :05 and every minute from :10 to :20 in the hours 08 to 17"},
		{"cron(*/2 0/2 * * ? *)", "every 2 minutes in every 2nd hour from 00 to 22"},
		{"cron(1-9,11 14 * * ? *)", "at :11 and every minute from :01 to :09 in the hour 14"},

		{"cron(0 8 1 * ? *)", "on the 1st of every month at 08:00"},
		{"cron(0 8 2,3,11,12,13,21,22,23,31 * ? *)",
			"on the 2nd, the 3rd, the 11th to the 13th, the 21st to the 23rd and the 31st " +
				"of every month at 08:00"},
		{"cron(0 8 1-15 * ? *)", "on the 1st to the 15th of every month at 08:00"},
		{"cron(0 8 1/2 * ? *)", "on every 2nd day from the 1st to the 31st of every month at 08:00"},
		{"cron(0 8 1/10 * ? *)", "on the 1st, the 11th, the 21st and the 31st of every month at 08:00"},
		{"cron(0 18 L * ? *)", "on the last day of every month at 18:00"},
		{"cron(0 18 LW * ? *)", "on the last weekday of every month at 18:00"},
		{"cron(0 18 L-1 * ? *)", "on the day before the last day of every month at 18:00"},
		{"cron(0 18 L-3 * ? *)", "on the 3rd day before the last day of every month at 18:00"},
		{"cron(0 18 L-3W * ? *)",
			"on the weekday nearest the 3rd day before the last day of every month at 18:00"},
		{"cron(0 18 15W * ? *)", "on the weekday nearest the 15th of every month at 18:00"},
		{"cron(0 18 ? * FRIL *)", "on the last Friday of every month at 18:00"},
		{"cron(0 18 ? * 3#2 *)", "on the second Tuesday of every month at 18:00"},
		{"cron(0/10 18 ? * 3#2 *)",
			"every 10 minutes from 18:00 to 18:50 on the second Tuesday of every month"},
		{"cron(0 18 ? 1 MON#1 *)", "on the first Monday of January at 18:00"},
		{"cron(0 18 ? * MON,6L *)", "every Monday and on the last Friday of every month at 18:00"},
		{"cron(0 18 ? 1 MON,6L *)",
			"every Monday and on the last Friday of every month at 18:00 in January"},

		{"cron(0 8 29 2 ? *)", "every year on 29 February at 08:00"},
		{"cron(0 8 1 1 ? 2030)", "on 1 January 2030 at 08:00"},
		{"cron(0/5 8 1 1 ? 2030)", "every 5 minutes from 08:00 to 08:55 on 1 January 2030"},
		{"cron(0 8 1 1 ? 2030,2032)", "on 1 January at 08:00 in 2030 and 2032"},
		{"cron(0 8 1 1,4,7,10 ? *)", "on the 1st of January, April, July and October at 08:00"},
		{"cron(0 8 1 6-8 ? *)", "on the 1st of every month from June to August at 08:00"},
		{"cron(0 8 * 6 ? *)", "every day at 08:00 in June"},
		{"cron(0 8 * 6-8 ? 2027)", "every day at 08:00 from June to August, in 2027"},
		{"cron(0 8 ? 1,6-8 MON-FRI *)", "every weekday at 08:00 in January and June to August"},
		{"cron(0 8 * * ? 2026-2030)", "every day at 08:00 from 2026 to 2030"},
		{"cron(0 8 * * ? 2026-2199)", "every day at 08:00 from 2026 on"},
		{"cron(0 8 * * ? 2026/2)", "every day at 08:00, every 2 years from 2026 on"},
		{"cron(0 8 * * ? 2026-2040/2)", "every day at 08:00, every 2 years from 2026 to 2040"},
		{"cron(0 8 * * ? 2026,2028-2030)", "every day at 08:00 in 2026 and 2028 to 2030"},
		{"cron(0 8 31 2 ? *)", "every year on 31 February at 08:00 (never: there is no such day)"},

		{"rate(1 minute)", "every minute, counted from its start"},
		{"rate(5 minutes)", "every 5 minutes, counted from its start"},
		{"rate(24 hours)", "every day, counted from its start"},
		{"at(2027-03-31T21:00:00)", "once on 31 Mar 2027 at 21:00"},
		{"at(2027-05-01T21:00:30)", "once on 1 May 2027 at 21:00:30"},
	}
	for _, tt := range tests {
		if got := mustParse(t, tt.expr).Describe(English); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.expr, got, tt.want)
		}
	}
}

func TestDescribe_unknownLanguage(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "cron(0 21 * * ? *)")
	if got, want := s.Describe("tlh"), s.Describe(English); got != want {
		t.Errorf("got %q, want the English %q", got, want)
	}
}

// Schedules that mean the same have the same words, and others have other words: over all vectors,
// and over many expressions made at random.
func TestDescribe_tellsApart(t *testing.T) {
	t.Parallel()
	exprs := corpus(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		exprs = append(exprs, randomCron(random))
	}
	said := map[string]Schedule{}
	sentences := map[string]string{}
	for _, expr := range exprs {
		s, err := Parse(expr)
		if err != nil {
			continue
		}
		sentence := s.Describe(English)
		if other, ok := said[sentence]; ok && !Equal(s, other) {
			t.Errorf("%s and %s are both %q", s, other, sentence)
		}
		said[sentence] = s
		if other, ok := sentences[s.String()]; ok && other != sentence {
			t.Errorf("%s is %q and %q", s, other, sentence)
		}
		sentences[s.String()] = sentence
		if strings.ContainsAny(sentence, "*?#/") || strings.Contains(sentence, "  ") {
			t.Errorf("%s: %q holds a raw field", s, sentence)
		}
	}
	if len(said) < 10_000 {
		t.Errorf("only %d sentences", len(said))
	}
}

// randomCron returns an expression that is mostly valid.
func randomCron(r *rand.Rand) string {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	day := pick("?", "?", "*", randomItems(r, dayField), "L", "LW", "15W", "1W", "31W", "L-2", "1,L",
		"2W,16", "L-4W,3")
	weekday := "?"
	if day == "?" {
		weekday = pick(randomItems(r, weekdayField), "MON-FRI", "6L", "2#1", "7#5", "MON,6L", "L")
	}
	return "cron(" + strings.Join([]string{
		pick("0", "0/10", randomItems(r, minutesField)),
		pick("*", "21", "8-17", "0/2", randomItems(r, hoursField)),
		day, pick("*", "*", randomItems(r, monthField)),
		weekday, pick("*", "*", "*", "2027", randomItems(r, yearField)),
	}, " ") + ")"
}

// randomItems returns one to three values, ranges and steps of a field.
func randomItems(r *rand.Rand, f *field) string {
	number := func() string { return strconv.Itoa(f.low + r.IntN(f.high-f.low+1)) }
	var items []string
	for range 1 + r.IntN(3) {
		item := number()
		if r.IntN(3) == 0 {
			item += "-" + number()
		}
		if r.IntN(4) == 0 {
			item += "/" + strconv.Itoa(1+r.IntN(min(12, f.high-f.low)))
		}
		items = append(items, item)
	}
	return strings.Join(items, ",")
}
