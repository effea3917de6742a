package scheduleset

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// assumeWait is how long a role may take until Scheduler can assume it: what the AWS provider
// allows for IAM's eventual consistency.
const assumeWait = 2 * time.Minute

// create makes one schedule and tells whether it is new. One that is there already is as good if
// it is equal: then it is ours, and AWS's first answer was lost. Otherwise it is overwritten with
// replace, and an error without.
func (k *Keeper) create(
	ctx, stop context.Context, s Schedule, replace bool,
) (arn string, made bool, err error) {
	arn, err = k.callCreate(ctx, stop, s)
	if err == nil || !isConflict(err) {
		return arn, err == nil, err
	}
	got, getErr := k.get(ctx, s.Group, s.Name)
	switch {
	case getErr != nil:
		return "", false, fmt.Errorf("%w; reading what is there: %w", err, getErr)
	case got == nil:
		return "", false, err
	case !replace && k.foreign(s, *got):
		return "", false, &ScheduleExistsError{Group: s.Group, Names: []string{s.Name}}
	case !k.differ(s, *got):
		return got.ARN, false, nil
	case !replace:
		return "", false, &ScheduleExistsError{Group: s.Group, Names: []string{s.Name}}
	}
	arn, err = k.callUpdate(ctx, stop, s)
	return arn, false, err
}

// update writes over one schedule, and makes it where it has gone.
func (k *Keeper) update(
	ctx, stop context.Context, s Schedule,
) (arn string, made bool, err error) {
	arn, err = k.callUpdate(ctx, stop, s)
	if !isNotFound(err) {
		return arn, false, err
	}
	arn, err = k.callCreate(ctx, stop, s)
	return arn, err == nil, err
}

func (k *Keeper) callCreate(ctx, stop context.Context, s Schedule) (arn string, err error) {
	err = k.whenAssumable(ctx, stop, s.RoleARN, func() error {
		out, err := k.config.Scheduler.CreateSchedule(ctx, createInput(k.outgoing(s)))
		if err == nil {
			arn = aws.ToString(out.ScheduleArn)
		}
		return err
	})
	return arn, err
}

func (k *Keeper) callUpdate(ctx, stop context.Context, s Schedule) (arn string, err error) {
	err = k.whenAssumable(ctx, stop, s.RoleARN, func() error {
		out, err := k.config.Scheduler.UpdateSchedule(ctx, updateInput(k.outgoing(s)))
		if err == nil {
			arn = aws.ToString(out.ScheduleArn)
		}
		return err
	})
	return arn, err
}

// whenAssumable repeats a call while Scheduler cannot assume the role, for assumeWait of pauses.
func (k *Keeper) whenAssumable(
	ctx, stop context.Context, role string, call func() error,
) error {
	var waited time.Duration
	for pause := firstPause; ; pause = longer(pause) {
		err := call()
		if !isRoleNotAssumable(err) || waited >= assumeWait {
			return err
		}
		if _, logged := k.waitsFor.LoadOrStore(role, true); !logged {
			k.config.Logf(ctx, "waiting until EventBridge Scheduler can assume the role %s", role)
		}
		if stopped := k.config.Sleep(stop, pause); stopped != nil {
			return fmt.Errorf("%w while waiting for the role: %w", stopped, err)
		}
		waited += pause
	}
}

// get returns one schedule, or nil where it does not exist.
func (k *Keeper) get(ctx context.Context, group, name string) (*Schedule, error) {
	out, err := k.config.Scheduler.GetSchedule(ctx,
		&scheduler.GetScheduleInput{GroupName: &group, Name: &name})
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := fromAWS(out)
	return &s, nil
}

// remove deletes one schedule; one that has gone already is fine.
func (k *Keeper) remove(ctx context.Context, group, name string) error {
	_, err := k.config.Scheduler.DeleteSchedule(ctx,
		&scheduler.DeleteScheduleInput{GroupName: &group, Name: &name})
	if isNotFound(err) {
		return nil
	}
	return err
}

// eventError tells which event of the set a call was for; nil stays nil.
func (s Set) eventError(doing, key string, err error) error {
	if err == nil {
		return nil
	}
	return &EventError{
		Key: key, Doing: doing, Schedule: s.Group() + "/" + s.scheduleName(key), Err: err,
	}
}
