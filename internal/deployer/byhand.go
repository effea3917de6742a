package deployer

import (
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
)

// Holding are the rights of whoever holds and releases events of the schedules: savings hold, release
// and holds --name.
func (d Deployment) Holding() []Grant {
	schedules, groups := d.scheduleARNs()
	write := grant("write holds, and no other tag", groups, "scheduler:TagResource", "scheduler:UntagResource")
	write.Condition = map[string]map[string][]string{
		"ForAllValues:StringLike": {"aws:TagKeys": {hold.TagKey + "*"}},
	}
	return []Grant{
		grant("read the events that a hold is for", schedules, "scheduler:GetSchedule"),
		grant("read the holds", groups, "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"),
		write,
		grant("list the events of a group; AWS has no smaller right", everything, "scheduler:ListSchedules"),
	}
}

// Firing are the rights of whoever runs an event now: savings fire.
func (d Deployment) Firing() []Grant {
	schedules, _ := d.scheduleARNs()
	return []Grant{
		grant("read the event", schedules, "scheduler:GetSchedule"),
		grant("run it, or anything else that the runner may", d.regional("lambda", "function:"+d.Runner),
			"lambda:InvokeFunction"),
	}
}
