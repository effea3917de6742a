package awscron

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
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
			"at :05 and every minute from :10 to :20 in the hours 08 to 17 every day"},
		{"cron(*/2 0/2 * * ? *)", "every 2 minutes in every 2nd hour from 00 to 22 every day"},
		{"cron(1-9,11 14 * * ? *)", "at :11 and every minute from :01 to :09 in the hour 14 every day"},

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
		{"cron(0 8 3,L,LW 2 ? *)",
			"on the 3rd, the last day and the last weekday of February at 08:00"},
		{"cron(0 8 3,15W,L 2 ? *)",
			"on the 3rd, the weekday nearest the 15th and the last day of February at 08:00"},
		{"cron(0 8 3,15W,LW 2 ? *)",
			"on the 3rd, the weekday nearest the 15th and the last weekday of February at 08:00"},
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

		// What is the same dates is said in the same words.
		{"cron(0 8 15W 6 ? 2027)", "on 15 June 2027 at 08:00"},
		{"cron(0 8 ? 6 TUE#3 2027)", "on 15 June 2027 at 08:00"},
		{"cron(0 8 L 4 ? *)", "every year on 30 April at 08:00"},
		{"cron(0 8 31 4,5 ? *)", "every year on 31 May at 08:00"},
		{"cron(0 8 29 2 ? 2025-2030)", "on 29 February 2028 at 08:00"},
		{"cron(0 8 29 2 ? 2028/4)", "on 29 February at 08:00 from 2028 on"},

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

func TestDescribe_japanese(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, want string }{
		{"cron(0 21 ? * Mon-Sun *)", "毎日 21:00"},
		{"cron(0 21 ? * MON-FRI *)", "毎週月〜金曜 21:00"},
		{"cron(0 8 ? * MON,FRI *)", "毎週月・金曜 08:00"},
		{"cron(0 8 ? * SAT-SUN *)", "毎週土・日曜 08:00"},
		{"cron(0 8 ? * FRI-MON *)", "毎週月・金〜日曜 08:00"},
		{"cron(0 8,12,18 ? * MON-THU *)", "毎週月〜木曜 08:00、12:00、18:00"},
		{"cron(0/10 8-17 ? * MON-FRI *)", "毎週月〜金曜 08:00〜17:50 の10分ごと"},
		{"cron(0 9-17 ? * MON-FRI *)", "毎週月〜金曜 09:00〜17:00 の1時間ごと"},
		{"cron(* * * * ? *)", "1分ごと"},
		{"cron(0/5 * * * ? *)", "5分ごと"},
		{"cron(0/5 * ? * MON-FRI *)", "毎週月〜金曜、5分ごと"},
		{"cron(5/10 * * * ? *)", "毎日 00:05〜23:55 の10分ごと"},
		{"cron(0 * * * ? *)", "毎時0分"},
		{"cron(15 * 1 * ? *)", "毎月1日、毎時15分"},
		{"cron(0 0/2 * * ? *)", "2時間ごと"},
		{"cron(* 22-2 * * ? *)", "毎日 00:00〜02:59 と 22:00〜23:59 の1分ごと"},
		{"cron(0/7 * * * ? *)", "毎時0〜56分の7分ごと"},
		{"cron(5,10-20 8-17 * * ? *)", "毎日、8〜17時台の5分と10〜20分の1分ごと"},
		{"cron(0/2 0/2 * * ? *)", "毎日、0〜22時台（2時間ごと）の2分ごと"},
		{"cron(8,14,34 14 * 6 ? *)", "毎年6月の毎日 14:08、14:14、14:34"},

		{"cron(0 8 1 * ? *)", "毎月1日 08:00"},
		{"cron(0 8 1,15 * ? *)", "毎月1日と15日 08:00"},
		{"cron(0 8 1-15 * ? *)", "毎月1〜15日 08:00"},
		{"cron(0 8 1/2 * ? *)", "毎月1〜31日の2日ごと 08:00"},
		{"cron(0 8 1/10 * ? *)", "毎月1日、11日、21日、31日 08:00"},
		{"cron(0 18 L * ? *)", "毎月末日 18:00"},
		{"cron(0 18 L-1 * ? *)", "毎月末日の前日 18:00"},
		{"cron(0 18 L-3W * ? *)", "毎月末日の3日前に最も近い平日（月〜金）18:00"},
		{"cron(0 18 LW * ? *)", "毎月最終平日（月〜金）18:00"},
		{"cron(0 18 15W * ? *)", "毎月15日に最も近い平日（月〜金）18:00"},
		{"cron(0 18 1,15W * ? *)", "毎月15日に最も近い平日（月〜金）と1日 18:00"},
		{"cron(0 18 ? * FRIL *)", "毎月最終金曜日 18:00"},
		{"cron(0 18 ? * 3#2 *)", "毎月第2火曜日 18:00"},
		{"cron(0 18 ? * MON,6L *)", "毎週月曜と毎月最終金曜日 18:00"},
		{"cron(0 18 ? 1 MON,6L *)", "毎年1月の毎週月曜と最終金曜日 18:00"},

		{"cron(0 8 29 2 ? *)", "毎年2月29日 08:00"},
		{"cron(0 8 1 1 ? 2030)", "2030年1月1日 08:00"},
		{"cron(0 8 1 1 ? 2030,2032)", "2030年、2032年の1月1日 08:00"},
		{"cron(0 8 1 1,4,7,10 ? *)", "毎年1月、4月、7月、10月の1日 08:00"},
		{"cron(0 8 * 6-8 ? 2027)", "2027年6〜8月の毎日 08:00"},
		{"cron(0 8 ? 1,6-8 MON-FRI *)", "毎年1月、6〜8月の毎週月〜金曜 08:00"},
		{"cron(0 8 * * ? 2026-2030)", "2026〜2030年の毎日 08:00"},
		{"cron(0 8 1 * ? 2026-2199)", "2026年以降の毎月1日 08:00"},
		{"cron(0 8 * * ? 2026/2)", "2026年から2年ごとの毎日 08:00"},
		{"cron(0 8 * * ? 2026-2040/2)", "2026〜2040年の2年ごとの毎日 08:00"},
		{"cron(0 8 31 2 ? *)", "毎年2月31日 08:00（該当する日がないため実行されない）"},

		{"rate(5 minutes)", "開始時刻から5分ごと"},
		{"rate(24 hours)", "開始時刻から1日ごと"},
		{"at(2027-03-31T21:00:00)", "2027年3月31日 21:00（1回のみ）"},
		{"at(2027-05-01T21:00:30)", "2027年5月1日 21:00:30（1回のみ）"},
	}
	for _, tt := range tests {
		if got := mustParse(t, tt.expr).Describe(Japanese); got != tt.want {
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

// Schedules with the same runs have the same words, and others have other words, in each language:
// over all vectors, over many expressions made at random, and over days that are the same dates in
// some months and years only.
func TestDescribe_tellsApart(t *testing.T) {
	t.Parallel()
	exprs := corpus(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		exprs = append(exprs, randomCron(random))
	}
	runs := map[Schedule]string{}
	for _, expr := range coincidences() {
		s := mustParse(t, expr)
		runs[s] = runsOf(s)
	}
	for _, expr := range exprs {
		if s, err := Parse(expr); err == nil {
			runs[s] = runsOf(s)
		}
	}
	for _, lang := range language.All {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			checkTellsApart(t, lang, runs)
		})
	}
}

func checkTellsApart(t *testing.T, lang Language, runs map[Schedule]string) {
	t.Helper()
	type said struct {
		expr           Schedule
		runs, sentence string
	}
	bySentence, byRuns := map[string]said{}, map[string]said{}
	for s := range runs {
		now := said{s, runs[s], s.Describe(lang)}
		if other, ok := bySentence[now.sentence]; ok && other.runs != now.runs {
			t.Errorf("%s and %s are both %q", s, other.expr, now.sentence)
		}
		bySentence[now.sentence] = now
		if other, ok := byRuns[now.runs]; ok && other.sentence != now.sentence {
			t.Errorf("the same runs, two sentences:\n%s %s\n%s %s",
				s, now.sentence, other.expr, other.sentence)
		}
		byRuns[now.runs] = now
		if strings.TrimSpace(now.sentence) == "" || strings.ContainsAny(now.sentence, "*?#/%!") ||
			strings.Contains(now.sentence, "  ") {
			t.Errorf("%s: %q is empty or holds a raw field", s, now.sentence)
		}
	}
	if len(bySentence) < 10_000 || len(bySentence) != len(byRuns) {
		t.Errorf("%d sentences for %d schedules", len(bySentence), len(byRuns))
	}
}

// runsOf is a text that two schedules share where they have the same runs: the kind, and each
// date with the minutes of each day. It takes the dates from the calendar, not from the fields.
// What never runs is its own spelling: all of these have the same runs, none.
func runsOf(s Schedule) string {
	c, ok := s.(*Cron)
	if !ok || c.live == (set{}) {
		return s.String()
	}
	var dates []byte
	for year := firstYear; year <= lastYear; year++ {
		if !c.years.has(year - firstYear) {
			continue
		}
		for month := range members(uint32(c.months)) {
			if days := c.daysOf(kindOf(year), month); days != 0 {
				for _, n := range []uint32{uint32(year), uint32(month), days} {
					dates = binary.BigEndian.AppendUint32(dates, n)
				}
			}
		}
	}
	return fmt.Sprintf("%x %x %x", c.minutes, c.hours, sha256.Sum256(dates))
}

// coincidences are expressions whose days are mostly the same dates as those of some other.
func coincidences() []string {
	days := []string{
		"* %s ?", "1 %s ?", "15 %s ?", "27 %s ?", "28 %s ?", "29 %s ?", "30 %s ?", "31 %s ?", "28,29 %s ?",
		"30,31 %s ?", "1-7 %s ?", "7,14,21,28 %s ?", "L %s ?", "L-1 %s ?", "L-2 %s ?", "LW %s ?", "L-1W %s ?",
		"1W %s ?", "15W %s ?", "28W %s ?", "31W %s ?", "1,L %s ?", "29,L %s ?", "15,15W %s ?", "LW,15W,3 %s ?",
		"? %s MON", "? %s MON-FRI", "? %s 2L", "? %s 6L", "? %s MON#1", "? %s MON#4", "? %s FRI#4",
		"? %s FRI#5", "? %s TUE#3", "? %s MON,6L", "? %s MON,2L",
		"? %s 1L,2L,3L,4L,5L,6L,7L",
	}
	months := []string{
		"*", "2", "4", "6", "1,2", "2,3", "3-5", "4,6,9,11", "1,3,5,7,8,10,12", "1,3-12",
	}
	years := []string{
		"*", "2027", "2028", "2025-2027", "2026-2030", "2028/4", "2026,2027", "2027-2199", "1970-2027", "2100",
	}
	var all []string
	for _, day := range days {
		for _, month := range months {
			for _, year := range years {
				all = append(all, "cron(0 8 "+fmt.Sprintf(day, month)+" "+year+")")
			}
		}
	}
	return all
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
