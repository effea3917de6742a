// Package scheduleset keeps the EventBridge Scheduler schedules of one savings_schedule resource:
// it creates all or none, reads them back, changes only what differs, and removes them, in an
// order that never leaves a stop without its start. It knows AWS and nothing of Terraform.
package scheduleset

import (
	"maps"
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// Set is what one resource wants to exist.
type Set struct {
	// Name is the resource's name. It is the schedule group too, unless GroupName is set.
	Name string
	// GroupName is an existing group, such as "default"; schedules are then named Name-key.
	GroupName string
	// FunctionARN and RoleARN are the target and the role that EventBridge Scheduler assumes.
	FunctionARN, RoleARN string
	// MaximumAttempts (0 to 185) and MaximumEventAge (60 s to 24 h) bound the retries of a delivery.
	MaximumAttempts int32
	MaximumEventAge time.Duration
	// DeadLetterARN is an SQS queue for what could not be delivered; "" for none.
	DeadLetterARN string
	// Tags are put on the group, when it is ours.
	Tags map[string]string
	// RunnerRoleName gets PolicyJSON as an inline policy; "" for none.
	RunnerRoleName, PolicyJSON string
	// RunnerRoleID is IAM's own identifier of the role, which no other role of that name ever has;
	// "" where it is not known. Update puts the policy on a role that is another one than before.
	RunnerRoleID string
	Events       map[string]Event
	// Drifted are keys of Events whose schedules are known to differ from what the set says of
	// them. Update reads it in what it is to change: these are written whatever else is equal.
	Drifted map[string]bool
}

// Event is one schedule, as its owner wrote it.
type Event struct {
	// Args is one command's argument list; Steps are several, run in order, instead of Args.
	Args  []string
	Steps [][]string
	// ExceptDates are local dates in Timezone, such as 2026-12-29, on which the event does nothing.
	ExceptDates          []string
	Expression, Timezone string
	Description          string
	Enabled              bool
	// StartDate and EndDate are zero where there is none.
	StartDate, EndDate time.Time
	// Starts tells that the event starts something: it is written before and removed after others.
	Starts bool
	// ARN is the schedule's, where it is known. Only Update reads it, to hand it back for an event
	// that it had no reason to write.
	ARN string
}

// Group returns the group that the set's schedules are in.
func (s Set) Group() string {
	if s.GroupName != "" {
		return s.GroupName
	}
	return s.Name
}

// owned tells whether the group is the set's own, made and removed with it.
func (s Set) owned() bool { return s.GroupName == "" }

// scheduleName is the name in AWS of the event with this key.
func (s Set) scheduleName(key string) string {
	if s.owned() {
		return key
	}
	return s.Name + "-" + key
}

// leastLateAfter is how late a run may be although the retries of its delivery end earlier.
const leastLateAfter = time.Hour

// Schedule returns what we would write for the event with this key. Its ARN is empty.
func (s Set) Schedule(key string) Schedule {
	event, name := s.Events[key], s.scheduleName(key)
	return Schedule{
		Group:           s.Group(),
		Name:            name,
		Expression:      event.Expression,
		Timezone:        event.Timezone,
		Description:     event.Description,
		Enabled:         event.Enabled,
		StartDate:       event.StartDate,
		EndDate:         event.EndDate,
		FunctionARN:     s.FunctionARN,
		RoleARN:         s.RoleARN,
		MaximumAttempts: s.MaximumAttempts,
		MaximumEventAge: s.MaximumEventAge,
		DeadLetterARN:   s.DeadLetterARN,
		Input: payload.Encode(payload.Payload{
			Args:             event.Args,
			Steps:            event.Steps,
			ExceptDates:      event.ExceptDates,
			Group:            s.Group(),
			Schedule:         name,
			Holds:            s.owned(),
			Timezone:         event.Timezone,
			LateAfterSeconds: int64(max(leastLateAfter, s.MaximumEventAge).Seconds()),
		}),
	}
}

// split sorts keys into those of events that start something and the others.
func (s Set) split(keys []string) (starts, others []string) {
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if s.Events[key].Starts {
			starts = append(starts, key)
		} else {
			others = append(others, key)
		}
	}
	return starts, others
}

func (s Set) keys() []string { return slices.Sorted(maps.Keys(s.Events)) }

// Live is what exists.
type Live struct {
	// Tags are the group's, without ours ("savings:…") and AWS's ("aws:…"); nil in a shared group.
	Tags map[string]string
	// Schedules are by event key: everything in a group of our own; in a shared group only the keys
	// that were asked for.
	Schedules map[string]Schedule
	// PolicyJSON is our inline policy on the runner's role as it stands, "" where it is missing.
	PolicyJSON string
	// RunnerRoleID is the role's, "" where there is no role.
	RunnerRoleID string
}

// Written is the outcome of a write.
type Written struct {
	// ARNs are by event key: what exists after the write and is as wanted. For an event of Update
	// that needed no write it is the Event.ARN that was given.
	ARNs map[string]string
	// Removed are the keys that existed before and no longer do, sorted.
	Removed []string
	// Warnings are sentences for the user, such as a function that AWS does not know.
	Warnings []string
}
