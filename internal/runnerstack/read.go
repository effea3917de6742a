package runnerstack

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Read returns what exists of the stack. What is missing is nil there, no error.
func (k *Keeper) Read(ctx context.Context, s Stack) (*Live, error) {
	name, live := s.Name, &Live{}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		live.Function, err = k.findFunction(ctx, name)
		if err != nil || live.Function == nil {
			return err
		}
		live.Async, err = k.findAsync(ctx, name)
		return err
	})
	group.Go(func() (err error) {
		live.LogGroup, err = k.findLogGroup(ctx, LogGroupName(name))
		return err
	})
	group.Go(func() error { return k.findImage(ctx, s, live) })
	group.Go(func() (err error) {
		live.ExecutionRole, err = k.findRole(ctx, ExecutionRoleName(name, k.Region))
		return err
	})
	group.Go(func() (err error) {
		live.SchedulerRole, err = k.findRole(ctx, SchedulerRoleName(name, k.Region))
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return live, nil
}
