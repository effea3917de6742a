package planjson

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/payload"
	"github.com/spin-dd/terraform-provider-savings/internal/universaltarget"
)

// Types of the resources that hold schedules.
const (
	// TypeSchedule holds a map of events.
	TypeSchedule = "savings_schedule"
	// TypeAWSSchedule is one schedule of the AWS provider; its target's input may be a runner's.
	TypeAWSSchedule = "aws_scheduler_schedule"
)

// Resource is a resource with schedules, before and after.
type Resource struct {
	Change
	// BeforeSchedule and AfterSchedule are nil where there is none.
	BeforeSchedule, AfterSchedule *Schedule
	// Remembered is what the state held where that was changed outside since; nil otherwise.
	Remembered *Schedule
}

// Schedule is a set of events.
type Schedule struct {
	// Name, Group (of a shared group) and FunctionARN are the resource's own.
	Name, Group, FunctionARN Text
	Timezone                 Text
	// Events are sorted by key.
	Events []Event
	// EventsUnknown tells that there may be more events, known only after apply, or that they must
	// not be shown.
	EventsUnknown bool
	// Settings are the resource's other attributes that people set, as JSON, by name.
	Settings map[string]string
}

// Event is one schedule.
type Event struct {
	Key string
	// ARN is that of the schedule in AWS.
	ARN Text
	// Commands are the argument lists that run in order. CommandsKnown is false where their number
	// is not known.
	Commands      [][]Text
	CommandsKnown bool
	// Steps tells that the event is written with steps and not with args.
	Steps bool
	// Expression is cron_expr. Timezone is the event's own or the resource's.
	Expression, Timezone Text
	Description          Text
	// Enabled is "true" where the plan says nothing.
	Enabled            Text
	StartDate, EndDate Text
	ExceptDates        []Text
	ExceptDatesKnown   bool
	// LateAfter is how long after its time another provider's schedule may still run; 0 for ever.
	LateAfter time.Duration
	// Summary is the sentence that the provider planned; null for another provider's schedule.
	Summary Text
}

// settings are the attributes of TypeSchedule whose change is worth a line of its own.
var settings = []string{
	"name", "group_name", "function_arn", "role_arn", "runner_role_name", "timezone", "retry",
	"dead_letter_arn", "permissions", "tags",
}

// ReadSchedules is Read for the resources that hold schedules.
func ReadSchedules(p *Plan) []Resource {
	remembered := map[string]*Schedule{}
	for _, d := range p.Drift {
		if d.Deposed == "" {
			remembered[d.Address] = scheduleOf(d.Type, d.Index, d.Before)
		}
	}
	var out []Resource
	for _, c := range p.Changes {
		r := Resource{
			Change:         c,
			BeforeSchedule: scheduleOf(c.Type, c.Index, c.Before),
			AfterSchedule:  scheduleOf(c.Type, c.Index, c.After),
		}
		if c.Deposed == "" {
			r.Remembered = remembered[c.Address]
		}
		if r.BeforeSchedule != nil || r.AfterSchedule != nil {
			out = append(out, r)
		}
	}
	return out
}

// scheduleOf returns the events of a resource; nil where it is not there, or none of ours.
func scheduleOf(resourceType, index string, v Value) *Schedule {
	if v.IsNull() {
		return nil
	}
	switch resourceType {
	case TypeSchedule:
		return ownSchedule(v)
	case TypeAWSSchedule:
		return awsSchedule(index, v)
	}
	return nil
}

func ownSchedule(v Value) *Schedule {
	s := &Schedule{
		Name: v.Member("name").Text(), Group: v.Member("group_name").Text(),
		FunctionARN: v.Member("function_arn").Text(), Timezone: v.Member("timezone").Text(),
		Settings: map[string]string{},
	}
	for _, name := range settings {
		s.Settings[name] = v.Member(name).setting()
	}
	events := v.Member("events")
	s.EventsUnknown = events.Unknown() || events.Sensitive()
	if s.EventsUnknown {
		return s
	}
	for _, key := range events.Keys() {
		s.Events = append(s.Events, ownEvent(key, events.Member(key), s.Timezone))
	}
	return s
}

func ownEvent(key string, v Value, zone Text) Event {
	e := Event{
		Key: key, ARN: v.Member("schedule_arn").Text(),
		Expression: v.Member("cron_expr").Text(), Timezone: v.Member("timezone").Text(),
		Description: v.Member("description").Text(), Enabled: v.Member("enabled").Text(),
		StartDate: v.Member("start_date").Text(), EndDate: v.Member("end_date").Text(),
		Summary: v.Member("summary").Text(),
	}
	e.ExceptDates, e.ExceptDatesKnown = v.Member("except_dates").Texts()
	if e.Enabled.State == Null {
		e.Enabled = Known("true")
	}
	if e.Timezone.State == Null {
		e.Timezone = zone
	}
	if steps := v.Member("steps"); !steps.IsNull() {
		e.Steps = true
		e.Commands, e.CommandsKnown = commands(steps)
		return e
	}
	args, known := v.Member("args").Texts()
	e.CommandsKnown = known
	if known {
		e.Commands = [][]Text{args}
	}
	return e
}

func commands(steps Value) (all [][]Text, known bool) {
	if steps.Unknown() {
		return nil, false
	}
	for _, step := range steps.Elements() {
		args, known := step.Texts()
		if !known {
			return nil, false
		}
		all = append(all, args)
	}
	return all, true
}

// setting is a value as JSON; what is unknown or sensitive in it is replaced by its state.
func (v Value) setting() string {
	switch {
	case v.Unknown():
		return "(known after apply)"
	case anyMark(v.sensitive):
		return "(sensitive)"
	}
	text, err := json.Marshal(v.v)
	if err != nil {
		return "" // what was decoded from JSON encodes
	}
	return string(text)
}

// awsSchedule is a schedule of the AWS provider that a runner's event could be: its target's input is
// one, or its target is a call that a command does; nil otherwise.
func awsSchedule(index string, v Value) *Schedule {
	target := v.Member("target")
	if list := target.Elements(); len(list) > 0 {
		target = list[0]
	}
	input := target.Member("input").Text()
	e := Event{
		ARN: v.Member("arn").Text(), Expression: v.Member("schedule_expression").Text(),
		Timezone:    v.Member("schedule_expression_timezone").Text(),
		Description: v.Member("description").Text(), Enabled: Known("true"),
		StartDate: v.Member("start_date").Text(), EndDate: v.Member("end_date").Text(),
		ExceptDatesKnown: true,
	}
	switch input.State {
	case Null:
		return nil
	case IsKnown:
		if !e.decode(input.Value) && !e.translate(target.Member("arn").Text().Value, input.Value) {
			return nil
		}
	}
	if e.Description.Value == "" {
		e.Description = Text{}
	}
	if v.Member("state").Text().Value == "DISABLED" {
		e.Enabled = Known("false")
	}
	if e.Timezone.State == Null {
		e.Timezone = Known("UTC") // the AWS provider's default
	}
	name, function := v.Member("name").Text(), target.Member("arn").Text()
	if universaltarget.Is(function.Value) {
		function = e.ARN // it names account and region, as a function's would
	}
	if e.Key = index; e.Key == "" {
		e.Key = name.Value
	}
	return &Schedule{
		Name: name, Group: v.Member("group_name").Text(), FunctionARN: function,
		Timezone: e.Timezone, Events: []Event{e},
	}
}

// decode fills in what the payload says; false where it is none of a runner.
func (e *Event) decode(input string) bool {
	p, err := payload.Decode([]byte(input))
	if err != nil && !errors.Is(err, payload.ErrArgsAndSteps) {
		return false
	}
	e.Steps = len(p.Steps) > 0
	e.LateAfter = time.Duration(p.LateAfterSeconds) * time.Second
	e.setCommands(p.Commands())
	for _, date := range p.ExceptDates {
		e.ExceptDates = append(e.ExceptDates, Known(date))
	}
	return err == nil
}

// translate fills in what a universal target does; false where no command does that.
func (e *Event) translate(targetARN, input string) bool {
	if !universaltarget.Is(targetARN) {
		return false
	}
	done, err := universaltarget.Translate(targetARN, input)
	if err != nil {
		return false
	}
	e.setCommands(done.Steps)
	return true
}

func (e *Event) setCommands(all [][]string) {
	e.CommandsKnown = true
	for _, args := range all {
		texts := make([]Text, len(args))
		for i, arg := range args {
			texts[i] = Known(arg)
		}
		e.Commands = append(e.Commands, texts)
	}
}

// Words returns an argument list whose words are all known.
func Words(args []Text) (words []string, known bool) {
	for _, arg := range args {
		if arg.State != IsKnown {
			return nil, false
		}
		words = append(words, arg.Value)
	}
	return words, true
}
