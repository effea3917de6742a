package hold

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var until = time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)

func TestTag(t *testing.T) {
	t.Parallel()
	tests := []struct {
		hold       Hold
		key, value string
	}{
		{Hold{Until: until}, "savings:hold", "2026-11-30T23:00:00Z stops"},
		{
			Hold{Event: "rds_stop", Until: until.In(time.FixedZone("", 9*3600)), All: true},
			"savings:hold:rds_stop", "2026-11-30T23:00:00Z all",
		},
		{
			Hold{Until: until, Reason: " quarter-end\nclose "},
			"savings:hold", "2026-11-30T23:00:00Z stops quarter-end close",
		},
		// What a tag cannot hold is escaped; letters of any script can stay.
		{
			Hold{Until: until, Reason: "can't stop, 決算 = 50 %"},
			"savings:hold", "2026-11-30T23:00:00Z stops can=27t stop=2C 決算 =3D 50 =25",
		},
		// A reason that begins with one of our words.
		{Hold{Until: until, Reason: "all of it"}, "savings:hold", "2026-11-30T23:00:00Z stops all of it"},
	}
	for _, tt := range tests {
		key, value, err := tt.hold.Tag()
		if err != nil || key != tt.key || value != tt.value {
			t.Errorf("%+v.Tag() = %q, %q, %v; want %q, %q", tt.hold, key, value, err, tt.key, tt.value)
		}
	}
}

func TestTag_tooLong(t *testing.T) {
	t.Parallel()
	room := maxValue - len("2026-11-30T23:00:00Z stops ")
	if _, _, err := (Hold{Until: until, Reason: strings.Repeat("決", room)}).Tag(); err != nil {
		t.Errorf("a reason of %d letters: %v", room, err)
	}
	_, _, err := Hold{Until: until, Reason: strings.Repeat("x", room) + "!"}.Tag()
	if err == nil || !strings.HasPrefix(err.Error(), "the reason is too long for a tag by 3 characters") {
		t.Errorf("got %v, want the reason to be too long by 3", err)
	}
	// The longest key of an event fits: AWS's names of schedules have 64 characters.
	if _, _, err := (Hold{Event: strings.Repeat("e", 64), Until: until}).Tag(); err != nil {
		t.Error(err)
	}
	if _, _, err := (Hold{Event: strings.Repeat("e", 116), Until: until}).Tag(); err == nil {
		t.Error("a key of 129 characters was taken")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key, value string
		want       Hold
		ok         bool
	}{
		{"savings:hold", "2026-12-01T08:00:00+09:00 all x", Hold{Until: until, All: true, Reason: "x"}, true},
		// By hand, without the word.
		{"savings:hold", "2026-11-30T23:00:00Z  month end ", Hold{Until: until, Reason: "month end"}, true},
		{"savings:hold:e", "2026-11-30T23:00:00Z", Hold{Event: "e", Until: until}, true},
		{"savings:hold", "2026-11-30T23:00:00Z stops a=b =Z", Hold{Until: until, Reason: "a=b =Z"}, true},
		{"savings:holder", "x", Hold{}, false},
		{"savings:hold:", "x", Hold{}, false},
		{"savings:creating", "x", Hold{}, false},
		{"Team", "x", Hold{}, false},
	}
	for _, tt := range tests {
		got, ok, err := Parse(tt.key, tt.value)
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok || err != nil {
			t.Errorf("Parse(%q, %q): ok %v, error %v (-want +got):\n%s", tt.key, tt.value, ok, err, diff)
		}
	}
	for _, value := range []string{"", " ", "yes", "2026-12-01", "2026-12-01T08:00 stops"} {
		got, ok, err := Parse("savings:hold:e", value)
		if !ok || err == nil || got.Event != "e" {
			t.Errorf("Parse of value %q: %+v, ok %v, error %v; want an error for e", value, got, ok, err)
		}
	}
}

// tagValue is what AWS allows in a tag.
var tagValue = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// Whatever a reason holds, its tag keeps to AWS's characters and is read as it was written.
func TestTag_roundTrip(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("ab Z09_.:/=+-@,;'\"%\\\n\t\x00\u00a0\u3000決é😀=2C=")
	for range 20_000 {
		h := Hold{
			Until: until.Add(time.Duration(random.IntN(1e9)) * time.Second), All: random.IntN(2) == 0,
		}
		for range random.IntN(20) {
			h.Reason += string(alphabet[random.IntN(len(alphabet))])
		}
		if random.IntN(2) == 0 {
			h.Event = "rds_stop"
		}
		checkRoundTrip(t, h)
	}
}

func checkRoundTrip(t *testing.T, h Hold) {
	t.Helper()
	key, value, err := h.Tag()
	if err != nil {
		if utf8.RuneCountInString(h.Reason) < 70 {
			t.Fatalf("%+v: %v", h, err)
		}
		return
	}
	if !tagValue.MatchString(value) || !tagValue.MatchString(key) || strings.TrimSpace(value) != value {
		t.Fatalf("%+v gives %q = %q, which is no tag", h, key, value)
	}
	got, ok, err := Parse(key, value)
	h.Reason = oneLine(h.Reason)
	if !ok || err != nil || got != h {
		t.Fatalf("read %+v, %v, %v from %q; wrote %+v", got, ok, err, value, h)
	}
}

func FuzzTag(f *testing.F) {
	f.Add("quarter-end close", "rds_stop", true)
	f.Add("=2C, all\nof it\x80", "", false) // an escape's look-alike, a line break, no UTF-8
	f.Fuzz(func(t *testing.T, reason, event string, all bool) {
		if !regexp.MustCompile(`^[0-9A-Za-z_.-]{0,64}$`).MatchString(event) {
			t.Skip("no event's key")
		}
		checkRoundTrip(t, Hold{Event: event, Until: until, All: all, Reason: reason})
	})
}

// FuzzParse reads any tag: one that is a hold's is written and read again as the same, and one that
// cannot be read is named.
func FuzzParse(f *testing.F) {
	f.Add("savings:hold", "2026-11-30T23:00:00Z stops quarter-end close")
	f.Add("savings:hold:rds_stop", "2026-11-30T23:00:00+09:00 all")
	f.Add("savings:hold", "tonight")
	f.Add("team", "web")
	f.Fuzz(func(t *testing.T, key, value string) {
		h, ok, err := Parse(key, value)
		switch {
		case err != nil && (!ok || !strings.Contains(err.Error(), "2026-11-30T23:00:00Z") ||
			strings.ContainsAny(err.Error(), "\n\x00\x1b\u202e")):
			t.Errorf("%q = %q: %v, %v", key, value, ok, err)
		case err != nil || !ok:
			return
		}
		if Key(h.Event) != key || h.Reason != oneLine(h.Reason) {
			t.Errorf("%q = %q is read as %+v", key, value, h)
		}
		newKey, newValue, err := h.Tag()
		if err != nil {
			return // longer than a tag may be
		}
		again, ok, err := Parse(newKey, newValue)
		if err != nil || !ok || again != h {
			t.Errorf("%q = %q is read as %+v, and from %q as %+v, %v", key, value, h, newValue, again, err)
		}
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	now := until.Add(-time.Hour)
	tests := []struct {
		name     string
		tags     map[string]string
		event    string
		stopping bool
		want     string // "" for none
	}{
		{"no tags", nil, "e", true, ""},
		{
			"the group's", map[string]string{"savings:hold": "2026-11-30T23:00:00Z stops x", "Team": "a"},
			"e", true, "held until 2026-11-30 23:00 UTC: x",
		},
		{"a start", map[string]string{"savings:hold": "2026-11-30T23:00:00Z stops"}, "e", false, ""},
		{
			"a start under a hold of all", map[string]string{"savings:hold": "2026-11-30T23:00:00Z all"},
			"e", false, "held until 2026-11-30 23:00 UTC",
		},
		{
			"another event's", map[string]string{"savings:hold:f": "2026-11-30T23:00:00Z all"}, "e", true, "",
		},
		// Over at its very instant.
		{"over", map[string]string{"savings:hold:e": "2026-11-30T22:00:00Z all"}, "e", true, ""},
		{
			"the longest", map[string]string{
				"savings:hold":   "2026-11-30T22:30:01Z all short",
				"savings:hold:e": "2026-11-30T22:30:07Z stops long",
			},
			"e", true, "held until 2026-11-30 22:30:07 UTC: long",
		},
		// A tag that cannot be read is no trouble to a start, nor where another one holds.
		{"unreadable, a start", map[string]string{"savings:hold": "tonight"}, "e", false, ""},
		{"unreadable, for another event", map[string]string{"savings:hold:f": "tonight"}, "e", true, ""},
		{
			"unreadable beside one that holds",
			map[string]string{"savings:hold": "tonight", "savings:hold:e": "2026-11-30T23:00:00Z"},
			"e", true, "held until 2026-11-30 23:00 UTC",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok, err := Find(tt.tags, tt.event, tt.stopping, now)
			if err != nil {
				t.Fatal(err)
			}
			if ok != (tt.want != "") || ok && got.String(time.UTC) != tt.want {
				t.Errorf("got %q, %v, want %q", got.String(time.UTC), ok, tt.want)
			}
		})
	}
	_, ok, err := Find(map[string]string{"savings:hold": "tonight"}, "e", true, now)
	const want = `the tag "savings:hold" = "tonight" does not begin with an instant such as ` +
		`2026-11-30T23:00:00Z`
	if ok || err == nil || err.Error() != want {
		t.Errorf("an unreadable hold of a stop: %v, %v; want %s", ok, err, want)
	}
}
