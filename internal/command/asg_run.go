package command

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// groupPage is the most groups that one DescribeAutoScalingGroups names and shows (Amazon EC2 Auto
// Scaling API Reference).
const groupPage = 100

// asgRun is one run on Auto Scaling groups.
type asgRun struct {
	*session
	api     autoscalingAPI
	region  string
	targets []*asgTarget
}

func (r *asgRun) run(ctx context.Context) []Result {
	if cfg, err := r.configFor(r.call.flags.region); err != nil {
		for _, item := range r.call.items {
			t := r.target(item, scalingGroup{name: item.ID})
			t.result = t.result.fail(err, asgDescribe)
		}
	} else {
		r.api, r.region = r.clients.asg(cfg), cfg.Region
		r.selectAll(ctx)
	}
	var wg sync.WaitGroup
	for _, t := range r.targets {
		wg.Go(func() {
			if t.result.Outcome == "" {
				t.settle(ctx)
			}
			r.log(ctx, t.result)
		})
	}
	wg.Wait()
	results := make([]Result, len(r.targets))
	for i, t := range r.targets {
		results[i] = t.result
	}
	return results
}

func (r *asgRun) target(item Item, g scalingGroup) *asgTarget {
	t := &asgTarget{run: r, item: item, scalingGroup: g, result: r.result(item, g.name)}
	if g.tags != nil {
		t.result.From, t.result.To = g.size.String(), g.size.String()
	}
	r.targets = append(r.targets, t)
	return t
}

// selectAll finds the groups of every item, in the items' order.
func (r *asgRun) selectAll(ctx context.Context) {
	byName, err := r.describeNames(ctx)
	for _, item := range r.call.items {
		switch group, found := byName[item.ID]; {
		case item.Tags != nil:
			r.selectByTags(ctx, item)
		case err != nil:
			t := r.target(item, scalingGroup{name: item.ID})
			t.result = t.result.fail(err, asgDescribe)
		case !found:
			r.target(item, scalingGroup{name: item.ID}).end(NotFound,
				"no such Auto Scaling group in "+r.region+": check name and region")
		default:
			r.target(item, group)
		}
	}
	r.skipDoubles()
}

// describeNames returns the groups that the call's items name.
func (r *asgRun) describeNames(ctx context.Context) (map[string]scalingGroup, error) {
	var names []string
	for _, item := range r.call.items {
		if item.Tags == nil {
			names = append(names, item.ID)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	found := map[string]scalingGroup{}
	for part := range slices.Chunk(names, groupPage) {
		groups, err := r.describe(ctx, &autoscaling.DescribeAutoScalingGroupsInput{
			AutoScalingGroupNames: part,
		})
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			found[g.name] = g
		}
	}
	return found, nil
}

func (r *asgRun) selectByTags(ctx context.Context, item Item) {
	in := &autoscaling.DescribeAutoScalingGroupsInput{}
	for _, t := range item.Tags {
		in.Filters = append(in.Filters, types.Filter{
			Name: aws.String("tag:" + t.Key), Values: []string{t.Value},
		})
	}
	groups, err := r.describe(ctx, in)
	if err != nil {
		t := r.target(item, scalingGroup{})
		t.result = t.result.fail(err, asgDescribe)
		return
	}
	groups = slices.DeleteFunc(groups, func(g scalingGroup) bool { return g.deleting != "" })
	for _, g := range groups {
		t := r.target(item, g)
		if kept(g.tags, r.Clock.Now()) {
			t.end(Skipped, "kept by its tag "+keepTag)
		}
	}
	if len(groups) == 0 {
		r.target(item, scalingGroup{}).end(Skipped, "matched nothing")
	}
}

// skipDoubles leaves each group to one item: a name before tags, the first before others.
func (r *asgRun) skipDoubles() {
	owner := map[string]*asgTarget{}
	for _, byTags := range []bool{false, true} {
		for _, t := range r.targets {
			if (t.item.Tags != nil) != byTags || t.name == "" {
				continue
			}
			if first := owner[t.name]; first != nil {
				t.end(Skipped, "the same as item "+first.item.Text)
				continue
			}
			owner[t.name] = t
		}
	}
}

// describe returns all groups that a request asks for, page by page.
func (r *asgRun) describe(
	ctx context.Context, in *autoscaling.DescribeAutoScalingGroupsInput,
) ([]scalingGroup, error) {
	in.MaxRecords = aws.Int32(groupPage)
	var groups []scalingGroup
	for {
		var out *autoscaling.DescribeAutoScalingGroupsOutput
		err := r.limited(ctx, func() (err error) {
			out, err = r.api.DescribeAutoScalingGroups(ctx, in)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, g := range out.AutoScalingGroups {
			groups = append(groups, fromGroup(g))
		}
		if aws.ToString(out.NextToken) == "" {
			return groups, nil
		}
		in.NextToken = out.NextToken
	}
}
