package scheduleset

import (
	"errors"
	"fmt"
	"strings"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
)

// ErrNotFound is Read's error where nothing of the set exists.
var ErrNotFound = errors.New("the schedules do not exist")

// EventError is a call for one event that AWS refused.
type EventError struct {
	// Key is the event's.
	Key string
	// Doing is what was tried: creating, updating, deleting or reading.
	Doing string
	// Schedule is the schedule as group/name.
	Schedule string
	Err      error
}

func (e *EventError) Error() string {
	return fmt.Sprintf("%s the schedule %q of event %q: %s",
		e.Doing, e.Schedule, e.Key, awsSays(e.Err))
}

func (e *EventError) Unwrap() error { return e.Err }

// awsSays is AWS's own code and sentence where there is one; the SDK's text is mostly noise.
func awsSays(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return err.Error()
}

// awsError words what AWS said to a call that is about no single event.
type awsError struct {
	doing string
	err   error
}

func (e *awsError) Error() string { return e.doing + ": " + awsSays(e.err) }
func (e *awsError) Unwrap() error { return e.err }

func doing(err error, format string, args ...any) error {
	return &awsError{doing: fmt.Sprintf(format, args...), err: err}
}

// GroupExistsError means that a complete schedule group of this name exists that no create in
// progress has made. It is never taken over.
type GroupExistsError struct{ Group string }

func (e *GroupExistsError) Error() string {
	return fmt.Sprintf("schedule group %[1]q exists already; choose another name, "+
		"or import it:\n\nimport {\n  to = savings_schedule.this # the resource's address\n"+
		"  id = %[1]q\n}\n", e.Group)
}

// ScheduleExistsError means that schedules of these names exist in a shared group and are not what
// we would write, so that they are somebody else's.
type ScheduleExistsError struct {
	Group string
	// Names are the schedules', sorted.
	Names []string
}

func (e *ScheduleExistsError) Error() string {
	return fmt.Sprintf("in schedule group %q exist already, with other contents: %s; "+
		"choose another name, or import or delete them", e.Group, quoted(e.Names))
}

// TakenOverError means that another create of the same name took the group over, or completed it,
// while this one ran.
type TakenOverError struct{ Group string }

func (e *TakenOverError) Error() string {
	return fmt.Sprintf("another create of schedule group %q ran at the same time and has it now; "+
		"this one stopped, and may have written into it. Apply the other one again, and give this one "+
		"another name", e.Group)
}

// RoleGoneError means that the runner's role does not exist, so that the events' rights have no place.
type RoleGoneError struct {
	Role string
	Err  error
}

func (e *RoleGoneError) Error() string {
	return e.Err.Error() + " The role is gone: make it again, then apply again."
}

func (e *RoleGoneError) Unwrap() error { return e.Err }

// CreateError is the failure of an all-or-nothing write.
type CreateError struct {
	// Err is why it failed; an *EventError where one event is to blame.
	Err error
	// CleanUp is why the removal of what had been made failed too; nil if it did not.
	CleanUp error
	// Live names what this write made and could not remove.
	Live []string
	// Found names schedules of a shared group that were there before, equal to what we would write,
	// and were left.
	Found []string
}

func (e *CreateError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	switch {
	case e.CleanUp == nil && len(e.Live) == 0 && len(e.Found) == 0:
		b.WriteString("; nothing was left behind")
	case e.CleanUp == nil && len(e.Live) == 0:
		b.WriteString("; what had been made was removed")
	default:
		fmt.Fprintf(&b, "; removing what had been made failed too (%v); still live: %s",
			e.CleanUp, strings.Join(e.Live, ", "))
	}
	if len(e.Found) > 0 {
		fmt.Fprintf(&b, "; left as they were before: %s", strings.Join(e.Found, ", "))
	}
	return b.String()
}

func (e *CreateError) Unwrap() error { return e.Err }

func quoted(names []string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(words, ", ")
}

// isNotFound tells whether Scheduler does not know the schedule or the group.
func isNotFound(err error) bool { return is[*types.ResourceNotFoundException](err) }

// isConflict tells whether the schedule or group exists, or is being changed by somebody else.
func isConflict(err error) bool { return is[*types.ConflictException](err) }

// isNoSuchEntity tells whether IAM does not know the role or its policy.
func isNoSuchEntity(err error) bool { return is[*iamtypes.NoSuchEntityException](err) }

// isDenied tells whether IAM denies the caller the right to ask (IAM API Reference, "Common errors").
func isDenied(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && (api.ErrorCode() == "AccessDenied" || api.ErrorCode() == "AccessDeniedException")
}

// isRoleNotAssumable tells whether Scheduler cannot assume the role, as for seconds after the
// role was made. AWS has no type of its own for it.
func isRoleNotAssumable(err error) bool {
	v, ok := errors.AsType[*types.ValidationException](err)
	return ok && strings.Contains(v.ErrorMessage(), "assume")
}

// isRefusal tells that AWS did not do what was asked for. Any other error, such as a lost
// connection, leaves that open.
func isRefusal(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && api.ErrorFault() == smithy.FaultClient
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
