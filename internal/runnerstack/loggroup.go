package runnerstack

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// logGroupWait bounds the wait until a new log group is listed, which is where its ARN comes from.
const logGroupWait = 10 * time.Second

// findLogGroup returns the log group of that very name, or nil.
func (k *Keeper) findLogGroup(ctx context.Context, name string) (*LogGroup, error) {
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(k.Logs,
		&cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(name)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading log group %q: %w", name, err)
		}
		for _, group := range page.LogGroups {
			if aws.ToString(group.LogGroupName) != name {
				continue
			}
			// Arn ends in ":*" for policies; the tag calls take it without.
			arn := strings.TrimSuffix(aws.ToString(group.Arn), ":*")
			tags, err := k.Logs.ListTagsForResource(ctx,
				&cloudwatchlogs.ListTagsForResourceInput{ResourceArn: aws.String(arn)})
			if isNotFound(err) {
				return nil, nil
			}
			if err != nil {
				return nil, fmt.Errorf("reading the tags of log group %q: %w", name, err)
			}
			return &LogGroup{
				ARN: arn, RetentionDays: aws.ToInt32(group.RetentionInDays), Tags: tags.Tags,
			}, nil
		}
	}
	return nil, nil
}

// ensureLogGroup makes the log group or turns live into what is wanted.
func (p *pass) ensureLogGroup(ctx context.Context, live *LogGroup) (*LogGroup, error) {
	name := LogGroupName(p.want.Name)
	var err error
	if live == nil {
		live, err = p.createLogGroup(ctx, name)
	} else {
		err = p.tagLogGroup(ctx, live, p.tagsFor(live.Tags))
	}
	if err != nil {
		return nil, err
	}
	p.releaseLater(logGroupPiece, live.Tags, func(ctx context.Context) error {
		_, err := p.Logs.UntagResource(ctx, &cloudwatchlogs.UntagResourceInput{
			ResourceArn: aws.String(live.ARN), TagKeys: []string{creatingTag},
		})
		return err
	})
	if live.RetentionDays != p.want.LogRetention {
		_, err := p.Logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{
			LogGroupName: aws.String(name), RetentionInDays: aws.Int32(p.want.LogRetention),
		})
		if err != nil {
			return nil, fmt.Errorf("setting the retention of log group %q: %w", name, err)
		}
	}
	return live, nil
}

func (p *pass) createLogGroup(ctx context.Context, name string) (*LogGroup, error) {
	_, err := p.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{
		LogGroupName: aws.String(name), Tags: marked(p.want.Tags, p.token),
	})
	if err != nil && !isConflict(err) {
		return nil, fmt.Errorf("creating log group %q: %w", name, err)
	}
	var live *LogGroup
	err = p.poll(ctx, time.Second, logGroupWait, func() (bool, error) {
		live, err = p.findLogGroup(ctx, name)
		return live != nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("waiting for log group %q: %w", name, err)
	}
	return live, p.made("log group", name, live.Tags)
}

func (p *pass) tagLogGroup(ctx context.Context, live *LogGroup, want map[string]string) error {
	set, remove := tagChanges(live.Tags, want)
	if len(set) > 0 {
		_, err := p.Logs.TagResource(ctx, &cloudwatchlogs.TagResourceInput{
			ResourceArn: aws.String(live.ARN), Tags: set,
		})
		if err != nil {
			return fmt.Errorf("tagging log group %q: %w", live.ARN, err)
		}
	}
	if len(remove) > 0 {
		_, err := p.Logs.UntagResource(ctx, &cloudwatchlogs.UntagResourceInput{
			ResourceArn: aws.String(live.ARN), TagKeys: remove,
		})
		if err != nil {
			return fmt.Errorf("removing tags of log group %q: %w", live.ARN, err)
		}
	}
	live.Tags = want
	return nil
}

func (k *Keeper) deleteLogGroup(ctx context.Context, name string) error {
	_, err := k.Logs.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{
		LogGroupName: aws.String(name),
	})
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("deleting log group %q: %w", name, err)
	}
	return nil
}
