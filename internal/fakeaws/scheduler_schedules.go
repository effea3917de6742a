package fakeaws

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones are the same on every machine
)

// Schedule is a schedule as GetSchedule answers it: what was never set is left out, and the rest
// has AWS's defaults.
type Schedule struct {
	Arn, GroupName, Name       string
	ScheduleExpression         string
	ScheduleExpressionTimezone string
	State                      string
	ActionAfterCompletion      string
	Description                string             `json:",omitempty"`
	KmsKeyArn                  string             `json:",omitempty"`
	StartDate                  Epoch              `json:",omitzero"`
	EndDate                    Epoch              `json:",omitzero"`
	CreationDate               Epoch              `json:",omitzero"`
	LastModificationDate       Epoch              `json:",omitzero"`
	FlexibleTimeWindow         FlexibleTimeWindow `json:",omitzero"`
	Target                     Target

	token string // of the create
	body  string // of the create
}

// FlexibleTimeWindow tells how late a schedule may fire; Mode is OFF or FLEXIBLE.
type FlexibleTimeWindow struct {
	Mode                   string
	MaximumWindowInMinutes int `json:",omitempty"`
}

// Target is what a schedule invokes.
type Target struct {
	Arn, RoleArn                string
	Input                       string            `json:",omitempty"`
	RetryPolicy                 *RetryPolicy      `json:",omitempty"`
	DeadLetterConfig            *DeadLetterConfig `json:",omitempty"`
	EcsParameters               json.RawMessage   `json:",omitempty"`
	EventBridgeParameters       json.RawMessage   `json:",omitempty"`
	KinesisParameters           json.RawMessage   `json:",omitempty"`
	SageMakerPipelineParameters json.RawMessage   `json:",omitempty"`
	SqsParameters               json.RawMessage   `json:",omitempty"`
}

// RetryPolicy bounds the retries of a delivery. Where a member is missing AWS takes its default:
// 86,400 seconds, 185 attempts.
type RetryPolicy struct {
	MaximumEventAgeInSeconds, MaximumRetryAttempts *int
}

// DeadLetterConfig names the queue for what could not be delivered.
type DeadLetterConfig struct {
	Arn string `json:",omitempty"`
}

// setDefaults fills in what a minimal schedule shows when real AWS is asked for it.
func (s *Schedule) setDefaults() {
	s.GroupName = cmp.Or(s.GroupName, DefaultGroup)
	s.ScheduleExpressionTimezone = cmp.Or(s.ScheduleExpressionTimezone, "UTC")
	s.State = cmp.Or(s.State, "ENABLED")
	s.ActionAfterCompletion = cmp.Or(s.ActionAfterCompletion, "NONE")
	s.FlexibleTimeWindow.Mode = cmp.Or(s.FlexibleTimeWindow.Mode, "OFF")
	var given RetryPolicy
	if s.Target.RetryPolicy != nil {
		given = *s.Target.RetryPolicy
	}
	s.Target.RetryPolicy = &RetryPolicy{
		MaximumEventAgeInSeconds: cmp.Or(given.MaximumEventAgeInSeconds, new(86400)),
		MaximumRetryAttempts:     cmp.Or(given.MaximumRetryAttempts, new(185)),
	}
}

// scheduleInput reads and checks the input that CreateSchedule and UpdateSchedule share.
func (s *Scheduler) scheduleInput(c *call) (*Schedule, error) {
	in := &Schedule{}
	if err := c.decode(in); err != nil {
		return nil, err
	}
	in.Name = c.param("Name")
	in.GroupName = cmp.Or(in.GroupName, DefaultGroup)
	in.Arn = s.arn("schedule/" + in.GroupName + "/" + in.Name)
	if err := in.check(); err != nil {
		return nil, err
	}
	if !s.validExpression(in.ScheduleExpression) {
		return nil, invalid("Invalid Schedule Expression %s.", in.ScheduleExpression)
	}
	if !knownZone(in.ScheduleExpressionTimezone) {
		// That a bad zone is refused is certain, its text is not documented.
		return nil, invalid("Invalid Schedule Expression Timezone %s.", in.ScheduleExpressionTimezone)
	}
	// One-time schedules ignore the start date.
	oneTime := strings.HasPrefix(in.ScheduleExpression, "at(")
	if earliest := s.aws.now().Add(-earliestStart); !oneTime && !in.StartDate.IsZero() &&
		in.StartDate.Before(earliest) {
		return nil, invalid("The StartDate you specify cannot be earlier than 5 minutes ago.")
	}
	source := s.arn("schedule-group/" + in.GroupName)
	if !s.aws.iam.assumable(in.Target.RoleArn, "scheduler.amazonaws.com", source) {
		return nil, invalid("The execution role you provide must allow AWS EventBridge Scheduler " +
			"to assume the role.")
	}
	in.setDefaults()
	return in, nil
}

func knownZone(name string) bool {
	if name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name) // "" is UTC
	return err == nil
}

// Patterns of the API Reference (Target, DeadLetterConfig).
var (
	roleARN  = regexp.MustCompile(`^arn:aws(-[a-z]+)?:iam::\d{12}:role/[\w+=,.@/-]+$`)
	queueARN = regexp.MustCompile(`^arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9\-_]+$`)
)

// Limits of the API Reference and of the User Guide, "Quotas".
const (
	maxExpression  = 256
	maxTimezone    = 50
	maxDescription = 512
	maxInput       = 256 << 10
)

// earliestStart is how far back a start date may lie.
const earliestStart = 5 * time.Minute

// check keeps what the API model says of single members.
func (s *Schedule) check() error {
	if err := checkName("name", s.Name); err != nil {
		return err
	}
	if err := checkName("groupName", s.GroupName); err != nil {
		return err
	}
	retry, dead, flexible := s.Target.RetryPolicy, s.Target.DeadLetterConfig, s.FlexibleTimeWindow
	constraints := []struct {
		member string
		ok     bool
	}{
		{"scheduleExpression", between(1, len(s.ScheduleExpression), maxExpression)},
		{"scheduleExpressionTimezone", len(s.ScheduleExpressionTimezone) <= maxTimezone},
		{"description", len(s.Description) <= maxDescription},
		{"state", oneOf(s.State, "", "ENABLED", "DISABLED")},
		{"actionAfterCompletion", oneOf(s.ActionAfterCompletion, "", "NONE", "DELETE")},
		{"flexibleTimeWindow.mode", oneOf(flexible.Mode, "OFF", "FLEXIBLE")},
		{"flexibleTimeWindow.maximumWindowInMinutes", flexible.valid()},
		{"target.arn", between(1, len(s.Target.Arn), 1600)},
		{"target.roleArn", roleARN.MatchString(s.Target.RoleArn) && len(s.Target.RoleArn) <= 1600},
		{"target.input", len(s.Target.Input) <= maxInput},
		{"target.retryPolicy.maximumEventAgeInSeconds", retry == nil ||
			within(60, retry.MaximumEventAgeInSeconds, 86400)},
		{"target.retryPolicy.maximumRetryAttempts", retry == nil ||
			within(0, retry.MaximumRetryAttempts, 185)},
		{"target.deadLetterConfig.arn", dead == nil || dead.Arn == "" || queueARN.MatchString(dead.Arn)},
	}
	for _, c := range constraints {
		if !c.ok {
			return invalid("1 validation error detected: Value at '%s' failed to satisfy constraint",
				c.member)
		}
	}
	if strings.Contains(s.Target.Arn, ":lambda:") && s.Target.Input != "" &&
		!json.Valid([]byte(s.Target.Input)) {
		return invalid("Invalid Input for target: the input must be well-formed JSON.")
	}
	return nil
}

// valid tells whether the window is there exactly when it is flexible (User Guide, "Configuring
// flexible time windows").
func (w FlexibleTimeWindow) valid() bool {
	if w.Mode == "FLEXIBLE" {
		return between(1, w.MaximumWindowInMinutes, 1440)
	}
	return w.MaximumWindowInMinutes == 0
}

func between(low, n, high int) bool { return low <= n && n <= high }

func within(low int, n *int, high int) bool { return n == nil || between(low, *n, high) }

func oneOf(value string, allowed ...string) bool { return slices.Contains(allowed, value) }

type scheduleOutput struct{ ScheduleArn string }

func (s *Scheduler) createSchedule(c *call) (any, error) {
	var in struct{ ClientToken, GroupName string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	key := scheduleKey{cmp.Or(in.GroupName, DefaultGroup), c.param("Name")}
	if made := s.schedules[key]; made != nil && in.ClientToken != "" &&
		made.token == in.ClientToken && made.body == string(c.body) {
		return scheduleOutput{made.Arn}, nil
	}
	schedule, err := s.scheduleInput(c)
	if err != nil {
		return nil, err
	}
	group := s.group(schedule.GroupName)
	switch {
	case group == nil:
		return nil, noGroup(schedule.GroupName)
	case group.State == "DELETING":
		return nil, deleting(group)
	case s.schedules[key] != nil:
		return nil, conflict("Schedule %s already exists.", schedule.Name)
	}
	schedule.token, schedule.body = in.ClientToken, string(c.body)
	schedule.CreationDate = Epoch{s.aws.now()}
	schedule.LastModificationDate = schedule.CreationDate
	s.schedules[key] = schedule
	return scheduleOutput{schedule.Arn}, nil
}

// updateSchedule replaces the whole schedule: what the request leaves out has its default again
// (API Reference, UpdateSchedule).
func (s *Scheduler) updateSchedule(c *call) (any, error) {
	schedule, err := s.scheduleInput(c)
	if err != nil {
		return nil, err
	}
	key := scheduleKey{schedule.GroupName, schedule.Name}
	old := s.schedules[key]
	if old == nil {
		return nil, noSchedule(schedule.Name)
	}
	if group := s.group(key.group); group.State == "DELETING" {
		return nil, deleting(group)
	}
	schedule.token, schedule.body, schedule.CreationDate = old.token, old.body, old.CreationDate
	schedule.LastModificationDate = Epoch{s.aws.now()}
	s.schedules[key] = schedule
	return scheduleOutput{schedule.Arn}, nil
}

// queryKey is the schedule that GetSchedule and DeleteSchedule name; the group is in the query
// string, as "groupName".
func queryKey(c *call) scheduleKey {
	return scheduleKey{cmp.Or(c.param("groupName"), DefaultGroup), c.param("Name")}
}

func (s *Scheduler) getSchedule(c *call) (any, error) {
	key := queryKey(c)
	if err := checkName("name", key.name); err != nil {
		return nil, err
	}
	if s.group(key.group) == nil {
		return nil, noGroup(key.group)
	}
	if schedule := s.schedules[key]; schedule != nil {
		return schedule, nil
	}
	return nil, noSchedule(key.name)
}

func (s *Scheduler) deleteSchedule(c *call) (any, error) {
	key := queryKey(c)
	if s.group(key.group) == nil {
		return nil, noGroup(key.group)
	}
	if s.schedules[key] == nil {
		return nil, noSchedule(key.name)
	}
	delete(s.schedules, key)
	return nil, nil
}

// list returns the schedules that fit, sorted by group and name; AWS documents no order.
func (s *Scheduler) list(fits func(*Schedule) bool) []*Schedule {
	var found []*Schedule
	for _, schedule := range s.schedules {
		if fits(schedule) {
			found = append(found, schedule)
		}
	}
	slices.SortFunc(found, func(a, b *Schedule) int { return cmp.Compare(a.sortKey(), b.sortKey()) })
	return found
}

func (s *Schedule) sortKey() string { return s.GroupName + "/" + s.Name }

// scheduleSummary is all that ListSchedules tells: no expression, no input.
type scheduleSummary struct {
	Arn, GroupName, Name, State        string
	CreationDate, LastModificationDate Epoch `json:",omitzero"`
	Target                             struct{ Arn string }
}

func (s *Scheduler) listSchedules(c *call) (any, error) {
	group, prefix, state := c.param("ScheduleGroup"), c.param("NamePrefix"), c.param("State")
	if group != "" && s.group(group) == nil {
		return nil, noGroup(group)
	}
	found, next, err := page(c, s.list(func(schedule *Schedule) bool {
		return (group == "" || schedule.GroupName == group) &&
			(state == "" || schedule.State == state) && strings.HasPrefix(schedule.Name, prefix)
	}), (*Schedule).sortKey)
	if err != nil {
		return nil, err
	}
	summaries := make([]scheduleSummary, len(found))
	for i, f := range found {
		summaries[i] = scheduleSummary{
			Arn: f.Arn, GroupName: f.GroupName, Name: f.Name, State: f.State,
			CreationDate: f.CreationDate, LastModificationDate: f.LastModificationDate,
		}
		summaries[i].Target.Arn = f.Target.Arn
	}
	return struct {
		Schedules []scheduleSummary
		NextToken string `json:",omitempty"`
	}{summaries, next}, nil
}
