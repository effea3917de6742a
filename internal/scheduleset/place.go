package scheduleset

import (
	"context"
	"maps"
	"slices"
	"sync"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// placing is one all-or-nothing write of a set where it was not before: a create, or the first
// half of a move.
type placing struct {
	k    *Keeper
	want Set
	// old are the schedules, by name, of a set that moves within its group. What has one of these
	// names is written over without question, and undo writes it back.
	old map[string]Schedule
	// holds are tags that a set which moves takes along.
	holds map[string]string
	// from is the set that moves, where its policy stands on the same role under another name.
	from *Set
	// handed tells that from's policy may lack what was handed over.
	handed bool
	// claim is nil in a shared group.
	claim *claim
	// begun tells that the place was taken and that writing has begun.
	begun bool
	// found are other schedules, by key, that were there before.
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
	p.begun = true
	if err := p.grant(ctx); err != nil {
		return err
	}
	// What is written over comes last, so that its event is somewhere else by then.
	fresh, over := p.partition(p.want.keys())
	for _, keys := range [][]string{fresh, over} {
		starts, others := p.want.split(keys)
		if err := p.k.each(ctx, starts, p.write); err != nil {
			return err
		}
		if err := p.k.each(ctx, others, p.write); err != nil {
			return err
		}
	}
	if p.claim == nil || !p.claim.adopted {
		return nil
	}
	return p.tidy(ctx)
}

// grant puts the policy of the new place beside that of the old one.
func (p *placing) grant(ctx context.Context) error {
	if !p.want.hasPolicy() {
		return nil
	}
	err := p.k.putPolicy(ctx, p.want, p.want.PolicyJSON)
	if p.from == nil || !is[*iamtypes.LimitExceededException](err) {
		return err
	}
	p.handed = true
	return p.k.handOver(ctx, *p.from, p.want)
}

// prepare takes hold of the place and looks at what is there.
func (p *placing) prepare(ctx context.Context) (err error) {
	if !p.want.owned() {
		return p.findEqual(ctx)
	}
	tags := maps.Clone(p.holds)
	if tags == nil {
		tags = map[string]string{}
	}
	maps.Copy(tags, p.want.Tags)
	p.claim, err = p.k.claimGroup(ctx, p.want.Group(), tags)
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

// partition tells the keys whose schedules have names of their own from those whose names are now
// other events' of the same set.
func (p *placing) partition(keys []string) (fresh, over []string) {
	for _, key := range keys {
		if _, old := p.old[p.want.scheduleName(key)]; old {
			over = append(over, key)
		} else {
			fresh = append(fresh, key)
		}
	}
	return fresh, over
}

// findEqual looks in a shared group for schedules of our names. Those equal to what we would write
// are taken for ours; any other ends the write before it began.
func (p *placing) findEqual(ctx context.Context) (err error) {
	fresh, _ := p.partition(p.want.keys())
	p.found, err = p.k.getAll(ctx, p.want, fresh)
	var others []string
	for key, got := range p.found {
		if p.k.foreign(p.want.Schedule(key), got) {
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
	old, over := p.old[want.Name]
	if over {
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
		p.arns[key], p.made[key] = arn, made && !over
	case !exists && !isRefusal(err):
		p.doubtful[key] = true
	}
	return p.want.eventError(doing, key, err)
}

// tidy removes what a killed create left and this one does not want: schedules and tags.
func (p *placing) tidy(ctx context.Context) error {
	if err := p.k.confirm(ctx, p.claim); err != nil {
		return err
	}
	strangers := slices.DeleteFunc(slices.Sorted(maps.Keys(p.found)), func(key string) bool {
		_, wanted := p.want.Events[key]
		return wanted
	})
	if _, err := p.k.removeInOrder(ctx, p.want, strangers); err != nil {
		return err
	}
	tags, err := p.k.tags(ctx, p.claim.group, p.claim.arn)
	if err != nil {
		return err
	}
	return p.k.syncTags(ctx, p.claim.group, p.claim.arn, tags, p.want.Tags)
}

// complete ends the write of a group of our own; in a shared group there is nothing to end.
func (p *placing) complete(ctx context.Context) error {
	if p.claim == nil {
		return nil
	}
	return p.k.complete(ctx, p.claim)
}
