package runnerstack

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// Pieces of a stack in the words that tell them apart; a role's is its name.
const (
	functionPiece = "the function"
	logGroupPiece = "the log group"
)

// pass is one writing of a stack, the same for a creation, an update and a repair: each piece is
// made or turned into what is wanted.
type pass struct {
	*Keeper
	want Stack
	// have is what the state says; nil in a creation.
	have  *Stack
	place Place
	// token is the value of the creating tag on what this pass makes.
	token string
	// releases take the creating tag away, in the order of making; unmarked holds the pieces where
	// that was tried.
	releases []release
	unmarked map[string]bool
	// pushing tells that this pass puts the image's tag into the repository, which had none before.
	pushing bool
	// stray is a repository that no state has, with images of ours; announced tells that the tag is there
	// that names one.
	stray     *runnerimage.Repository
	announced bool
}

type release struct {
	piece string
	untag func(context.Context) error
}

func (k *Keeper) newPass(want Stack, have *Stack) *pass {
	return &pass{Keeper: k, want: want, have: have, token: k.Token(), unmarked: map[string]bool{}}
}

// run writes the stack: the image first, where most can go wrong; log group before function, or Lambda
// would make one without retention; roles before what uses them, and out of use before they go.
func (p *pass) run(ctx context.Context, live *Live) (Outcome, error) {
	p.lookForStray(live)
	if err := p.ensureImage(ctx, live); err != nil {
		return Outcome{}, err
	}
	group, err := p.ensureLogGroup(ctx, live.LogGroup)
	if err != nil {
		return Outcome{}, err
	}
	if p.place, err = PlaceOf(group.ARN, p.Region); err != nil {
		return Outcome{}, err
	}
	if err := p.settleOwnership(); err != nil {
		return Outcome{}, err
	}
	if p.want.ExecutionRoleARN == "" {
		if err := p.ensureRole(ctx, live.ExecutionRole, p.executionRole(p.allRepositories())); err != nil {
			return Outcome{}, err
		}
	}
	if p.want.SchedulerRoleARN == "" {
		if err := p.ensureRole(ctx, live.SchedulerRole, p.schedulerRoleWant()); err != nil {
			return Outcome{}, err
		}
	}
	if err := p.ensureFunction(ctx, live); err != nil {
		return Outcome{}, err
	}
	if err := p.ensureAsync(ctx, live.Async); err != nil {
		return Outcome{}, err
	}
	if err := p.dropPull(ctx); err != nil {
		return Outcome{}, err
	}
	if err := p.dropRoles(ctx, live); err != nil {
		return Outcome{}, err
	}
	if err := p.dropImages(ctx); err != nil {
		return Outcome{}, err
	}
	outcome, err := p.outcome(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return outcome, p.forgetPush(ctx, group)
}

// outcome ends the pass and names what the stack consists of.
func (p *pass) outcome(ctx context.Context) (Outcome, error) {
	outcome := p.want.outcome(p.place)
	outcome.Warnings = p.warnings(ctx)
	if p.want.CodeDigest == "" {
		function, err := p.findFunction(ctx, p.want.Name)
		if err != nil {
			return Outcome{}, err
		}
		if function != nil {
			outcome.CodeDigest = function.CodeDigest
		}
	}
	return outcome, p.finish(ctx)
}

// settleOwnership decides which roles are ours, now that their ARNs are known.
func (p *pass) settleOwnership() error {
	own := p.want.own(p.place)
	if p.have != nil {
		have := p.have.own(p.place)
		p.want, p.have = own, &have
		return nil
	}
	for _, role := range [][2]string{
		{p.want.ExecutionRoleARN, own.ExecutionRoleARN},
		{p.want.SchedulerRoleARN, own.SchedulerRoleARN},
	} {
		if role[0] != role[1] {
			return fmt.Errorf("role %q has the name that savings_runner gives its own role and "+
				"would be deleted with it: give a role of another name, or none", role[0])
		}
	}
	return nil
}

// dropRoles deletes roles of ours that the stack no longer wants.
func (p *pass) dropRoles(ctx context.Context, live *Live) error {
	had := p.have
	if had == nil {
		had = &p.want // a creation had none; what a killed one left is marked
	}
	if p.want.ExecutionRoleARN != "" && had.ours(live.ExecutionRole, had.ExecutionRoleARN) {
		if err := p.deleteRole(ctx, live.ExecutionRole.Name); err != nil {
			return err
		}
	}
	if p.want.SchedulerRoleARN != "" && had.ours(live.SchedulerRole, had.SchedulerRoleARN) {
		return p.deleteRole(ctx, live.SchedulerRole.Name)
	}
	return nil
}

// ours tells whether a role of our name is ours to delete: it carries the mark of an unfinished write,
// or the state has no other in its place and it was made here.
func (s Stack) ours(role *Role, given string) bool {
	return role != nil && (isMarked(role.Tags) || given == "" && s.madeRole(role))
}

// madeRole tells a role of the stack from a stranger's of the same name: it is under the stack's path, or
// has our policy where somebody made it again under another one.
func (s Stack) madeRole(role *Role) bool {
	return isMarked(role.Tags) || role.Policy != "" || RolePath(role.ARN) == cmp.Or(s.Path, "/")
}

func isMarked(tags map[string]string) bool {
	_, ok := tags[creatingTag]
	return ok
}

// tagsFor returns the tags for a piece that exists. A creation writes its own mark over the one it
// found; an update keeps a mark until it is through.
func (p *pass) tagsFor(live map[string]string) map[string]string {
	if p.have == nil {
		return marked(p.want.Tags, p.token)
	}
	return marked(p.want.Tags, live[creatingTag])
}

// made tells a conflict with a stranger from the conflict of a repeated request, whose first answer
// was lost, with itself.
func (p *pass) made(kind, name string, tags map[string]string) error {
	if tags[creatingTag] == p.token {
		return nil
	}
	return &ExistsError{Kind: kind, Name: name, Stack: p.want.Name}
}

func (p *pass) releaseLater(piece string, tags map[string]string,
	untag func(context.Context) error) {
	if isMarked(tags) {
		p.releases = append(p.releases, release{piece, untag})
	}
}

// finish takes the creating tags away, the function's last: as long as it has one, a creation that
// was killed in here is found again as a whole.
func (p *pass) finish(ctx context.Context) error {
	if p.have == nil {
		function, err := p.findFunction(ctx, p.want.Name)
		if err != nil {
			return err
		}
		if function == nil {
			return fmt.Errorf("function %q was deleted outside while it was made", p.want.Name)
		}
		if function.Tags[creatingTag] != p.token {
			return &TakenOverError{p.want.Name}
		}
	}
	for _, r := range p.releases {
		p.unmarked[r.piece] = true
		if err := r.untag(ctx); err != nil {
			return fmt.Errorf("removing the tag %s of %s of %q: %w", creatingTag, r.piece,
				p.want.Name, err)
		}
	}
	return nil
}
