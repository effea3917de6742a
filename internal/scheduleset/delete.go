package scheduleset

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// Delete removes the set: schedules first, stops before starts, then the policy, then the group,
// and waits until the group is gone, as long as ctx lets it. What has gone already is fine, so that
// a Delete that failed can be repeated. In a group of our own everything that is in it goes.
func (k *Keeper) Delete(ctx context.Context, have Set) error {
	_, err := k.clear(ctx, have, have.keys(), have.owned())
	return err
}

// clear removes the schedules of the keys, the policy and, with group, all of the group. It
// returns the keys that are gone.
func (k *Keeper) clear(
	ctx context.Context, have Set, keys []string, group bool,
) (removed []string, err error) {
	if group {
		found, err := k.findGroup(ctx, have.Group())
		if err != nil {
			return nil, err
		}
		if found == nil || found.State == types.ScheduleGroupStateDeleting {
			if err := k.deletePolicy(ctx, have); err != nil || found == nil {
				return keys, err
			}
			return keys, k.deleteGroup(ctx, have.Group(), true)
		}
		listed, err := k.list(ctx, have.Group())
		if err != nil {
			return nil, err
		}
		keys = merge(listed, keys)
	}
	if removed, err = k.removeInOrder(ctx, have, keys); err != nil {
		return removed, err
	}
	if err := k.deletePolicy(ctx, have); err != nil || !group {
		return removed, err
	}
	return removed, k.deleteGroup(ctx, have.Group(), true)
}

// removeInOrder deletes the schedules of the keys: stops, then starts, since a start without a stop
// costs money, and a stop without a start costs a working day. It returns the keys that are gone.
func (k *Keeper) removeInOrder(
	ctx context.Context, have Set, keys []string,
) (removed []string, err error) {
	var mu sync.Mutex
	remove := func(ctx, _ context.Context, key string) error {
		err := k.remove(ctx, have.Group(), have.scheduleName(key))
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			removed = append(removed, key)
		}
		return have.eventError("deleting", key, err)
	}
	starts, others := have.split(keys)
	if err = k.each(ctx, others, remove); err == nil {
		err = k.each(ctx, starts, remove)
	}
	slices.Sort(removed)
	return removed, err
}
