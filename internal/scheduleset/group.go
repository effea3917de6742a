package scheduleset

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// The tags of a group that is not complete. Tags know no compare-and-swap, so the two have two
// rules. creatingTag is set with the group, is never set again, and goes when the group is
// complete: where it is missing nobody may take the group over. adoptingTag is what a later create
// writes to take over what a killed one left. If it wrote over creatingTag instead, a create that
// saw the tag just before its owner removed it would bring it back and own a completed group. Both go
// in one call; in the alphabet creatingTag comes first, since ministack removes the first alone.
const (
	ownTagPrefix = "savings:"
	creatingTag  = ownTagPrefix + "creating"
	adoptingTag  = ownTagPrefix + "taking-over"
)

// claim is one create's hold on a group of our own.
type claim struct {
	group, token string
	// arn is empty until the group is known to exist.
	arn string
	// adopted tells that another create had made the group.
	adopted bool
}

// owner returns who may work in the group: "" where it is complete.
func owner(tags map[string]string) string {
	if tags[creatingTag] == "" || tags[adoptingTag] == "" {
		return tags[creatingTag]
	}
	return tags[adoptingTag]
}

// claimGroup makes the group, or takes over what a killed create has left of it. It waits for the
// end of a group that is being deleted, as long as ctx lets it. The claim that comes with an error
// is nil where this call certainly made nothing.
func (k *Keeper) claimGroup(
	ctx context.Context, group string, tags map[string]string,
) (*claim, error) {
	c := &claim{group: group, token: k.config.Token()}
	for pause := firstPause; ; pause = longer(pause) {
		found, err := k.findGroup(ctx, group)
		if err != nil {
			return nil, err
		}
		switch {
		case found == nil:
			err := k.makeGroup(ctx, c, tags)
			if err == nil {
				return c, nil
			}
			if !isConflict(err) {
				if isRefusal(err) {
					c = nil
				}
				return c, doing(err, "creating schedule group %q", group)
			}
		case found.State == types.ScheduleGroupStateDeleting:
			k.config.Logf(ctx, "waiting until schedule group %q is deleted", group)
		default:
			return k.adoptGroup(ctx, c, aws.ToString(found.Arn))
		}
		if err := k.config.Sleep(ctx, pause); err != nil {
			return nil, doing(err, "waiting until schedule group %q is deleted", group)
		}
	}
}

func (k *Keeper) makeGroup(ctx context.Context, c *claim, tags map[string]string) error {
	all := maps.Clone(tags)
	if all == nil {
		all = map[string]string{}
	}
	all[creatingTag] = c.token
	out, err := k.config.Scheduler.CreateScheduleGroup(ctx,
		&scheduler.CreateScheduleGroupInput{Name: &c.group, Tags: tagList(all)})
	if err == nil {
		c.arn = aws.ToString(out.ScheduleGroupArn)
	}
	return err
}

// adoptGroup takes over an active group that is not complete.
func (k *Keeper) adoptGroup(ctx context.Context, c *claim, arn string) (*claim, error) {
	tags, err := k.tags(ctx, c.group, arn)
	if err != nil {
		return nil, err
	}
	c.arn = arn
	switch owner(tags) {
	case "":
		return nil, &GroupExistsError{Group: c.group}
	case c.token:
		return c, nil // the answer to our own CreateScheduleGroup was lost
	}
	c.adopted = true
	if err := k.tag(ctx, c.group, arn, map[string]string{adoptingTag: c.token}); err != nil {
		return nil, err
	}
	if tags, err = k.tags(ctx, c.group, arn); err != nil {
		return nil, err
	}
	if tags[creatingTag] == "" {
		// Its owner completed it after we had looked. A tag of ours that stays does no harm.
		_ = k.untag(ctx, c.group, arn, adoptingTag)
		return nil, &GroupExistsError{Group: c.group}
	}
	if owner(tags) != c.token {
		return nil, &TakenOverError{Group: c.group}
	}
	return c, nil
}

// holds tells whether the group is still the claim's to work in.
func (k *Keeper) holds(ctx context.Context, c *claim) (bool, error) {
	if c.arn == "" {
		found, err := k.findGroup(ctx, c.group)
		if err != nil || found == nil {
			return false, err
		}
		c.arn = aws.ToString(found.Arn)
	}
	tags, err := k.tags(ctx, c.group, c.arn)
	return owner(tags) == c.token, err
}

// confirm is the check before something in the group is deleted or completed.
func (k *Keeper) confirm(ctx context.Context, c *claim) error {
	switch held, err := k.holds(ctx, c); {
	case err != nil:
		return err
	case !held:
		return &TakenOverError{Group: c.group}
	}
	return nil
}

// complete ends the claim: from now on nobody takes the group over. Without creatingTag the other one
// says nothing, also where it is that of somebody who has come too late.
func (k *Keeper) complete(ctx context.Context, c *claim) error {
	if err := k.confirm(ctx, c); err != nil {
		return err
	}
	err := k.untag(ctx, c.group, c.arn, creatingTag, adoptingTag)
	if err != nil && !isRefusal(err) && k.completed(ctx, c) {
		return nil // only the answer was lost
	}
	return err
}

// completed tells whether the tag went although AWS's answer did not arrive. It must find out also
// where the context has ended: otherwise a complete group would be nobody's.
func (k *Keeper) completed(ctx context.Context, c *claim) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTime)
	defer cancel()
	tags, err := k.tags(ctx, c.group, c.arn)
	return err == nil && tags[creatingTag] == ""
}

// findGroup returns the group, or nil where it does not exist.
func (k *Keeper) findGroup(
	ctx context.Context, group string,
) (*scheduler.GetScheduleGroupOutput, error) {
	out, err := k.config.Scheduler.GetScheduleGroup(ctx,
		&scheduler.GetScheduleGroupInput{Name: &group})
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, doing(err, "reading schedule group %q", group)
	}
	return out, nil
}

// deleteGroup deletes the group and, with wait, polls until it is gone, as long as ctx lets it.
func (k *Keeper) deleteGroup(ctx context.Context, group string, wait bool) error {
	_, err := k.config.Scheduler.DeleteScheduleGroup(ctx,
		&scheduler.DeleteScheduleGroupInput{Name: &group})
	switch {
	case isNotFound(err):
		return nil
	case err != nil && !isConflict(err): // a conflict is a deletion that is under way
		return doing(err, "deleting schedule group %q", group)
	}
	for pause := firstPause; wait; pause = longer(pause) {
		found, findErr := k.findGroup(ctx, group)
		switch {
		case findErr != nil:
			return findErr
		case found == nil:
			return nil
		case err != nil && found.State != types.ScheduleGroupStateDeleting:
			return doing(err, "deleting schedule group %q", group)
		}
		if err := k.config.Sleep(ctx, pause); err != nil {
			return doing(err, "waiting until schedule group %q is deleted", group)
		}
	}
	return nil
}

func (k *Keeper) tags(ctx context.Context, group, arn string) (map[string]string, error) {
	out, err := k.config.Scheduler.ListTagsForResource(ctx,
		&scheduler.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return nil, doing(err, "reading the tags of schedule group %q", group)
	}
	tags := make(map[string]string, len(out.Tags))
	for _, t := range out.Tags {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

func (k *Keeper) tag(ctx context.Context, group, arn string, tags map[string]string) error {
	_, err := k.config.Scheduler.TagResource(ctx,
		&scheduler.TagResourceInput{ResourceArn: &arn, Tags: tagList(tags)})
	if err != nil {
		return doing(err, "tagging schedule group %q", group)
	}
	return nil
}

func (k *Keeper) untag(ctx context.Context, group, arn string, keys ...string) error {
	_, err := k.config.Scheduler.UntagResource(ctx,
		&scheduler.UntagResourceInput{ResourceArn: &arn, TagKeys: keys})
	if err != nil {
		return doing(err, "removing tags of schedule group %q", group)
	}
	return nil
}

// syncTags turns the user's tags have into want, with at most one call of each kind: AWS allows
// one a second. Our own tags and AWS's are left alone.
func (k *Keeper) syncTags(
	ctx context.Context, group, arn string, have, want map[string]string,
) error {
	have, changed := usersTags(have), map[string]string{}
	for key, value := range usersTags(want) {
		if old, ok := have[key]; !ok || old != value {
			changed[key] = value
		}
	}
	if len(changed) > 0 {
		if err := k.tag(ctx, group, arn, changed); err != nil {
			return err
		}
	}
	maps.DeleteFunc(have, func(key, _ string) bool { _, wanted := want[key]; return wanted })
	if len(have) == 0 {
		return nil
	}
	return k.untag(ctx, group, arn, slices.Sorted(maps.Keys(have))...)
}

// usersTags leaves out the tags that are not the user's to see.
func usersTags(tags map[string]string) map[string]string {
	users := map[string]string{}
	for key, value := range tags {
		if !strings.HasPrefix(key, ownTagPrefix) && !strings.HasPrefix(key, "aws:") {
			users[key] = value
		}
	}
	return users
}

func tagList(tags map[string]string) []types.Tag {
	list := make([]types.Tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}
