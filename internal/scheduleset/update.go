package scheduleset

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/hold"
)

// Update turns have into want: it creates, then updates, then deletes, and writes only what
// differs: keys that have.Events lacks, keys that the two sets would write differently, and keys in
// have.Drifted. On an error Written says what was done; doing it again does the rest.
//
// Rights come first and go last: the inline policy is first put with the statements of both sets,
// and after the schedules with those of want.
//
// Where Name or GroupName differ the set moves: the new place is filled as by Create, or nothing
// changes; then the old place is emptied. The new group keeps its creating tag until the old place
// is gone, so that a move that was killed is finished by the next Update or, once the old place is
// gone, by Create. After an error in a move ARNs is nil: the set is still the one at the old place,
// without what Removed names.
func (k *Keeper) Update(ctx context.Context, have, want Set) (Written, error) {
	var warnings []string
	if have.FunctionARN != want.FunctionARN {
		warnings = k.functionWarnings(ctx, want.FunctionARN)
	}
	do := k.change
	if have.Name != want.Name || have.GroupName != want.GroupName {
		do = k.move
	} else if gone, err := k.groupGone(ctx, have); err != nil {
		return Written{Warnings: warnings}, err
	} else if gone {
		do = func(ctx context.Context, _, want Set) (Written, error) { return k.makeWhole(ctx, want) }
	}
	written, err := do(ctx, have, want)
	written.Warnings = warnings
	return written, err
}

// groupGone tells that of a set with a group of its own Read has found no complete group.
func (k *Keeper) groupGone(ctx context.Context, have Set) (bool, error) {
	if !have.owned() || len(have.Events) > 0 {
		return false, nil
	}
	group, err := k.findGroup(ctx, have.Group())
	if err != nil || group == nil || group.State == types.ScheduleGroupStateDeleting {
		return err == nil, err
	}
	tags, err := k.tags(ctx, have.Group(), aws.ToString(group.Arn))
	return owner(tags) != "", err
}

// change updates a set where it is.
func (k *Keeper) change(ctx context.Context, have, want Set) (Written, error) {
	c := k.compare(have, want)
	policy := policyChange{k: k, have: have, want: want}
	if err := policy.before(ctx); err != nil {
		return c.written, err
	}
	if err := k.changeTags(ctx, have, want); err != nil {
		return c.written, err
	}
	for _, step := range c.steps {
		if err := k.each(ctx, step.keys, c.write(step.doing)); err != nil {
			return c.written, err
		}
	}
	var err error
	if c.written.Removed, err = k.removeInOrder(ctx, have, c.deletes); err != nil {
		return c.written, err
	}
	return c.written, policy.after(ctx)
}

func (k *Keeper) changeTags(ctx context.Context, have, want Set) error {
	if !want.owned() || maps.Equal(usersTags(have.Tags), usersTags(want.Tags)) {
		return nil
	}
	group, err := k.findGroup(ctx, want.Group())
	if err != nil {
		return err
	}
	if group == nil {
		return fmt.Errorf("tagging schedule group %q: the group does not exist", want.Group())
	}
	return k.syncTags(ctx, want.Group(), aws.ToString(group.Arn), have.Tags, want.Tags)
}

// changes is what an update in place has to do.
type changes struct {
	k    *Keeper
	want Set
	// steps are the writes, in their order.
	steps   []step
	deletes []string

	mu      sync.Mutex
	written Written
}

// step is a list of keys whose order does not matter.
type step struct {
	doing string
	keys  []string
}

func (k *Keeper) compare(have, want Set) *changes {
	c := &changes{k: k, want: want, written: Written{ARNs: map[string]string{}}}
	var creates, updates []string
	for _, key := range want.keys() {
		old, exists := have.Events[key]
		switch {
		case !exists:
			creates = append(creates, key)
		case k.mustWrite(have, want, key):
			updates = append(updates, key)
		default:
			c.written.ARNs[key] = old.ARN
		}
	}
	for _, key := range have.keys() {
		if _, wanted := want.Events[key]; !wanted {
			c.deletes = append(c.deletes, key)
		}
	}
	createStarts, createOthers := want.split(creates)
	updateStarts, updateOthers := want.split(updates)
	c.steps = []step{
		{"creating", createStarts}, {"creating", createOthers},
		{"updating", updateStarts}, {"updating", updateOthers},
	}
	return c
}

// mustWrite tells whether an event that exists has to be written.
func (k *Keeper) mustWrite(have, want Set, key string) bool {
	was, is := have.Schedule(key), want.Schedule(key)
	if have.Drifted[key] {
		return !(sameRuns(was, is) && k.pastAt(is))
	}
	return k.differ(is, was)
}

func (c *changes) write(doing string) work {
	return func(ctx, stop context.Context, key string) error {
		var arn string
		var err error
		if doing == "creating" {
			arn, _, err = c.k.create(ctx, stop, c.want.Schedule(key), c.want.owned())
		} else {
			arn, _, err = c.k.update(ctx, stop, c.want.Schedule(key))
		}
		if err == nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.written.ARNs[key] = arn
		}
		return c.want.eventError(doing, key, err)
	}
}

// move writes the whole set at its new place and then empties the old one.
func (k *Keeper) move(ctx context.Context, have, want Set) (Written, error) {
	p := k.place(want)
	holds, err := k.holdTags(ctx, have)
	if err != nil {
		return Written{}, movingError(have, want, err, "the old schedules stay")
	}
	p.holds = holds
	if have.hasPolicy() && have.RunnerRoleName == want.RunnerRoleName &&
		k.policyName(have) != k.policyName(want) {
		p.from = &have
	}
	sameGroup := have.Group() == want.Group()
	if sameGroup {
		p.old = map[string]Schedule{}
		for key := range have.Events {
			s := have.Schedule(key)
			p.old[s.Name] = s
		}
	}
	const again = "apply again to finish"
	if err := p.fill(ctx); err != nil {
		if p.claim != nil && p.claim.adopted {
			// A move that was killed may have emptied half of the old place, so the new one stays.
			return Written{}, movingError(have, want, err, again)
		}
		return Written{}, movingError(have, want, p.undo(ctx, err), "the old schedules stay")
	}
	if p.claim != nil {
		if err := k.confirm(ctx, p.claim); err != nil {
			return Written{}, movingError(have, want, err, again)
		}
	}
	removed, err := k.leave(ctx, have, want)
	if err == nil {
		err = p.complete(ctx)
	}
	if err != nil {
		return Written{Removed: removed}, movingError(have, want, err, again)
	}
	removed = slices.DeleteFunc(removed, func(key string) bool {
		_, wanted := want.Events[key]
		return wanted
	})
	return Written{ARNs: p.arns, Removed: removed}, nil
}

// holdTags are the holds on the set's own group. They go along when it moves: what is held tonight
// stays held.
func (k *Keeper) holdTags(ctx context.Context, have Set) (map[string]string, error) {
	if !have.owned() {
		return nil, nil
	}
	group, err := k.findGroup(ctx, have.Group())
	if err != nil || group == nil {
		return nil, err
	}
	tags, err := k.tags(ctx, have.Group(), aws.ToString(group.Arn))
	maps.DeleteFunc(tags, func(key, _ string) bool { return !strings.HasPrefix(key, hold.TagKey) })
	return tags, err
}

func movingError(have, want Set, err error, state string) error {
	return fmt.Errorf("moving the schedules from %s to %s (%s): %w",
		have.place(), want.place(), state, err)
}

// place words where a set's schedules are.
func (s Set) place() string {
	if s.owned() {
		return fmt.Sprintf("group %q", s.Group())
	}
	return fmt.Sprintf("group %q, names %s-…", s.Group(), s.Name)
}

// leave empties the old place of a set that has moved, and tells which keys are gone from there.
func (k *Keeper) leave(ctx context.Context, have, want Set) (removed []string, err error) {
	used := map[string]bool{}
	if have.Group() == want.Group() {
		for key := range want.Events {
			used[want.scheduleName(key)] = true
		}
	}
	keys := slices.DeleteFunc(have.keys(), func(key string) bool {
		return used[have.scheduleName(key)]
	})
	old := have
	if have.RunnerRoleName == "" {
		old.RunnerRoleName = want.RunnerRoleName // an import of an emptied group knows of no policy
	}
	if old.RunnerRoleName == want.RunnerRoleName && k.policyName(have) == k.policyName(want) {
		old.RunnerRoleName = "" // the policy is the new set's
	}
	return k.clear(ctx, old, keys, have.owned() && have.Group() != want.Group())
}
