package runnerstack

import (
	"context"
	"errors"
)

// Create makes the whole stack or nothing. What a killed creation left is taken over; a thing of a
// wanted name that is not marked so is an *ExistsError. An error that is no *LeftoverError leaves
// nothing behind.
func (k *Keeper) Create(ctx context.Context, want Stack) (Outcome, error) {
	live, err := k.Read(ctx, want)
	if err != nil {
		return Outcome{}, err
	}
	if err := claimAll(live, want); err != nil {
		return Outcome{}, err
	}
	p := k.newPass(want, nil)
	outcome, err := p.run(ctx, live)
	if err != nil {
		return Outcome{}, p.takeBack(ctx, err)
	}
	return outcome, nil
}

// claimAll returns an *ExistsError unless everything that exists was left by a killed creation.
func claimAll(live *Live, want Stack) error {
	if f := live.Function; f != nil {
		if isMarked(f.Tags) {
			return nil // killed while it took the marks away: all pieces are its own
		}
		return &ExistsError{Kind: "function", Name: want.Name, Stack: want.Name}
	}
	if group := live.LogGroup; group != nil && !isMarked(group.Tags) {
		return &ExistsError{Kind: "log group", Name: LogGroupName(want.Name), Stack: want.Name}
	}
	if err := claimRole(live.ExecutionRole, want.ExecutionRoleARN, want.Name); err != nil {
		return err
	}
	return claimRole(live.SchedulerRole, want.SchedulerRoleARN, want.Name)
}

func claimRole(role *Role, given, stack string) error {
	if role == nil || given != "" || isMarked(role.Tags) {
		return nil
	}
	return &ExistsError{Kind: "role", Name: role.Name, Stack: stack}
}

// takeBack deletes what a failed creation made, also after its context has ended.
func (p *pass) takeBack(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackWait)
	defer cancel()
	live, err := p.Read(ctx, Stack{Name: p.want.Name})
	if err != nil {
		return &LeftoverError{Cause: cause, Removal: err,
			Left: []string{"whatever was made for " + p.want.Name}}
	}
	mine, takenOver := p.mine(live)
	if takenOver {
		if !is[*TakenOverError](cause) {
			cause = errors.Join(cause, &TakenOverError{p.want.Name})
		}
		return cause
	}
	if p.pushing {
		mine = append(mine, removal{p.want.ImageURI, func(ctx context.Context, _ string) error {
			return p.Registry.Remove(ctx, *p.want.Repository, p.want.imageTag(), p.want.imageDigest())
		}})
	}
	var failed []error
	var left []string
	for _, piece := range mine {
		if err := piece.remove(ctx, piece.name); err != nil {
			failed, left = append(failed, err), append(left, piece.name)
		}
	}
	if len(failed) > 0 {
		return &LeftoverError{Cause: cause, Removal: errors.Join(failed...), Left: left}
	}
	return cause
}

// removal deletes one piece by its name.
type removal struct {
	name   string
	remove func(context.Context, string) error
}

// mine lists what this creation may take back, the function first: what bears its mark, and that
// whose mark it took away itself. takenOver tells that the function or a mark is another's: then
// the other one may count on every part, or have completed already.
func (p *pass) mine(live *Live) (mine []removal, takenOver bool) {
	add := func(piece, name string, tags map[string]string,
		remove func(context.Context, string) error) {
		switch {
		case tags[creatingTag] == p.token, !isMarked(tags) && p.unmarked[piece]:
			mine = append(mine, removal{name, remove})
		case isMarked(tags), piece == functionPiece:
			takenOver = true
		}
	}
	if f := live.Function; f != nil {
		add(functionPiece, p.want.Name, f.Tags, p.deleteFunction)
	}
	for _, role := range []*Role{live.SchedulerRole, live.ExecutionRole} {
		if role != nil {
			add(role.Name, role.Name, role.Tags, p.deleteRole)
		}
	}
	if group := live.LogGroup; group != nil {
		add(logGroupPiece, LogGroupName(p.want.Name), group.Tags, p.deleteLogGroup)
	}
	return mine, takenOver
}

// Update turns have into want in place, and mends what was changed outside. It writes only what
// differs from what exists, so doing it again after an error does the rest; of the Outcome Pushed alone
// counts then.
func (k *Keeper) Update(ctx context.Context, have, want Stack) (Outcome, error) {
	live, err := k.Read(ctx, want)
	if err != nil {
		return Outcome{}, err
	}
	if place, ok := live.Place(k.Region); ok {
		have, want = have.own(place), want.own(place)
	}
	if have.ExecutionRoleARN != "" {
		err := claimRole(live.ExecutionRole, want.ExecutionRoleARN, want.Name)
		if err != nil {
			return Outcome{}, err
		}
	}
	if have.SchedulerRoleARN != "" {
		err := claimRole(live.SchedulerRole, want.SchedulerRoleARN, want.Name)
		if err != nil {
			return Outcome{}, err
		}
	}
	p := k.newPass(want, &have)
	outcome, err := p.run(ctx, live)
	if err != nil {
		return Outcome{Pushed: p.pushStays(ctx)}, err
	}
	return outcome, nil
}

// Delete removes the stack. It deletes nothing while a role of ours has policies of others; what is
// gone already is no error, so doing it again after an error does the rest. It returns the names of
// the policies that schedules have on the roles, which go with them.
func (k *Keeper) Delete(ctx context.Context, have Stack) (schedules []string, err error) {
	live, err := k.Read(ctx, Stack{Name: have.Name})
	if err != nil {
		return nil, err
	}
	place, ok := live.Place(k.Region)
	if !ok {
		return nil, k.deleteImages(ctx, live, have)
	}
	have = have.own(place)
	var roles []string
	if have.ours(live.SchedulerRole, have.SchedulerRoleARN) {
		roles = append(roles, live.SchedulerRole.Name)
	}
	if have.ours(live.ExecutionRole, have.ExecutionRoleARN) {
		roles = append(roles, live.ExecutionRole.Name)
	}
	for _, role := range roles {
		policies, err := k.rolePolicies(ctx, role)
		if err != nil {
			return nil, err
		}
		for _, policy := range policies {
			if policy != policyName {
				schedules = append(schedules, policy)
			}
		}
	}
	return schedules, k.deleteAll(ctx, live, have, roles)
}

// deleteAll deletes the image while parts are left by which a state knows that it is not through.
func (k *Keeper) deleteAll(ctx context.Context, live *Live, have Stack, roles []string) error {
	if live.Function != nil {
		if err := k.deleteFunction(ctx, have.Name); err != nil {
			return err
		}
	}
	if err := k.deleteImages(ctx, live, have); err != nil {
		return err
	}
	for _, role := range roles {
		if err := k.deleteRole(ctx, role); err != nil {
			return err
		}
	}
	if live.LogGroup != nil {
		return k.deleteLogGroup(ctx, LogGroupName(have.Name))
	}
	return nil
}
