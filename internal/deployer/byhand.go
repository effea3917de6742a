package deployer

import (
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
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

// Looking are the rights of whoever asks what is wrong: savings doctor. All of them only read.
func (d Deployment) Looking() []Grant {
	schedules, groups := d.scheduleARNs()
	place := d.arn("iam", "", "role"+rolePath(d.RolePath))
	log := "log-group:" + runnerstack.LogGroupName(d.Runner)
	all := []Grant{
		grant("read the schedules", schedules, "scheduler:GetSchedule"),
		grant("read the groups and their holds", groups, "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"),
		grant("find the schedules; AWS has no smaller right", everything, "scheduler:ListSchedules"),
		grant("read the function", d.regional("lambda", "function:"+d.Runner), "lambda:GetFunction"),
		grant("read the two roles of the runner, and what they may",
			[]string{place + runnerstack.ExecutionRoleName(d.Runner, d.Region),
				place + runnerstack.SchedulerRoleName(d.Runner, d.Region)},
			"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"),
		grant("read the last runs; AWS spells the ARN of a log group both ways", d.regional("logs", log, log+":*"),
			"logs:FilterLogEvents"),
	}
	if d.BoundaryARN != "" {
		all = append(all, grant("read the boundary, and policies of yours on the roles", []string{d.BoundaryARN},
			"iam:GetPolicy", "iam:GetPolicyVersion"))
	}
	if d.Repository != "" {
		all = append(all, grant("see whether the image is there", d.regional("ecr", "repository/"+d.Repository),
			"ecr:DescribeImages"))
	}
	if d.DeadLetters != "" {
		all = append(all, grant("count the dead letters", d.regional("sqs", d.DeadLetters),
			"sqs:GetQueueAttributes", "sqs:GetQueueUrl"))
	}
	return all
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
