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

// lookForStrays keeps what an earlier update has left, before anything changes.
func (p *pass) lookForStrays(live *Live) {
	if p.have != nil {
		p.strays = strays(live, *p.have, p.want)
	}
	p.announced = live.LogGroup != nil && live.LogGroup.Tags[pushingTag] != ""
}

// strays are the repositories, beside those of the stacks known, that an update that was killed has
// pushed to: the one in the tag, and the one of the image that the function runs.
func strays(live *Live, known ...Stack) []runnerimage.Repository {
	seen := map[string]bool{}
	for _, s := range known {
		seen[ImageRepository(s.ImageURI)] = true
	}
	var urls []string
	if live.LogGroup != nil {
		urls = append(urls, live.LogGroup.Tags[pushingTag])
	}
	if live.Function != nil {
		urls = append(urls, ImageRepository(live.Function.ImageURI))
	}
	var found []runnerimage.Repository
	for _, url := range urls {
		repo, err := runnerimage.ParseRepository(url)
		if err == nil && url != "" && !seen[url] {
			found = append(found, repo)
		}
		seen[url] = true
	}
	return found
}

// removeStrays removes the function's images from repositories that no state has. Who may not look
// there is told in the log: the image may be somebody else's, put into the function by hand.
func (k *Keeper) removeStrays(ctx context.Context, name string, repos []runnerimage.Repository) error {
	for _, repo := range repos {
		err := k.removeOthers(ctx, Stack{Name: name, Repository: &repo}, "")
		if is[*runnerimage.AccessError](err) {
			k.Log(ctx, err.Error())
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
