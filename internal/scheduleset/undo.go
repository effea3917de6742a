package scheduleset

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"
)

// cleanUpTime bounds undo, which must do its work also after the context of the write has ended.
const cleanUpTime = time.Minute

// undo removes what fill made and returns the error to report. In a group of our own that is all
// that is in it, since answers may have been lost; but only while the group is ours to work in.
func (p *placing) undo(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTime)
	defer cancel()
	if is[*TakenOverError](cause) || !p.begun && p.claim == nil {
		return cause // nothing may be removed, or nothing was made
	}
	if p.want.owned() {
		return p.undoGroup(ctx, cause)
	}
	return p.undoShared(ctx, cause)
}

func (p *placing) undoGroup(ctx context.Context, cause error) error {
	failed := &CreateError{Err: cause}
	held, err := p.k.holds(ctx, p.claim)
	switch {
	case err != nil:
		failed.CleanUp = err
		failed.Live = append(p.liveSchedules(maps.Keys(p.arns)), p.liveGroup())
		return failed
	case !held && p.claim.arn == "":
		return failed // the group was never made
	case !held:
		return fmt.Errorf("%w; %w", cause, &TakenOverError{Group: p.claim.group})
	}
	group := p.want.Group()
	names, listErr := p.k.list(ctx, group)
	undeleted, deleteErr := p.removeAll(ctx, names)
	policyErr := p.undoPolicy(ctx, failed)
	groupErr := p.k.deleteGroup(ctx, group, false)
	if groupErr != nil {
		failed.Live = append(append(p.liveSchedules(slices.Values(undeleted)), failed.Live...),
			p.liveGroup())
	} else {
		listErr, deleteErr = nil, nil // AWS deletes what is in the group with it
	}
	failed.CleanUp = errors.Join(listErr, deleteErr, policyErr, groupErr)
	return failed
}

// undoShared removes from a shared group what this write made, and nothing that was there before.
func (p *placing) undoShared(ctx context.Context, cause error) error {
	failed := &CreateError{Err: cause}
	fresh, over := p.partition(slices.Sorted(maps.Keys(p.arns)))
	restoreErr := p.k.tryEach(ctx, over, p.restore)
	made, checkErr := p.madeKeys(ctx)
	undeleted, deleteErr := p.removeAll(ctx, made)
	failed.Live = p.liveSchedules(slices.Values(undeleted))
	policyErr := p.undoPolicy(ctx, failed)
	failed.CleanUp = errors.Join(checkErr, restoreErr, deleteErr, policyErr)
	for _, key := range fresh {
		if !p.made[key] {
			failed.Found = append(failed.Found, p.liveSchedule(key))
		}
	}
	return failed
}

// restore writes back the old schedule that has the name of the key's new one.
func (p *placing) restore(ctx, stop context.Context, key string) error {
	_, _, err := p.k.update(ctx, stop, p.old[p.want.scheduleName(key)])
	return p.want.eventError("restoring the former contents of", key, err)
}

// madeKeys are the keys of what this write made, or probably made: where AWS's answer is missing,
// a schedule that is there now, was not there before and is as we wrote it.
func (p *placing) madeKeys(ctx context.Context) ([]string, error) {
	keys := slices.DeleteFunc(slices.Collect(maps.Keys(p.arns)),
		func(key string) bool { return !p.made[key] })
	there, err := p.k.getAll(ctx, p.want, slices.Collect(maps.Keys(p.doubtful)))
	for key, got := range there {
		if !p.k.differ(p.want.Schedule(key), got) {
			keys = append(keys, key)
		}
	}
	return keys, err
}

// removeAll deletes schedules, stops first, as many as it can, and returns the keys of the others.
func (p *placing) removeAll(ctx context.Context, keys []string) (undeleted []string, err error) {
	var mu sync.Mutex
	remove := func(ctx, _ context.Context, key string) error {
		err := p.k.remove(ctx, p.want.Group(), p.want.scheduleName(key))
		if err != nil {
			mu.Lock()
			defer mu.Unlock()
			undeleted = append(undeleted, key)
		}
		return p.want.eventError("deleting", key, err)
	}
	starts, others := p.want.split(keys)
	err = errors.Join(p.k.tryEach(ctx, others, remove), p.k.tryEach(ctx, starts, remove))
	slices.Sort(undeleted)
	return undeleted, err
}

// undoPolicy removes the inline policy if this write put it, or took over one that did. What it got
// from the policy of the old place goes back there first.
func (p *placing) undoPolicy(ctx context.Context, failed *CreateError) error {
	if !p.begun && !p.claim.adopted {
		return nil
	}
	var err error
	if p.handed {
		err = p.k.handOver(ctx, p.want, *p.from)
	}
	if err == nil {
		err = p.k.deletePolicy(ctx, p.want)
	}
	if err != nil {
		failed.Live = append(failed.Live, fmt.Sprintf("inline policy %q of role %q",
			p.k.policyName(p.want), p.want.RunnerRoleName))
	}
	return err
}

func (p *placing) liveGroup() string { return fmt.Sprintf("schedule group %q", p.want.Group()) }

func (p *placing) liveSchedule(key string) string {
	return fmt.Sprintf("schedule %q", p.want.Group()+"/"+p.want.scheduleName(key))
}

func (p *placing) liveSchedules(keys iter.Seq[string]) []string {
	var words []string
	for _, key := range slices.Sorted(keys) {
		words = append(words, p.liveSchedule(key))
	}
	return words
}
