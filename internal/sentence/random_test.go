package sentence

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Events that differ have other sentences, and equal ones the same, in each language: over events made
// at random, each beside one that was changed in one place.
func TestEvent_tellsApart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	said := sayings{map[string]string{}, map[string]string{}}
	differ := 0
	for range 20_000 {
		d := randomEvent(random)
		before := d.meaning()
		said.add(t, d.text(random), before)
		d.change(random)
		said.add(t, d.text(random), d.meaning())
		if d.meaning() != before {
			differ++
		}
	}
	if len(said.bySentence) < 20_000 || differ < 10_000 {
		t.Errorf("only %d sentences, and %d neighbours that differ", len(said.bySentence), differ)
	}
}

// sayings hold the meaning of each sentence, and the sentence of each meaning.
type sayings struct{ bySentence, byMeaning map[string]string }

func (s sayings) add(t *testing.T, text, meaning string) {
	t.Helper()
	e := event(t, text)
	for _, lang := range language.All {
		sentence, means := e.In(lang), string(lang)+" "+meaning
		if other, ok := s.bySentence[sentence]; ok && other != means {
			t.Fatalf("%q is\n%s and\n%s", sentence, means, other)
		}
		if other, ok := s.byMeaning[means]; ok && other != sentence {
			t.Fatalf("%s is\n%s and\n%s", means, sentence, other)
		}
		s.bySentence[sentence], s.byMeaning[means] = means, sentence
		checkSentence(t, sentence, lang)
		checkSentence(t, ChangedOutside(lang, sentence, "x"), lang)
	}
}

// draft is an event that can be changed in one place.
type draft struct {
	steps []draftStep
	// expression, start and end are indexes of what means the same.
	expression, start, end int
	zone                   string
	except                 map[string]bool
	disabled               bool
}

// draftStep is a call: its items with their counts as "/2", and the flags.
type draftStep struct {
	verb  draftVerb
	items map[string]string
	flags map[string]bool
}

type draftVerb struct {
	words         string
	items, counts []string
	flags         []string
	// countless tells that a count has no meaning.
	countless bool
}

var (
	someServices = []string{"web/api", "web/and", "web/ui", "batch/api", "batch/1", "web/*", "batch/*", "a=b", "a=b,c=d", "c=d"}
	someClusters = []string{
		"a", "b", "and", "a=b", "a=b,c=d", "c=d",
		"arn:aws:rds:us-west-2:123456789012:cluster:a", "arn:aws:rds:us-west-2:210987654321:cluster:a",
		"arn:aws:rds:us-west-2:123456789012:cluster:b",
	}
	someNames  = []string{"a", "b", "then", "a=b", "c=d"}
	draftVerbs = []draftVerb{
		{words: "ecs stop-services", items: someServices, counts: []string{"", "/1"}, countless: true},
		{words: "ecs start-services", items: someServices, counts: []string{"", "/1", "/2"}},
		{words: "ecs set-desired-count", items: someServices[:5], counts: []string{"/0", "/1", "/2"}},
		{words: "rds stop-cluster", items: someClusters},
		{words: "rds start-cluster", items: someClusters},
		{words: "asg stop", items: someNames},
		{words: "ec2 stop-instances", items: []string{"i-0123456789abcdef0", "i-0123456789abcdef1", "a=b", "a=b,c=d", "c=d"},
			flags: []string{"--hibernate", "--force"}},
	}
	// Members of a row mean the same.
	expressions = [][]string{
		{"cron(0 21 ? * MON-FRI *)", "cron(00 21 ? * 2-6 *)"}, {"cron(0 21 ? * Mon-Sun *)", "cron(0 21 * * ? *)"},
		{"cron(0 21 L 4 ? *)", "cron(0 21 30 4 ? *)"}, {"cron(0 21 LW * ? *)", "cron(0 21 LW 1-12 ? *)"},
		{"cron(0 9 1 6 ? 2027)", "cron(0 9 ? 6 TUE#1 2027)"}, {"rate(60 minutes)", "rate(1 hour)"},
		{"cron(0 * * * ? *)", "cron(0 0-23 * * ? *)"}, {"at(2027-06-01T09:00:00)"},
		{"cron(0 9 31 2 ? *)", "cron(0 9 31 FEB ? *)"}, {"cron(5,10-20 22-23 * * ? *)"},
		{"cron(5,10-20 22-23 ? * MON-FRI *)"}, {"cron(5,10-20 * * * ? *)"},
	}
	// The clocks of New York show 01:30 twice on 1 November 2026. The first row is no bound.
	instants = [][]string{
		{""}, {"2026-11-01T01:30:00-04:00", "2026-11-01T05:30:00Z"},
		{"2026-11-01T01:30:00-05:00", "2026-11-01T06:30:00Z"},
		{"2027-03-31T00:00:00+09:00", "2027-03-30T15:00:00Z"},
		{"2027-03-30T15:00:01Z", "2027-03-31T00:00:01+09:00"},
	}
	zones     = []string{"Asia/Tokyo", "Europe/Berlin", "UTC", "America/New_York"}
	someDates = []string{
		"2026-01-01", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-04",
		"2027-01-11", "2027-02-11", "2028-01-01",
	}
)

func pick[T any](r *rand.Rand, choices []T) T { return choices[r.IntN(len(choices))] }

func toggle(set map[string]bool, key string) {
	if set[key] {
		delete(set, key)
	} else {
		set[key] = true
	}
}

func randomEvent(r *rand.Rand) *draft {
	d := &draft{zone: pick(r, zones), except: map[string]bool{}}
	for range 1 + r.IntN(3) {
		s := draftStep{pick(r, draftVerbs), map[string]string{}, map[string]bool{}}
		for range 1 + r.IntN(4) {
			s.change(r)
		}
		d.steps = append(d.steps, s)
	}
	for range r.IntN(12) {
		d.change(r)
	}
	return d
}

// change changes the event in one place; some changes change nothing.
func (d *draft) change(r *rand.Rand) {
	switch r.IntN(9) {
	case 0:
		d.expression = r.IntN(len(expressions))
	case 1:
		d.zone = pick(r, zones)
	case 2:
		d.start = r.IntN(len(instants))
	case 3:
		d.end = r.IntN(len(instants))
	case 4, 5:
		toggle(d.except, pick(r, someDates))
	case 6:
		d.disabled = !d.disabled
	default:
		pick(r, d.steps).change(r)
	}
}

// change adds an item, gives it another count, takes it away, or turns a flag.
func (s draftStep) change(r *rand.Rand) {
	if len(s.items) > 0 && r.IntN(4) == 0 {
		toggle(s.flags, pick(r, append([]string{"--dry-run", "--wait", "--region us-west-2"}, s.verb.flags...)))
		return
	}
	item := pick(r, s.verb.items)
	if _, there := s.items[item]; there && len(s.items) > 1 && r.IntN(2) == 0 {
		delete(s.items, item)
		return
	}
	count := ""
	if len(s.verb.counts) > 0 && !strings.ContainsAny(item, "*=") {
		count = pick(r, s.verb.counts)
	}
	s.items[item] = count
}

// text is the event as event reads it, in one of its spellings.
func (d *draft) text(r *rand.Rand) string {
	var steps []string
	for _, s := range d.steps {
		words := []string{s.verb.words}
		for _, item := range slices.Sorted(maps.Keys(s.items)) {
			words = append(words, item+s.items[item])
		}
		if r.IntN(4) == 0 {
			words = append(words, pick(r, words[1:]))
		}
		steps = append(steps, strings.Join(append(words, slices.Sorted(maps.Keys(s.flags))...), " "))
	}
	parts := []string{strings.Join(steps, "; "), pick(r, expressions[d.expression]), "zone=" + d.zone}
	if at := pick(r, instants[d.start]); at != "" {
		parts = append(parts, "start="+at)
	}
	if at := pick(r, instants[d.end]); at != "" {
		parts = append(parts, "end="+at)
	}
	if dates := slices.Collect(maps.Keys(d.except)); len(dates) > 0 {
		dates = append(dates, pick(r, dates))
		r.Shuffle(len(dates), func(i, j int) { dates[i], dates[j] = dates[j], dates[i] })
		parts = append(parts, "except="+strings.Join(dates, ","))
	}
	if d.disabled {
		parts = append(parts, "disabled")
	}
	return strings.Join(parts, " | ")
}

// meaning is a text that the event shares with the events that do the same at the same times.
func (d *draft) meaning() string {
	var steps []string
	for _, s := range d.steps {
		items, flags := maps.Clone(s.items), maps.Clone(s.flags)
		named := false // An ARN has its own region.
		for item := range items {
			named = named || !strings.HasPrefix(item, "arn:")
			if s.verb.countless {
				items[item] = ""
			}
		}
		if !named {
			delete(flags, "--region us-west-2")
		}
		steps = append(steps, fmt.Sprint(s.verb.words, items, flags))
	}
	return fmt.Sprint(steps, d.expression, d.zone, d.start, d.end, d.except, d.disabled)
}
