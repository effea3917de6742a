package scheduleset

import (
	"context"
	"slices"
	"sync"
)

// placing is one all-or-nothing write of a set where it was not before: a create, or the first
// half of a move.
type placing struct {
	k    *Keeper
	want Set
	// old are schedules of a set that moves within a shared group, by name: they are written over
	// without question, and undo leaves them.
	old map[string]Schedule
	// claim is nil in a shared group.
	claim     *claim
	putPolicy bool
	// found are the schedules, by key, that were there before and are neither old nor to be made.
	found map[string]Schedule

	mu   sync.Mutex
	arns map[string]string
	// made are the keys of new schedules; doubtful those where AWS's answer did not arrive.
	made, doubtful map[string]bool
}

func (k *Keeper) place(want Set) *placing {
	return &placing{
		k: k, want: want,
		arns: map[string]string{}, made: map[string]bool{}, doubtful: map[string]bool{},
	}
}

// fill writes policy and schedules: starts first, so that what stops can start again.
func (p *placing) fill(ctx context.Context) error {
	if err := p.prepare(ctx); err != nil {
		return err
	}
	if p.want.hasPolicy() {
		p.putPolicy = true
		if err := p.k.putPolicy(ctx, p.want, p.want.PolicyJSON); err != nil {
			return err
		}
	}
	starts, others := p.want.split(p.want.keys())
	for _, keys := range [][]string{starts, others} {
		if err := p.k.each(ctx, keys, p.write); err != nil {
			return err
		}
	}
	if p.claim == nil || !p.claim.adopted {
		return nil
	}
	return p.removeStrangers(ctx)
}

// prepare takes hold of the place and looks at what is there.
func (p *placing) prepare(ctx context.Context) (err error) {
	if !p.want.owned() {
		return p.findEqual(ctx)
	}
	p.claim, err = p.k.claimGroup(ctx, p.want.Group(), p.want.Tags)
	if err != nil || !p.claim.adopted {
		return err
	}
	names, err := p.k.list(ctx, p.want.Group())
	if err != nil {
		return err
	}
	p.found, err = p.k.getAll(ctx, p.want, names)
	return err
}

// findEqual looks in a shared group for schedules of our names. Those equal to what we would write
// are taken for ours; any other ends the write before it began.
func (p *placing) findEqual(ctx context.Context) (err error) {
	keys := slices.DeleteFunc(p.want.keys(), func(key string) bool {
		_, old := p.old[p.want.scheduleName(key)]
		return old
	})
	p.found, err = p.k.getAll(ctx, p.want, keys)
	var others []string
	for key, got := range p.found {
		if p.k.differ(p.want.Schedule(key), got) {
			others = append(others, got.Name)
		}
	}
	if len(others) > 0 {
		slices.Sort(others)
		return &ScheduleExistsError{Group: p.want.Group(), Names: others}
	}
	return err
}

// write brings one schedule to what is wanted.
func (p *placing) write(ctx, stop context.Context, key string) error {
	want := p.want.Schedule(key)
	got, exists := p.found[key]
	if old, ok := p.old[want.Name]; ok {
		got, exists = old, true
	}
	var arn string
	var made bool
	var err error
	doing := "creating"
	switch {
	case exists && got.ARN != "" && !p.k.differ(want, got):
		arn = got.ARN
	case exists:
		doing = "updating"
		arn, made, err = p.k.update(ctx, stop, want)
	default:
		arn, made, err = p.k.create(ctx, stop, want, p.claim != nil)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.arns[key], p.made[key] = arn, made
	case !exists && !isRefusal(err):
		p.doubtful[key] = true
	}
	return p.want.eventError(doing, key, err)
}

// removeStrangers deletes what a killed create left and this one does not want.
func (p *placing) removeStrangers(ctx context.Context) error {
	var strangers []string
	for key := range p.found {
		if _, wanted := p.want.Events[key]; !wanted {
			strangers = append(strangers, key)
		}
	}
	if len(strangers) == 0 {
		return nil
	}
	if err := p.k.confirm(ctx, p.claim); err != nil {
		return err
	}
	slices.Sort(strangers)
	return p.k.each(ctx, strangers, func(ctx, _ context.Context, key string) error {
		return p.want.eventError("deleting", key, p.k.remove(ctx, p.want.Group(), key))
	})
}

// complete ends the write of a group of our own; in a shared group there is nothing to end.
func (p *placing) complete(ctx context.Context) error {
	if p.claim == nil {
		return nil
	}
	return p.k.complete(ctx, p.claim)
}
