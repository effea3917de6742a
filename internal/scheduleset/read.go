package scheduleset

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// Read returns what exists of the set, or ErrNotFound where nothing does. A group that is being
// deleted counts as gone. Our inline policy alone is something: who forgot the set would leave it on
// the role. In a shared group it looks only for the keys of have.Events. What differs from have only
// because it is past (see DESIGN.md, "Writing") is as have says.
func (k *Keeper) Read(ctx context.Context, have Set) (*Live, error) {
	read := k.readShared
	if have.owned() {
		read = k.readOwned
	}
	live, err := read(ctx, have)
	if errors.Is(err, ErrNotFound) {
		return k.readRemains(ctx, have)
	}
	if err != nil {
		return nil, err
	}
	for key, got := range live.Schedules {
		if have.Events[key].Expression != "" {
			live.Schedules[key] = k.withoutPast(have.Schedule(key), got)
		}
	}
	if have.RunnerRoleName == "" {
		return live, nil
	}
	if live.PolicyJSON, err = k.readPolicy(ctx, have); err != nil {
		return nil, err
	}
	live.RunnerRoleID, err = k.readRoleID(ctx, have)
	return live, err
}

// readRoleID is the identifier of the runner's role, as it was known where it may not be read.
func (k *Keeper) readRoleID(ctx context.Context, have Set) (string, error) {
	id, err := k.RoleID(ctx, have.RunnerRoleName)
	if isDenied(err) {
		return have.RunnerRoleID, nil
	}
	return id, err
}

// readRemains is what is left where there are no schedules: the policy, or ErrNotFound.
func (k *Keeper) readRemains(ctx context.Context, have Set) (*Live, error) {
	document, err := k.readPolicy(ctx, have)
	if err != nil {
		return nil, err
	}
	if document == "" {
		return nil, ErrNotFound
	}
	live := &Live{PolicyJSON: document, Schedules: map[string]Schedule{}}
	live.RunnerRoleID, err = k.readRoleID(ctx, have)
	return live, err
}

func (k *Keeper) readOwned(ctx context.Context, have Set) (*Live, error) {
	group, err := k.findGroup(ctx, have.Group())
	if err != nil {
		return nil, err
	}
	if group == nil || group.State == types.ScheduleGroupStateDeleting {
		return nil, ErrNotFound
	}
	tags, err := k.tags(ctx, have.Group(), aws.ToString(group.Arn))
	if err != nil {
		return nil, err
	}
	if owner(tags) != "" {
		// A create that was killed, as in the middle of a replacement: Update finishes it.
		return &Live{Tags: usersTags(tags), Schedules: map[string]Schedule{}}, nil
	}
	names, err := k.list(ctx, have.Group())
	if err != nil {
		return nil, err
	}
	// AWS does not say how soon a new schedule is listed, so ours are asked for in any case.
	schedules, err := k.getAll(ctx, have, merge(names, have.keys()))
	if err != nil {
		return nil, err
	}
	return &Live{Tags: usersTags(tags), Schedules: schedules}, nil
}

func (k *Keeper) readShared(ctx context.Context, have Set) (*Live, error) {
	schedules, err := k.getAll(ctx, have, have.keys())
	if err != nil {
		return nil, err
	}
	if len(schedules) == 0 && len(have.Events) > 0 {
		return nil, ErrNotFound
	}
	return &Live{Schedules: schedules}, nil
}

// getAll reads the schedules of the keys; those that do not exist are left out.
func (k *Keeper) getAll(
	ctx context.Context, s Set, keys []string,
) (map[string]Schedule, error) {
	var mu sync.Mutex
	found := make(map[string]Schedule, len(keys))
	err := k.each(ctx, keys, func(ctx, _ context.Context, key string) error {
		got, err := k.get(ctx, s.Group(), s.scheduleName(key))
		if err != nil {
			return s.eventError("reading", key, err)
		}
		if got != nil {
			mu.Lock()
			defer mu.Unlock()
			found[key] = *got
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// merge returns what is in either list, sorted.
func merge(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// listPage is the most that ListSchedules gives at once (EventBridge Scheduler API Reference).
const listPage = 100

// list returns the names of all schedules of a group, sorted; none where the group is unknown.
func (k *Keeper) list(ctx context.Context, group string) ([]string, error) {
	names := map[string]bool{}
	pages := scheduler.NewListSchedulesPaginator(k.config.Scheduler,
		&scheduler.ListSchedulesInput{GroupName: &group, MaxResults: aws.Int32(listPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if isNotFound(err) {
			break
		}
		if err != nil {
			return nil, doing(err, "listing the schedules of group %q", group)
		}
		for _, summary := range page.Schedules {
			names[aws.ToString(summary.Name)] = true
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}
