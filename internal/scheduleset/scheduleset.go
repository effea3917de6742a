// Package scheduleset keeps the EventBridge Scheduler schedules of one savings_schedule resource:
// it creates all or none, reads them back, changes only what differs, and removes them, in an
// order that never leaves a stop without its start. It knows AWS and nothing of Terraform.
package scheduleset

import (
	"context"
	"time"
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
	Events                     map[string]Event
}

// Event is one schedule, as its owner wrote it.
type Event struct {
	Args                 []string
	Expression, Timezone string
	Description          string
	Enabled              bool
	// StartDate and EndDate are zero where there is none.
	StartDate, EndDate time.Time
	// Starts tells that the event starts something: it is written before and removed after others.
	Starts bool
}

// Schedule is one schedule as AWS holds it: every member that we write, in one comparable form.
type Schedule struct {
	ARN, Group, Name     string
	Expression, Timezone string
	Description          string
	Enabled              bool
	StartDate, EndDate   time.Time
	FunctionARN, RoleARN string
	MaximumAttempts      int32
	MaximumEventAge      time.Duration
	DeadLetterARN        string
	Input                string
	// Other names settings that we never write and that were found all the same: a flexible window,
	// a customer key, ActionAfterCompletion DELETE.
	Other []string
}

// Args decodes the argument list from the schedule's input; ok is false where the input holds none.
func (s Schedule) Args() (args []string, ok bool) { panic("skeleton") }

// Group returns the group that the set's schedules are in.
func (s Set) Group() string {
	if s.GroupName != "" {
		return s.GroupName
	}
	return s.Name
}

// Schedule returns what we would write for the event with this key.
func (s Set) Schedule(key string) Schedule { panic("skeleton") }

// Differences says in words, in a stable order, where got differs from want in what the resource's
// schema does not show: retry, target, role, dead letters, input of an older release, other
// settings ("185 retries instead of 10"). Nil if nowhere. A past StartDate that is missing in got
// is no difference.
func Differences(want, got Schedule) []string { panic("skeleton") }

// Live is what exists.
type Live struct {
	// Tags are the group's, without ours ("savings:…"); nil in a shared group.
	Tags map[string]string
	// Schedules are by event key: everything in a group of our own; in a shared group only the keys
	// that were asked for.
	Schedules map[string]Schedule
	// PolicyJSON is our inline policy on the runner's role as it stands, "" where it is missing.
	PolicyJSON string
}

// Keeper does the work. Its zero value is of no use; see New.
type Keeper struct{}

// Written is the outcome of a write.
type Written struct {
	// ARNs are by event key: what exists after the write and is as wanted.
	ARNs map[string]string
	// Removed are the keys that existed before and no longer do.
	Removed []string
	// Warnings are sentences for the user, such as a function that AWS does not know.
	Warnings []string
}

// Create makes the whole set or nothing. Its error says which event failed and that nothing is
// left, or what is live where removing failed too.
func (k *Keeper) Create(ctx context.Context, want Set) (Written, error) { panic("skeleton") }

// Read returns what exists of the set, or ErrNotFound where nothing does.
func (k *Keeper) Read(ctx context.Context, have Set) (*Live, error) { panic("skeleton") }

// Update turns have into want: it creates, then updates, then deletes, and writes only what
// differs. On an error Written says what was done; doing it again does the rest.
func (k *Keeper) Update(ctx context.Context, have, want Set) (Written, error) { panic("skeleton") }

// Delete removes the set: schedules first, stops before starts, then the policy, then the group.
func (k *Keeper) Delete(ctx context.Context, have Set) error { panic("skeleton") }
