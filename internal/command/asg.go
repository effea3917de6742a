package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// autoscalingAPI holds the calls of the EC2 Auto Scaling client that are used here.
type autoscalingAPI interface {
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput,
		...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput,
		...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	CreateOrUpdateTags(context.Context, *autoscaling.CreateOrUpdateTagsInput,
		...func(*autoscaling.Options)) (*autoscaling.CreateOrUpdateTagsOutput, error)
	DeleteTags(context.Context, *autoscaling.DeleteTagsInput,
		...func(*autoscaling.Options)) (*autoscaling.DeleteTagsOutput, error)
}

// The actions as IAM names them.
const (
	asgDescribe = "autoscaling:DescribeAutoScalingGroups"
	asgUpdate   = "autoscaling:UpdateAutoScalingGroup"
	asgTag      = "autoscaling:CreateOrUpdateTags"
	asgUntag    = "autoscaling:DeleteTags"
)

// sizeTag remembers the size that a stopped group had, as size.String writes it.
const sizeTag = "savings:asg"

// size is how many instances a group keeps at least, and how many it wants.
type size struct{ min, desired int32 }

// String returns the text of sizeTag's value, which is the same in messages: "min=2 desired=4".
func (s size) String() string { return fmt.Sprintf("min=%d desired=%d", s.min, s.desired) }

func parseSize(text string) (size, error) {
	var s size
	_, err := fmt.Sscanf(text, "min=%d desired=%d", &s.min, &s.desired)
	if err != nil || s.String() != text || s.min < 0 || s.desired < s.min || s.desired == 0 {
		return size{}, fmt.Errorf("its tag %s is %q, which no stop wrote", sizeTag, text)
	}
	return s, nil
}

// scalingGroup is an Auto Scaling group as far as stopping and starting go.
type scalingGroup struct {
	name string
	size size
	// instances counts all of the group's instances, inService those that serve.
	instances, inService int32
	// deleting is AWS's word for a group that goes away, "" otherwise.
	deleting string
	tags     map[string]string
}

func fromGroup(g types.AutoScalingGroup) scalingGroup {
	group := scalingGroup{
		name:      aws.ToString(g.AutoScalingGroupName),
		size:      size{aws.ToInt32(g.MinSize), aws.ToInt32(g.DesiredCapacity)},
		instances: int32(len(g.Instances)), //nolint:gosec // a group has thousands at most
		deleting:  aws.ToString(g.Status),
		tags:      make(map[string]string, len(g.Tags)),
	}
	for _, i := range g.Instances {
		if i.LifecycleState == types.LifecycleStateInService {
			group.inService++
		}
	}
	for _, t := range g.Tags {
		group.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return group
}

// groupItem reads the items of the asg verbs: names, or tags.
type groupItem struct{}

// groupName is a group's name: characters from ! to ~ without a colon (Amazon EC2 Auto Scaling API
// Reference, CreateAutoScalingGroup). One that holds "=" can be named by a tag only.
var groupName = newPattern(`^[!-9;<>-~]{1,255}$`)

func (groupItem) parse(text string) (Item, *UsageError) {
	switch {
	case strings.HasPrefix(text, "arn:"):
		return Item{}, &UsageError{
			Found: fmt.Sprintf("%q is an ARN", text),
			Write: "write the Auto Scaling group's name, the ARN's part behind autoScalingGroupName/",
		}
	case strings.Contains(text, "="):
		return parseTags(text)
	case strings.ContainsAny(text, "*?$"):
		// In an IAM resource they would stand for other groups too.
		return Item{}, &UsageError{
			Found: fmt.Sprintf("%q holds one of * ? $", text),
			Write: "write one group's whole name, or select groups by a tag: key=value",
		}
	case !groupName.MatchString(text):
		return Item{}, &UsageError{
			Found: fmt.Sprintf("%q is no name of an Auto Scaling group", text),
			Allowed: "one has 1 to 255 characters of ASCII without blanks and colons; " +
				"tags are written key=value",
		}
	}
	return Item{Text: text, ID: text}, nil
}

// asgStatements are the rights of a call on Auto Scaling groups. AWS lets nobody limit the
// describing; a group's ARN holds an id that only AWS knows (Service Authorization Reference,
// "Actions, resources, and condition keys for Amazon EC2 Auto Scaling").
func asgStatements(c *Call, scope Scope) []iampolicy.Statement {
	out := []iampolicy.Statement{{Action: []string{asgDescribe}, Resource: []string{"*"}}}
	if c.flags.dryRun {
		return out
	}
	tagging := []string{asgTag}
	if c.verb.Effect == Start {
		tagging = append(tagging, asgUntag)
	}
	for _, item := range c.items {
		name := "*"
		if item.Tags == nil {
			name = item.ID
		}
		arn := fmt.Sprintf("arn:%s:autoscaling:%s:%s:autoScalingGroup:*:autoScalingGroupName/%s",
			scope.Partition, scope.Region, scope.Account, name)
		update := iampolicy.Statement{
			Action: []string{asgUpdate}, Resource: []string{arn}, Condition: tagPatternCondition(item.Tags),
		}
		tag := iampolicy.Statement{
			Action: tagging, Resource: []string{arn}, Condition: tagPatternCondition(item.Tags),
		}
		if tag.Condition == nil {
			tag.Condition = map[string]map[string][]string{}
		}
		tag.Condition["ForAllValues:StringLike"] = map[string][]string{
			"aws:TagKeys": {"savings:*"},
		}
		out = append(out, update, tag)
	}
	return out
}

// asgVerbs are the verbs of Amazon EC2 Auto Scaling.
func asgVerbs() []Verb {
	stop := asgVerb("stop", Stop, "without instances")
	stop.Short = "scale Auto Scaling groups to zero: their instances are terminated"
	stop.Long = "Minimum and desired capacity are remembered in the group's tag " + sizeTag +
		" and set to 0; the maximum and\nsuspended processes stay as they are. AWS TERMINATES the " +
		"instances: what is only on their disks is lost.\nWhere Terraform owns the group, " +
		"ignore_changes = [min_size, desired_capacity, tag] keeps it from undoing this."

	start := asgVerb("start", Start, "in service")
	start.Short = "give Auto Scaling groups their remembered size back"
	start.Long = "Minimum and desired capacity become what stop remembered, and the tag " + sizeTag +
		" goes. A group of size 0\nwithout that tag fails: nothing is guessed. " +
		"A group with instances is left alone."
	return []Verb{stop, start}
}

func asgVerb(name string, effect Effect, arrived string) Verb {
	return Verb{
		Service: "asg", Name: name, Effect: effect,
		Items: "names of Auto Scaling groups, or tags as key=value (key=value,key=value for both)",
		Examples: [][]string{
			{"asg", name, "web"},
			{"asg", name, "deploy=devel", "--dry-run"},
			{"asg", name, "web", "batch", "--wait"},
		},
		phrase:     phrase{name, "Auto Scaling group", "Auto Scaling groups", arrived},
		targetOf:   targetOf("asg", "group"),
		item:       groupItem{},
		statements: asgStatements,
		run: func(ctx context.Context, s *session) []Result {
			return (&asgRun{session: s}).run(ctx)
		},
	}
}
