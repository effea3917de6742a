package runnerstack

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// pushingTag names, on the log group, the repository that an update pushes to and that the state does
// not have yet. An update that is killed leaves it, so that whoever writes or deletes the stack next
// finds the images there.
const pushingTag = "savings:pushing-to"

// maxTagValue is CloudWatch Logs' limit (API Reference, TagResource), in characters.
const maxTagValue = 256

// announcePush writes the tag before an update pushes to another repository than the state's. The
// function is no place for it: it may go and come again.
func (p *pass) announcePush(ctx context.Context, live *Live) error {
	url := p.want.Repository.URL
	switch {
	case p.have == nil, p.have.pushed() && p.have.Repository.URL == url:
		return nil
	case live.LogGroup == nil, live.LogGroup.Tags[pushingTag] == url, len(url) > maxTagValue:
		return nil
	}
	_, err := p.Logs.TagResource(ctx, &cloudwatchlogs.TagResourceInput{
		ResourceArn: aws.String(live.LogGroup.ARN), Tags: map[string]string{pushingTag: url},
	})
	if err != nil {
		return fmt.Errorf("tagging log group %q: %w", live.LogGroup.ARN, err)
	}
	p.announced = true
	return nil
}

// forgetPush takes the tag away, when all is written.
func (p *pass) forgetPush(ctx context.Context, group *LogGroup) error {
	if !p.announced {
		return nil
	}
	_, err := p.Logs.UntagResource(ctx, &cloudwatchlogs.UntagResourceInput{
		ResourceArn: aws.String(group.ARN), TagKeys: []string{pushingTag},
	})
	if err != nil {
		return fmt.Errorf("removing the tag %s of log group %q: %w", pushingTag, group.ARN, err)
	}
	return nil
}

// lookForStray keeps what an earlier update has left, before anything changes.
func (p *pass) lookForStray(live *Live) {
	if p.have != nil {
		p.stray = stray(live, *p.have, p.want)
	}
	p.announced = live.LogGroup != nil && live.LogGroup.Tags[pushingTag] != ""
}

// stray is the repository that an update that was killed has pushed to; nil for none, and for one that a
// stack of those known has.
func stray(live *Live, known ...Stack) *runnerimage.Repository {
	if live.LogGroup == nil || live.LogGroup.Tags[pushingTag] == "" {
		return nil
	}
	repo, err := runnerimage.ParseRepository(live.LogGroup.Tags[pushingTag])
	if err != nil {
		return nil // not our tag
	}
	for _, s := range known {
		if s.pushed() && s.Repository.URL == repo.URL {
			return nil
		}
	}
	return &repo
}

// removeStray removes the function's images from a repository that no state has.
func (k *Keeper) removeStray(ctx context.Context, name string, repo *runnerimage.Repository) error {
	if repo == nil {
		return nil
	}
	return k.removeOthers(ctx, Stack{Name: name, Repository: repo}, "")
}
