package review

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// jsonVersion is the version of the JSON's form. Members may be added to it; a member that goes, or
// means something else, makes another.
const jsonVersion = 1

type jsonReview struct {
	Version   int            `json:"version"`
	Now       time.Time      `json:"now"`
	Errored   bool           `json:"errored"`
	Headline  string         `json:"headline"`
	Schedules []jsonSchedule `json:"schedules"`
	Targets   []jsonTarget   `json:"targets"`
	Findings  []jsonFinding  `json:"findings"`
}

type jsonSchedule struct {
	Address         string          `json:"address"`
	PreviousAddress string          `json:"previous_address,omitempty"`
	Action          planjson.Action `json:"action"`
	EventsUnknown   bool            `json:"events_unknown"`
	Settings        []jsonSetting   `json:"settings"`
	Events          []jsonChange    `json:"events"`
}

type jsonSetting struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

type jsonChange struct {
	Key         string      `json:"key"`
	Change      ChangeKind  `json:"change"`
	PreviousKey string      `json:"previous_key,omitempty"`
	From        string      `json:"from,omitempty"`
	Before      *jsonEvent  `json:"before"`
	After       *jsonEvent  `json:"after"`
	Next        []time.Time `json:"next"`
}

type jsonEvent struct {
	Sentence   string      `json:"sentence"`
	Commands   [][]*string `json:"commands"`
	Expression *string     `json:"cron_expr"`
	Timezone   *string     `json:"timezone"`
	Enabled    bool        `json:"enabled"`
	// The rest is left out where there is none.
	Description string   `json:"description,omitempty"`
	StartDate   string   `json:"start_date,omitempty"`
	EndDate     string   `json:"end_date,omitempty"`
	ExceptDates []string `json:"except_dates,omitempty"`
}

type jsonTarget struct {
	Name      string    `json:"name"`
	Timezone  string    `json:"timezone"`
	Before    *jsonWeek `json:"before"`
	After     *jsonWeek `json:"after"`
	Uncertain bool      `json:"uncertain"`
	Cost      *jsonCost `json:"cost_change_per_week,omitempty"`
}

type jsonWeek struct {
	OffHours float64    `json:"off_hours"`
	Off      []jsonSpan `json:"off"`
}

type jsonSpan struct {
	From int `json:"from_minute"`
	To   int `json:"to_minute"`
}

type jsonCost struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

type jsonFinding struct {
	Kind     timeline.Kind   `json:"kind"`
	Degree   timeline.Degree `json:"degree"`
	New      bool            `json:"new"`
	Address  string          `json:"address,omitempty"`
	Events   []string        `json:"events"`
	Target   string          `json:"target,omitempty"`
	At       *time.Time      `json:"at,omitempty"`
	Sentence string          `json:"sentence"`
}

// JSON is the review for programs, in the form of docs/schemas/review.schema.json.
func (r *Review) JSON(lang language.Tag) (string, error) {
	out := jsonReview{
		Version: jsonVersion, Now: r.Now, Errored: r.Errored, Headline: r.headline(lang).String(),
		Schedules: []jsonSchedule{}, Targets: []jsonTarget{}, Findings: []jsonFinding{},
	}
	for _, s := range r.Schedules {
		out.Schedules = append(out.Schedules, s.json(lang))
	}
	for _, t := range r.Targets {
		out.Targets = append(out.Targets, t.json())
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, f.json(lang))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(out)
	return b.String(), err
}

func (s Schedule) json(lang language.Tag) jsonSchedule {
	out := jsonSchedule{
		Address: s.Address, PreviousAddress: s.PreviousAddress, Action: s.Action, EventsUnknown: s.EventsUnknown,
		Settings: []jsonSetting{}, Events: []jsonChange{},
	}
	for _, c := range s.Settings {
		out.Settings = append(out.Settings, jsonSetting(c))
	}
	for _, c := range s.Events {
		next := c.Next
		if next == nil {
			next = []time.Time{}
		}
		out.Events = append(out.Events, jsonChange{
			Key: c.Key, Change: c.Kind, PreviousKey: c.PreviousKey, From: c.From,
			Before: c.Before.json(lang), After: c.After.json(lang), Next: next,
		})
	}
	return out
}

func (e *Event) json(lang language.Tag) *jsonEvent {
	if e == nil {
		return nil
	}
	out := &jsonEvent{
		Sentence: e.sentence(lang).String(), Commands: [][]*string{}, Expression: jsonText(e.Expression),
		Timezone: jsonText(e.Timezone), Enabled: e.enabled(),
		Description: e.Description.Value, StartDate: e.StartDate.Value, EndDate: e.EndDate.Value,
		ExceptDates: e.except,
	}
	for _, args := range e.Commands {
		words := []*string{}
		for _, arg := range args {
			words = append(words, jsonText(arg))
		}
		out.Commands = append(out.Commands, words)
	}
	return out
}

// jsonText is null where a text is unknown, sensitive or not there.
func jsonText(t planjson.Text) *string {
	if t.State != planjson.IsKnown {
		return nil
	}
	return &t.Value
}

func (t Target) json() jsonTarget {
	out := jsonTarget{
		Name: t.Name, Timezone: t.Zone.String(), Before: jsonWeekOf(t.Before), After: jsonWeekOf(t.After),
		Uncertain: t.Uncertain,
	}
	if t.Price != nil {
		sum := t.Price.times(-t.Gain())
		out.Cost = &jsonCost{sum.FloatString(decimalsOf(t.Price.Currency)), t.Price.Currency}
	}
	return out
}

func jsonWeekOf(w *timeline.Week) *jsonWeek {
	if w == nil {
		return nil
	}
	out := &jsonWeek{OffHours: w.Hours(), Off: []jsonSpan{}}
	for _, s := range w.Off {
		out.Off = append(out.Off, jsonSpan(s))
	}
	return out
}

func (f Finding) json(lang language.Tag) jsonFinding {
	out := jsonFinding{
		Kind: f.Kind, Degree: f.Degree, New: f.New, Address: f.Address, Events: []string{}, Target: f.Target,
		Sentence: f.sentence(lang).String(),
	}
	for _, e := range f.Events {
		out.Events = append(out.Events, e.Key)
	}
	if !f.At.IsZero() {
		out.At = &f.At
	}
	return out
}
