package review

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

var letters = regexp.MustCompile(`\p{Han}|\p{Hiragana}|\p{Katakana}`)

// noLetters are the messages that are the same in every language.
var noLetters = []string{"–", ", ", "{name}: {before} → {after}", "{name}: {values}", "2 Jan 2006", "{from}–{to}", "{day} {date} {time}", "in {zone}"}

// Every message is there in each language and holds the same parts.
func TestCatalog_everyLanguage(t *testing.T) {
	t.Parallel()
	if len(catalog) < 100 {
		t.Fatalf("the catalog holds %d messages only", len(catalog))
	}
	for _, m := range catalog {
		if m.en == "" || m.ja == "" {
			t.Errorf("a language lacks: %+v", m)
		}
		if letters.MatchString(m.en) {
			t.Errorf("Japanese in the English of %q", m.en)
		}
		if !letters.MatchString(m.ja) && !slices.Contains(noLetters, m.en) {
			t.Errorf("no Japanese in %q, of %q", m.ja, m.en)
		}
		en, ja := placeholder.FindAllString(m.en, -1), placeholder.FindAllString(m.ja, -1)
		slices.Sort(en)
		slices.Sort(ja)
		if !slices.Equal(slices.Compact(en), slices.Compact(ja)) {
			t.Errorf("%q has the parts %v in English and %v in Japanese", m.en, en, ja)
		}
	}
	for _, lang := range language.All {
		if (message{"a", "あ"}).text(lang) == "" {
			t.Errorf("no messages in %s", lang)
		}
	}
}

// kinds are all kinds of findings.
var kinds = []timeline.Kind{
	timeline.Contradiction, timeline.NeverFires, timeline.AWSRestart, timeline.DoubtfulExpression,
	timeline.LateLimit, timeline.StopOnly, timeline.StartOnly, timeline.Overlap, timeline.SkippedTime,
	timeline.RepeatedTime, timeline.OffHoursGone, Unreadable, SundayCount, RunsAfterApply, ExceptDatesPast,
	RightsWiden, ChangedOutside, NotKnown, Forgotten,
}

// Each kind of finding has a sentence in each language, and each sentence is about its own kind.
func TestFinding_sentenceOfEachKind(t *testing.T) {
	t.Parallel()
	if len(findingMessages) != len(kinds) {
		t.Errorf("there are %d kinds and %d sentences", len(kinds), len(findingMessages))
	}
	zone := time.FixedZone("Zone", 9*60*60)
	for _, lang := range language.All {
		seen := map[string]timeline.Kind{}
		for _, kind := range kinds {
			f := Finding{
				Kind: kind, Target: "rds/cluster/db", At: time.Unix(0, 0), Wall: time.Unix(0, 0), Zone: zone,
				Events: []*Event{{}}, Words: []string{"rds:StopDBCluster"},
			}
			got := f.sentence(lang).String()
			if got == "" || strings.ContainsAny(got, "{}") {
				t.Errorf("%s in %s: %q", kind, lang, got)
			}
			if other, ok := seen[got]; ok {
				t.Errorf("%s and %s have the same sentence in %s: %q", kind, other, lang, got)
			}
			seen[got] = kind
		}
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	for minutes, want := range map[int]string{0: "0 h", 60: "1 h", 630: "10.5 h", 15: "0.25 h", 5905: "98.42 h", 6000: "100 h"} {
		if got := hours(language.English, minutes); got != want {
			t.Errorf("%d minutes: got %q, want %q", minutes, got, want)
		}
	}
}

func TestDiffer(t *testing.T) {
	t.Parallel()
	show := func(r rich) string {
		var b strings.Builder
		for _, s := range r {
			if s.strong {
				b.WriteString("[" + s.text + "]")
			} else {
				b.WriteString(s.text)
			}
		}
		return strings.ReplaceAll(b.String(), "][", "")
	}
	before, after := differ(words("stop db every day at 22:00, Asia/Tokyo", nil), words("stop db every weekday at 21:00, Asia/Tokyo", nil))
	if got, want := show(before), "stop db every [day] at [22:00], Asia/Tokyo"; got != want {
		t.Errorf("before: got %q, want %q", got, want)
	}
	if got, want := show(after), "stop db every [weekday] at [21:00], Asia/Tokyo"; got != want {
		t.Errorf("after: got %q, want %q", got, want)
	}
}

// Two sentences of thousands of words are compared in little memory: the time that changes is marked,
// and where nearly all words differ, all of them are.
func TestDiffer_manyWords(t *testing.T) {
	sentence := func(from int, at string) rich {
		ids := make([]string, 5000)
		for i := range ids {
			ids[i] = fmt.Sprintf("i-%017x", from+i)
		}
		return words("stop EC2 instances "+strings.Join(ids, ", ")+" every day at "+at, nil)
	}
	marked := func(r rich) (n int) {
		for _, s := range r {
			if s.strong && strings.TrimSpace(s.text) != "" {
				n++
			}
		}
		return n
	}
	for name, tt := range map[string]struct {
		before, after rich
		want          int // marked words and commas
	}{
		"another time":          {sentence(0, "20:00"), sentence(0, "21:00"), 1},
		"other ids":             {sentence(0, "20:00"), sentence(10000, "20:00"), 9999},
		"other ids and a time":  {sentence(0, "20:00"), sentence(10000, "21:00"), 10003},
		"ids that move by one":  {sentence(0, "20:00"), sentence(1, "20:00"), 9999},
		"one side without them": {sentence(0, "20:00"), words("stop EC2 instances i-1 every day at 20:00", nil), 9999},
	} {
		var was, is runtime.MemStats
		runtime.ReadMemStats(&was)
		before, _ := differ(tt.before, tt.after)
		runtime.ReadMemStats(&is)
		if got := marked(before); got != tt.want {
			t.Errorf("%s: %d words are marked, want %d", name, got, tt.want)
		}
		if used := (is.TotalAlloc - was.TotalAlloc) >> 20; used > 16 {
			t.Errorf("%s: it took %d MB", name, used)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"one two three four five six", "one two three four|five six"},
		{"averyveryverylongwordindeed it is", "averyveryverylongwordindeed|it is"},
		{"毎週月〜金曜 21:00 に停止します。", "毎週月〜金曜 21:00|に停止します。"},
		{"", ""},
	} {
		got := wrap(tt.text, 20)
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
