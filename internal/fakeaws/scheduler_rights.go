package fakeaws

import (
	"cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// rights by the page "Amazon EventBridge Scheduler", but for ListSchedules: the page has no resource
// there, and it is judged on all schedules, whatever group it names (AWS's answer in aws-cdk issue
// 38201). Schedules have no tags here, so the page's aws:ResourceTag on them is left out. That tags of a
// new group need scheduler:TagResource is not documented, and asked for since most services do.
func (s *Scheduler) rights() rights {
	schedule := func(action string) right { return right{action: action, on: s.namedSchedule} }
	group := func(action string) right {
		return right{action: action, on: s.namedGroup, keys: resourceTags}
	}
	pass := func(action string) right {
		r := schedule(action)
		r.also = func(c *call) []access {
			return []access{passRole(s.input(c).Target.RoleArn, "scheduler.amazonaws.com")}
		}
		return r
	}
	set := func(c *call) judge.Context { return ofTagList(s.input(c).Tags) }
	return rights{
		"CreateSchedule": pass("scheduler:CreateSchedule"),
		"UpdateSchedule": pass("scheduler:UpdateSchedule"),
		"GetSchedule":    schedule("scheduler:GetSchedule"),
		"DeleteSchedule": schedule("scheduler:DeleteSchedule"),
		"ListSchedules": {action: "scheduler:ListSchedules", on: func(c *call) []thing {
			return []thing{{arn: s.aws.arnIn(c, "scheduler", "schedule/*/*")}}
		}},
		"CreateScheduleGroup": {
			action: "scheduler:CreateScheduleGroup", on: s.namedGroup, keys: tagKeys, given: set,
			also: func(c *call) []access {
				if len(s.input(c).Tags) == 0 {
					return nil
				}
				return []access{{"scheduler:TagResource", s.namedGroup(c)[0].arn, tagKeys, set(c)}}
			},
		},
		"GetScheduleGroup":    group("scheduler:GetScheduleGroup"),
		"DeleteScheduleGroup": group("scheduler:DeleteScheduleGroup"),
		"ListScheduleGroups":  {action: "scheduler:ListScheduleGroups"},
		"ListTagsForResource": group("scheduler:ListTagsForResource"),
		"TagResource":         {action: "scheduler:TagResource", on: s.namedGroup, keys: bothTags, given: set},
		"UntagResource": {
			action: "scheduler:UntagResource", on: s.namedGroup, keys: []string{"aws:ResourceTag/", "aws:TagKeys"},
			given: func(c *call) judge.Context { return ofTagKeys(c.params["TagKeys"]) },
		},
	}
}

// schedulerInput has what the rights of all operations depend on.
type schedulerInput struct {
	GroupName string
	Target    struct{ RoleArn string }
	Tags      []tag
}

func (s *Scheduler) input(c *call) schedulerInput {
	var in schedulerInput
	_ = c.decode(&in) // the operation reports what is wrong with the body
	return in
}

func (s *Scheduler) namedSchedule(c *call) []thing {
	group := cmp.Or(c.param("groupName"), s.input(c).GroupName, DefaultGroup)
	return []thing{{arn: s.aws.arnIn(c, "scheduler", "schedule/"+group+"/"+c.param("Name"))}}
}

func (s *Scheduler) namedGroup(c *call) []thing {
	t := thing{arn: c.param("ResourceArn")}
	if t.arn == "" {
		t.arn = s.aws.arnIn(c, "scheduler", "schedule-group/"+c.param("Name"))
	}
	for _, g := range s.groups {
		if g.Arn == t.arn {
			t.tags = g.Tags
		}
	}
	return []thing{t}
}
