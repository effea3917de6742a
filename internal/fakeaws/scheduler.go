package fakeaws

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"time"
)

// DefaultGroup is the schedule group that always exists (EventBridge Scheduler User Guide,
// "Deleting a schedule group").
const DefaultGroup = "default"

// Scheduler is Amazon EventBridge Scheduler.
type Scheduler struct {
	aws             *AWS
	validExpression func(string) bool
	groups          map[string]*Group
	schedules       map[scheduleKey]*Schedule
	deletingReads   int
	deletingTime    time.Duration
}

type scheduleKey struct{ group, name string }

// Group is a schedule group.
type Group struct {
	Arn, Name, State                   string
	CreationDate, LastModificationDate Epoch             `json:",omitzero"`
	Tags                               map[string]string `json:"-"`

	token     string
	readsLeft int       // while DELETING: so many more calls see the group
	goneAt    time.Time // while DELETING: and it stays until then
}

// Epoch is a time that travels as a number of seconds (API Reference, CreateSchedule).
type Epoch struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (e Epoch) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", float64(e.UnixMilli())/1000), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *Epoch) UnmarshalJSON(b []byte) error {
	var seconds float64
	if err := json.Unmarshal(b, &seconds); err != nil {
		return err
	}
	e.Time = time.UnixMilli(int64(seconds * 1000)).UTC()
	return nil
}

func newScheduler(a *AWS) *Scheduler {
	return &Scheduler{
		aws:             a,
		validExpression: wellFormed,
		groups:          map[string]*Group{},
		schedules:       map[scheduleKey]*Schedule{},
	}
}

// Scheduler gives a test direct access to EventBridge Scheduler.
func (a *AWS) Scheduler() *Scheduler { return a.scheduler }

// SlowGroupDeletion keeps deleted groups in DELETING until so many calls have seen them and so much
// time has passed. Without it they are gone at once.
func (s *Scheduler) SlowGroupDeletion(reads int, d time.Duration) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.deletingReads, s.deletingTime = reads, d
}

// Schedules returns the schedules of a group by name, as GetSchedule would show them.
func (s *Scheduler) Schedules(group string) map[string]Schedule {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.settle()
	found := map[string]Schedule{}
	for key, schedule := range s.schedules {
		if key.group == group {
			found[key.name] = *schedule
		}
	}
	return found
}

// MayFire returns the ARNs of the schedules that AWS may still fire: all that are enabled, also in a
// group that is being deleted (User Guide, "Deleting a schedule group").
func (s *Scheduler) MayFire() []string {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.settle()
	var arns []string
	for _, schedule := range s.list(func(x *Schedule) bool { return x.State != "DISABLED" }) {
		arns = append(arns, schedule.Arn)
	}
	return arns
}

// Schedule returns one schedule.
func (s *Scheduler) Schedule(group, name string) (Schedule, bool) {
	schedule, ok := s.Schedules(group)[name]
	return schedule, ok
}

// PutSchedule makes or replaces a schedule as somebody else could have done, without any check. It
// sets GroupName, where empty, and Arn, makes the group if it must, and fills in AWS's defaults.
func (s *Scheduler) PutSchedule(schedule Schedule) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	schedule.setDefaults()
	schedule.Arn = s.arn("schedule/" + schedule.GroupName + "/" + schedule.Name)
	if s.group(schedule.GroupName) == nil {
		s.putGroup(schedule.GroupName, nil)
	}
	s.schedules[scheduleKey{schedule.GroupName, schedule.Name}] = &schedule
}

// RemoveSchedule removes a schedule as somebody else could have done.
func (s *Scheduler) RemoveSchedule(group, name string) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	delete(s.schedules, scheduleKey{group, name})
}

// Groups returns all groups by name, "default" too.
func (s *Scheduler) Groups() map[string]Group {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.settle()
	s.group(DefaultGroup)
	found := map[string]Group{}
	for name, group := range s.groups {
		shown := *group
		shown.Tags = maps.Clone(group.Tags)
		found[name] = shown
	}
	return found
}

// Group returns one group.
func (s *Scheduler) Group(name string) (Group, bool) {
	group, ok := s.Groups()[name]
	return group, ok
}

// PutGroup makes a group, or replaces an existing one's tags.
func (s *Scheduler) PutGroup(name string, tags map[string]string) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	if group := s.group(name); group != nil {
		group.Tags = maps.Clone(tags)
		return
	}
	s.putGroup(name, tags)
}

// RemoveGroup removes a group and its schedules at once.
func (s *Scheduler) RemoveGroup(name string) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.dropGroup(name)
}

func (s *Scheduler) putGroup(name string, tags map[string]string) *Group {
	now := Epoch{s.aws.now()}
	group := &Group{
		Arn: s.arn("schedule-group/" + name), Name: name, State: "ACTIVE",
		CreationDate: now, LastModificationDate: now, Tags: maps.Clone(tags),
	}
	if group.Tags == nil {
		group.Tags = map[string]string{}
	}
	s.groups[name] = group
	return group
}

func (s *Scheduler) dropGroup(name string) {
	delete(s.groups, name)
	maps.DeleteFunc(s.schedules, func(key scheduleKey, _ *Schedule) bool { return key.group == name })
}

// group returns the group, or nil. The default group is made when it is first asked for.
func (s *Scheduler) group(name string) *Group {
	if name == DefaultGroup && s.groups[name] == nil {
		return s.putGroup(name, nil)
	}
	return s.groups[name]
}

// settle removes the groups whose deletion is over.
func (s *Scheduler) settle() {
	for name, group := range s.groups {
		if group.State == "DELETING" && group.readsLeft <= 0 && !s.aws.now().Before(group.goneAt) {
			s.dropGroup(name)
		}
	}
}

func (s *Scheduler) leftovers() []string {
	s.settle()
	var left []string
	for _, name := range sortedKeys(s.groups) {
		if name != DefaultGroup {
			left = append(left, "scheduler group "+name+" ("+s.groups[name].State+")")
		}
	}
	for _, schedule := range s.list(func(*Schedule) bool { return true }) {
		left = append(left, "scheduler schedule "+schedule.GroupName+"/"+schedule.Name)
	}
	return left
}

func (s *Scheduler) arn(resource string) string {
	return "arn:aws:scheduler:" + s.aws.region + ":" + s.aws.account + ":" + resource
}

func (s *Scheduler) service() *service {
	operations := map[string]func(*call) (any, error){
		"CreateSchedule":      s.createSchedule,
		"UpdateSchedule":      s.updateSchedule,
		"GetSchedule":         s.getSchedule,
		"DeleteSchedule":      s.deleteSchedule,
		"ListSchedules":       s.listSchedules,
		"CreateScheduleGroup": s.createGroup,
		"GetScheduleGroup":    s.getGroup,
		"DeleteScheduleGroup": s.deleteGroup,
		"ListScheduleGroups":  s.listGroups,
		"TagResource":         s.tagResource,
		"UntagResource":       s.untagResource,
		"ListTagsForResource": s.listTags,
	}
	for name, handle := range operations {
		operations[name] = func(c *call) (any, error) {
			s.settle()
			return handle(c)
		}
	}
	return &service{
		name: "scheduler",
		protocol: restJSON{messages: []string{"Message"}, routes: []route{
			{http.MethodPost, "/schedules/{Name}", "CreateSchedule"},
			{http.MethodPut, "/schedules/{Name}", "UpdateSchedule"},
			{http.MethodGet, "/schedules/{Name}", "GetSchedule"},
			{http.MethodDelete, "/schedules/{Name}", "DeleteSchedule"},
			{http.MethodGet, "/schedules", "ListSchedules"},
			{http.MethodPost, "/schedule-groups/{Name}", "CreateScheduleGroup"},
			{http.MethodGet, "/schedule-groups/{Name}", "GetScheduleGroup"},
			{http.MethodDelete, "/schedule-groups/{Name}", "DeleteScheduleGroup"},
			{http.MethodGet, "/schedule-groups", "ListScheduleGroups"},
			{http.MethodPost, "/tags/{ResourceArn}", "TagResource"},
			{http.MethodDelete, "/tags/{ResourceArn}", "UntagResource"},
			{http.MethodGet, "/tags/{ResourceArn}", "ListTagsForResource"},
		}},
		operations: operations,
		nameKeys:   []string{"GroupName", "groupName", "ScheduleGroup", "Name", "ResourceArn"},
		leftovers:  s.leftovers,
	}
}

// The pattern and the length of names of schedules and groups are the API Reference's.
var schedulerName = regexp.MustCompile(`^[0-9a-zA-Z-_.]{1,64}$`)

func checkName(member, name string) error {
	if schedulerName.MatchString(name) {
		return nil
	}
	return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: "+
		"Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$ "+
		"and have length between 1 and 64", name, member)
}

func invalid(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "ValidationException", format, args...)
}

func noSchedule(name string) *Error {
	return errf(http.StatusNotFound, "ResourceNotFoundException", "Schedule %s does not exist.", name)
}

func noGroup(name string) *Error {
	return errf(http.StatusNotFound, "ResourceNotFoundException",
		"Schedule group %s does not exist.", name)
}

func conflict(format string, args ...any) *Error {
	return errf(http.StatusConflict, "ConflictException", format, args...)
}
