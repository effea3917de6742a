package fakeaws

import (
	"slices"
	"strconv"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// rights by the page "Amazon EC2 Auto Scaling": AWS knows no resource for a description.
func (s *AutoScaling) rights() rights {
	one := func(c *call) []thing { return []thing{s.named(c, c.param("AutoScalingGroupName"))} }
	return rights{
		"DescribeAutoScalingGroups": {action: "autoscaling:DescribeAutoScalingGroups"},
		"UpdateAutoScalingGroup":    {action: "autoscaling:UpdateAutoScalingGroup", on: one, keys: resourceTags},
		"CreateOrUpdateTags": {
			action: "autoscaling:CreateOrUpdateTags", on: s.taggedGroups, keys: bothTags, given: givenTags,
		},
		"DeleteTags": {action: "autoscaling:DeleteTags", on: s.taggedGroups, keys: bothTags, given: givenTags},
	}
}

func (s *AutoScaling) named(c *call, name string) thing {
	t := thing{arn: s.aws.arnIn(c, "autoscaling",
		"autoScalingGroup:"+digest(name)[:8]+":autoScalingGroupName/"+name)}
	if g := s.groups[name]; g != nil {
		t.tags = g.Tags
	}
	return t
}

// taggedGroups are the groups that a request's tags are for.
func (s *AutoScaling) taggedGroups(c *call) []thing {
	var names []string
	for n := 1; ; n++ {
		name := c.param("Tags.member." + strconv.Itoa(n) + ".ResourceId")
		if name == "" {
			break
		}
		names = append(names, name)
	}
	slices.Sort(names)
	var things []thing
	for _, name := range slices.Compact(names) {
		things = append(things, s.named(c, name))
	}
	return things
}

func givenTags(c *call) judge.Context { return ofTagList(c.tags()) }
