package simulate

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Simulation is what targets go through in some days.
type Simulation struct {
	// From is the beginning of the first day, To the end of the last, on the clocks of Zone.
	From, To time.Time
	Zone     *time.Location
	// Courses are sorted by target.
	Courses []timeline.Course
	Left    []Left
	// Language is that of the words; "" for English.
	Language language.Tag
}

func (s *Simulation) language() language.Tag { return cmp.Or(s.Language, language.English) }

// Run walks the days. The zone of w.From is that of the calendar. Its error is a
// *timeline.TooManyRunsError.
func Run(in Input, w timeline.Walk) (*Simulation, error) {
	s := &Simulation{From: w.From, To: w.To, Zone: w.From.Location(), Left: in.Left}
	for _, scope := range slices.Sorted(maps.Keys(in.Events)) {
		courses, err := timeline.Simulate(in.Events[scope], w)
		if err != nil {
			return nil, err
		}
		if len(in.Events) > 1 && scope != "" {
			for i := range courses {
				courses[i].Target += " in " + scope
			}
		}
		s.Courses = append(s.Courses, courses...)
	}
	slices.SortStableFunc(s.Courses, func(a, b timeline.Course) int { return strings.Compare(a.Target, b.Target) })
	return s, nil
}

// entry is one element of the JSON.
type entry struct {
	At     string             `json:"at"`
	Target string             `json:"target"`
	Kind   timeline.EntryKind `json:"kind"`
	Event  string             `json:"event"`
	// Reason says why it is skipped: except_dates, hold or clock_change.
	Reason timeline.Reason `json:"reason,omitempty"`
	// Already: the target was there before.
	Already bool `json:"already,omitempty"`
	// AwakeUntil: from here until then the target is on although it was to be off.
	AwakeUntil string `json:"awake_until,omitempty"`
}

// JSON is a list of what happens, by time.
func (s *Simulation) JSON() ([]byte, error) {
	type place struct {
		at    time.Time
		index int
	}
	var list []entry
	var places []place
	for _, c := range s.Courses {
		for _, e := range c.Entries {
			out := entry{
				At: s.instant(e.At), Target: c.Target, Kind: e.Kind, Event: e.Event, Reason: e.Reason, Already: e.Already,
			}
			if a, ok := awakeFrom(c, e); ok {
				out.AwakeUntil = s.instant(a.To)
			}
			places = append(places, place{e.At, len(list)})
			list = append(list, out)
		}
	}
	// The courses are sorted by target, and the entries of each by time.
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(a.at.Compare(b.at), a.index-b.index) })
	sorted := make([]entry, len(list))
	for i, p := range places {
		sorted[i] = list[p.index]
	}
	data, err := json.MarshalIndent(sorted, "", "  ")
	return append(data, '\n'), err
}

func (s *Simulation) instant(t time.Time) string { return t.In(s.Zone).Format(time.RFC3339) }

// awakeFrom is the stretch that begins with an entry: AWS's start, or a stop that was lost.
func awakeFrom(c timeline.Course, e timeline.Entry) (timeline.Awake, bool) {
	if e.Kind != timeline.EntryRestart && e.Reason != timeline.ClockChange {
		return timeline.Awake{}, false
	}
	i := slices.IndexFunc(c.Awake, func(a timeline.Awake) bool {
		return a.From.Equal(e.At) && a.Event == e.Event
	})
	if i < 0 {
		return timeline.Awake{}, false
	}
	return c.Awake[i], true
}
