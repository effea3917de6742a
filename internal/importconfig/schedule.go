package importconfig

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/payload"
	"github.com/spin-dd/terraform-provider-savings/internal/universaltarget"
)

// Schedule is a schedule of EventBridge Scheduler, with its defaults filled in.
type Schedule struct {
	// Key is what its owner calls it, such as the key of for_each; "" where only its name is known.
	Key                            string
	Name, Group                    string
	Expression, Timezone           string
	Disabled                       bool
	Description                    string
	StartDate, EndDate             string // RFC 3339
	WindowMinutes                  int    // of a flexible window, 0 without one
	KMSKeyARN                      string
	DeletedAfterCompletion         bool
	TargetARN, Input               string // the ARN may be not known yet
	Sensitive                      bool   // the input must not be shown
	DeadLetterARN                  string
	MaximumAttempts, MaximumAgeSec int
}

// AWSAttempts and AWSAge are AWS's own retries (EventBridge Scheduler API Reference, RetryPolicy).
const (
	AWSAttempts = 185
	AWSAge      = 86400
)

// FromSchedules reads schedules. source says what they are. Where name is given, they are those of a
// savings_schedule of that name: all of its own group or, in the group that group names, those whose
// names begin with it.
func FromSchedules(source string, all []Schedule, name, group string) *Config {
	c := &Config{Source: source}
	slices.SortFunc(all, func(a, b Schedule) int { return strings.Compare(a.Group+"/"+a.Name, b.Group+"/"+b.Name) })
	read := slices.Clone(all)
	if name == "" {
		name, group = place(all)
	}
	whole := true // all of them become events under the names they have
	var kept []Schedule
	for _, s := range read {
		key := s.Name
		switch {
		case name != "" && group != "":
			key = strings.TrimPrefix(s.Name, name+"-")
		case name == "" && s.Key != "":
			key = s.Key
		}
		before := len(c.Events)
		c.schedule(s, key)
		if len(c.Events) == before {
			whole = false
			continue
		}
		whole = whole && c.Events[before].Key == key
		kept = append(kept, s)
	}
	c.shared(kept)
	c.finish()
	c.takeOver(name, group, whole)
	return c
}

// place finds name and group_name of a savings_schedule whose schedules would be called as these are;
// "" where there are none.
func place(all []Schedule) (name, group string) {
	if len(all) == 0 || slices.ContainsFunc(all, func(s Schedule) bool { return s.Group != all[0].Group }) {
		return "", ""
	}
	var names []string
	for _, s := range all {
		prefix, ok := strings.CutSuffix(s.Name, "-"+s.Key)
		if s.Key == "" || !ok {
			return commonName(all)
		}
		names = append(names, prefix)
	}
	if slices.ContainsFunc(names, func(n string) bool { return n != names[0] }) {
		return commonName(all)
	}
	return names[0], all[0].Group
}

// commonName is place by the names alone: they begin alike, up to a hyphen, or have a group of their own.
func commonName(all []Schedule) (name, group string) {
	if all[0].Group != defaultGroup {
		return all[0].Group, ""
	}
	common := all[0].Name
	for _, s := range all {
		for !strings.HasPrefix(s.Name, common) {
			common = common[:len(common)-1]
		}
	}
	if i := strings.LastIndex(common, "-"); i > 0 {
		return common[:i], defaultGroup
	}
	return "", ""
}

// takeOver fills in what the block is called and how its schedules are imported.
func (c *Config) takeOver(name, group string, whole bool) {
	keys := make([]string, len(c.Events))
	for i, e := range c.Events {
		keys[i] = e.Key
	}
	switch {
	case len(keys) == 0:
		return
	case name == "":
		c.Notes = append(c.Notes, "These schedules have no name in common, so one block cannot take them over: "+
			"apply the block beside them, then remove them.")
		return
	case group == "" && !whole:
		c.Notes = append(c.Notes, "Not all schedules of group "+name+" become events, and a block that takes the group over "+
			"would remove the others: apply the block beside them under another name, then remove those that it replaces.")
		return
	case slices.ContainsFunc(keys, func(key string) bool { return strings.ContainsAny(key, ",:") }):
		return
	}
	c.Name, c.Group, c.ImportID = name, group, name
	if group != "" {
		c.ImportID = group + "/" + name + ":" + strings.Join(keys, ",")
	}
}

// schedule adds one schedule, or leaves it.
func (c *Config) schedule(s Schedule, key string) {
	e := Event{
		Key: key, Expression: s.Expression, Timezone: s.Timezone, Disabled: s.Disabled, Description: s.Description,
		StartDate: s.StartDate, EndDate: s.EndDate,
	}
	what := "Schedule " + s.Name
	if err := e.target(s); err != nil {
		c.leave(what, "%v; keep this schedule as it is", err)
		return
	}
	if s.WindowMinutes > 0 {
		e.note("Its flexible window of %d minutes is not carried over: an event runs within its minute.", s.WindowMinutes)
	}
	if s.KMSKeyARN != "" {
		e.note("Its customer key %s is not carried over: the input holds names only, encrypted with AWS's own key.",
			s.KMSKeyARN)
	}
	if s.DeletedAfterCompletion {
		e.note("It was deleted after its last run; an event stays, and never runs again.")
	}
	c.add(what, e)
}

func (e *Event) note(format string, args ...any) {
	e.Notes = append(e.Notes, fmt.Sprintf(format, args...))
}

// target reads what the schedule does.
func (e *Event) target(s Schedule) error {
	switch {
	case s.Sensitive:
		return errors.New("its input is sensitive, and is not printed here")
	case universaltarget.Is(s.TargetARN):
		done, err := universaltarget.Translate(s.TargetARN, s.Input)
		if err != nil {
			return err
		}
		e.Commands, e.Steps = done.Steps, len(done.Steps) > 1
		for _, note := range done.Notes {
			e.note("%s.", sentenceOf(note))
		}
		return nil
	case s.TargetARN != "" && !strings.Contains(s.TargetARN, ":lambda:"):
		return fmt.Errorf("its target %s is no function, and an event runs commands", s.TargetARN)
	}
	p, err := payload.Decode([]byte(s.Input))
	if err != nil && s.TargetARN == "" {
		return errors.New("its target is known only after apply, so give a state and not a plan, or until then")
	}
	if err != nil {
		return fmt.Errorf("its function %s is sent something that is no command of a runner",
			s.TargetARN[strings.LastIndex(s.TargetARN, ":")+1:])
	}
	e.Commands, e.Steps, e.ExceptDates = p.Commands(), len(p.Steps) > 0, p.ExceptDates
	return nil
}

// shared takes over what one block has for all of its events, and says of each event where it differed.
func (c *Config) shared(all []Schedule) {
	var retries []Retry
	var letters []string
	for _, s := range all {
		retries = append(retries, Retry{s.MaximumAttempts, s.MaximumAgeSec})
		letters = append(letters, s.DeadLetterARN)
	}
	retry, letter := most(retries), most(letters)
	c.DeadLetterARN = letter
	if len(all) > 0 && retry == (Retry{AWSAttempts, AWSAge}) {
		c.Notes = append(c.Notes, "AWS's own retries (185 in 24 hours) become those of savings_schedule (10 in an hour), "+
			"so that a stop does not arrive next morning. To keep them, write "+
			"retry = { maximum_attempts = 185, maximum_event_age_seconds = 86400 }.")
	} else if len(all) > 0 && retry != (Retry{10, 3600}) {
		c.Retry = &retry
	}
	for i, s := range all {
		if r := retries[i]; r != retry {
			c.Events[i].note("Its %d retries in %d seconds are not carried over: retry holds for all events of a block.",
				r.MaximumAttempts, r.MaximumEventAgeSeconds)
		}
		switch s.DeadLetterARN {
		case letter:
		case "":
			c.Events[i].note("It had no dead-letter queue; dead_letter_arn holds for all events of a block.")
		default:
			c.Events[i].note("Its dead-letter queue %s is not carried over: dead_letter_arn holds for all events of a block.",
				s.DeadLetterARN)
		}
	}
}
