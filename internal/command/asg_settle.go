package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// asgTarget is one Auto Scaling group that an item selected.
type asgTarget struct {
	run  *asgRun
	item Item
	scalingGroup

	// acted tells that AWS accepted a new size; refusal is its last refusal that may pass.
	acted   bool
	refusal error
	// result is final as soon as it has an outcome.
	result Result
}

func (t *asgTarget) end(outcome Outcome, detail string) {
	t.result.Outcome, t.result.Detail = outcome, detail
}

// busyCodes say that AWS is at work on the group, which ends by itself (Amazon EC2 Auto Scaling API
// Reference, UpdateAutoScalingGroup and CreateOrUpdateTags).
var busyCodes = []string{"ScalingActivityInProgress", "ResourceContention", "ResourceInUse"}

// settle brings one group where the call wants it.
func (t *asgTarget) settle(ctx context.Context) {
	look := t.run.newPoll()
	for {
		t.step(ctx)
		if t.result.Outcome != "" {
			return
		}
		if err := look.wait(ctx); err != nil {
			t.outOfTime(err, look)
			return
		}
		groups, err := t.run.describe(ctx, &autoscaling.DescribeAutoScalingGroupsInput{
			AutoScalingGroupNames: []string{t.name},
		})
		switch {
		case err != nil:
			t.result = t.result.fail(err, asgDescribe)
			return
		case len(groups) == 0:
			t.end(NotFound, "AWS does not show it any more")
			return
		}
		t.scalingGroup = groups[0]
		t.result.To = t.size.String()
		look.log(ctx, t.name, t.population())
	}
}

// step does what the group's size asks for.
func (t *asgTarget) step(ctx context.Context) {
	stop := t.run.call.verb.Effect == Stop
	switch {
	case t.deleting != "" && stop:
		t.end(Skipped, "it is being deleted")
	case t.deleting != "":
		t.end(Failed, "it is being deleted, and nothing brings it back")
	case stop:
		t.stop(ctx)
	default:
		t.start(ctx)
	}
}

// stop remembers the group's size and sets it to zero. Nothing is set before it is remembered.
func (t *asgTarget) stop(ctx context.Context) {
	switch {
	case t.size == size{}:
		t.arrive(t.instances == 0)
	case t.run.call.flags.dryRun:
		t.end(DryRun, "would remember "+t.toRemember().String()+" and set 0: "+
			"AWS then terminates its instances")
	default:
		memory := t.toRemember().String()
		if t.tags[sizeTag] != memory {
			if err := t.remember(ctx, memory); err != nil {
				t.refused(err, asgTag)
				return
			}
		}
		if !t.resize(ctx, size{}) {
			return
		}
		if _, ok := t.recall(ctx, memory); ok {
			t.arrive(false)
		}
	}
}

// toRemember is what a start shall give back. What an earlier stop remembered stays where only the
// desired capacity has left zero since, as a scaling policy lifts it; more than that stays too.
func (t *asgTarget) toRemember() size {
	remembered, err := parseSize(t.tags[sizeTag])
	if err == nil && t.size.min == 0 {
		return size{remembered.min, max(remembered.desired, t.size.desired)}
	}
	return t.size
}

func (t *asgTarget) remember(ctx context.Context, memory string) error {
	tag := t.tag()
	tag.Value, tag.PropagateAtLaunch = aws.String(memory), aws.Bool(false)
	return t.run.limited(ctx, func() error {
		_, err := t.run.api.CreateOrUpdateTags(ctx,
			&autoscaling.CreateOrUpdateTagsInput{Tags: []types.Tag{tag}})
		return err
	})
}

// recall looks at the group after a run's last write, and returns its size. Where a stop and a start
// that ran at the same time have left it at 0 with nothing remembered, the memory is written again.
func (t *asgTarget) recall(ctx context.Context, memory string) (now size, ok bool) {
	groups, err := t.run.describe(ctx, &autoscaling.DescribeAutoScalingGroupsInput{
		AutoScalingGroupNames: []string{t.name},
	})
	if err != nil {
		t.result = t.result.fail(err, asgDescribe)
		return size{}, false
	}
	if len(groups) == 0 {
		t.end(NotFound, "AWS does not show it any more")
		return size{}, false
	}
	now = groups[0].size
	if _, remembered := groups[0].tags[sizeTag]; now == (size{}) && !remembered {
		if err := t.remember(ctx, memory); err != nil {
			t.result = t.result.fail(err, asgTag)
			t.result.Detail = "its size was " + memory + ", which is not remembered: " + t.result.Detail
			return size{}, false
		}
	}
	return now, true
}

func (t *asgTarget) tag() types.Tag {
	return types.Tag{
		ResourceId: &t.name, ResourceType: aws.String("auto-scaling-group"), Key: aws.String(sizeTag),
	}
}

// start gives the remembered size back, and forgets it then.
func (t *asgTarget) start(ctx context.Context) {
	text, hasTag := t.tags[sizeTag]
	remembered, err := parseSize(text)
	// As toRemember says: a group whose minimum or size is still gone has not been started.
	lifted := err == nil && t.size.min == 0 &&
		(remembered.min > 0 || t.size.desired < remembered.desired)
	dryRun := t.run.call.flags.dryRun
	switch {
	case t.size != size{} && !lifted:
		if !hasTag || dryRun || t.forget(ctx) {
			t.arrive(t.inService >= t.size.desired)
		}
	case !hasTag:
		t.end(Failed, "nothing remembered: it has no tag "+sizeTag+
			", so set its size yourself once")
	case err != nil:
		t.end(Failed, err.Error()+": set the group's size yourself, and remove the tag")
	case dryRun:
		t.end(DryRun, "would set "+remembered.String())
	default:
		if t.resize(ctx, remembered) && t.forget(ctx) {
			t.arrive(false)
		}
	}
}

// stoppedMeanwhile is the detail of a start that a stop at the same time undid.
const stoppedMeanwhile = "a stop at the same time has set it to 0 again"

// forget removes the tag of a group whose size has been given back, and tells whether it is gone.
func (t *asgTarget) forget(ctx context.Context) bool {
	err := t.run.limited(ctx, func() error {
		_, err := t.run.api.DeleteTags(ctx, &autoscaling.DeleteTagsInput{Tags: []types.Tag{t.tag()}})
		return err
	})
	if err != nil {
		t.refused(err, asgUntag)
		return false
	}
	memory := t.tags[sizeTag]
	delete(t.tags, sizeTag)
	if _, err := parseSize(memory); err != nil {
		return true
	}
	now, ok := t.recall(ctx, memory)
	if ok && now == (size{}) {
		t.result.To = now.String()
		t.end(Failed, stoppedMeanwhile)
		return false
	}
	return ok
}

// resize sets minimum and desired capacity, and tells whether AWS accepted it. The maximum stays.
func (t *asgTarget) resize(ctx context.Context, to size) bool {
	err := t.run.limited(ctx, func() error {
		_, err := t.run.api.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
			AutoScalingGroupName: &t.name, MinSize: &to.min, DesiredCapacity: &to.desired,
		})
		return err
	})
	if err != nil {
		t.refused(err, asgUpdate)
		return false
	}
	t.acted, t.refusal, t.size = true, nil, to
	t.result.To = to.String()
	return true
}

// arrive ends a group whose size is what the call wants, but for --wait, which wants the instances
// too.
func (t *asgTarget) arrive(populated bool) {
	flags := t.run.call.flags
	switch {
	case flags.wait && !populated && !flags.dryRun:
	case t.acted:
		t.end(Done, "")
	default:
		t.end(Already, "")
	}
}

// refused ends the group, unless AWS is only busy with it.
func (t *asgTarget) refused(err error, action string) {
	if hasCode(err, busyCodes...) {
		t.refusal = err
		return
	}
	t.result = t.result.fail(err, action)
	if t.acted {
		t.result.Detail = "its size is given back, but the tag " + sizeTag + " is still there: " +
			t.result.Detail
	}
}

// population says how many instances the group has and wants.
func (t *asgTarget) population() string {
	if t.run.call.verb.Effect == Stop {
		return fmt.Sprintf("%d instances left", t.instances)
	}
	return fmt.Sprintf("%d of %d instances in service", t.inService, t.size.desired)
}

// outOfTime ends a group whose time is over, or whose run was interrupted.
func (t *asgTarget) outOfTime(err error, look *poll) {
	detail := fmt.Sprintf("after %s still %s", minutes(look.waited()), t.population())
	switch {
	case !errors.Is(err, errTimeShort):
		detail = explain(err) + ", " + t.population()
	case t.refusal != nil:
		detail = "still busy after " + minutes(look.waited())
	}
	if t.refusal != nil {
		detail += "; " + explain(t.refusal)
	}
	t.end(Failed, detail)
}
