package fakeaws

import "github.com/spin-dd/terraform-provider-savings/internal/fakeaws/judge"

// rights of CloudWatch Logs. AWS's answers name a log group as log-group:NAME:log-stream: where the
// reference has log-group:NAME, so both are asked for. Tags of a new group need logs:TagResource (API
// Reference, CreateLogGroup).
func (l *Logs) rights() rights {
	group := func(action string) right {
		return right{action: action, on: l.named, keys: resourceTags}
	}
	set := func(c *call) judge.Context { return ofTags(l.input(c).Tags) }
	return rights{
		"CreateLogGroup": {
			action: "logs:CreateLogGroup", on: l.named, keys: tagKeys, given: set,
			also: func(c *call) []access {
				if len(l.input(c).Tags) == 0 {
					return nil
				}
				return []access{{"logs:TagResource", l.named(c)[0].arn, tagKeys, set(c)}}
			},
		},
		"DescribeLogGroups":     {action: "logs:DescribeLogGroups"},
		"DeleteLogGroup":        group("logs:DeleteLogGroup"),
		"PutRetentionPolicy":    group("logs:PutRetentionPolicy"),
		"DeleteRetentionPolicy": group("logs:DeleteRetentionPolicy"),
		"TagResource":           {action: "logs:TagResource", on: l.namedByARN, keys: bothTags, given: set},
		"UntagResource": {
			action: "logs:UntagResource", on: l.namedByARN, keys: []string{"aws:ResourceTag/", "aws:TagKeys"},
			given: func(c *call) judge.Context { return ofTagKeys(l.input(c).TagKeys) },
		},
		"ListTagsForResource": {action: "logs:ListTagsForResource", on: l.namedByARN, keys: resourceTags},
	}
}

func (l *Logs) input(c *call) logsInput {
	var in logsInput
	_ = c.decode(&in) // the operation reports what is wrong with the body
	return in
}

func (l *Logs) named(c *call) []thing {
	name := l.input(c).LogGroupName
	arn := l.aws.arnIn(c, "logs", "log-group:"+name)
	var tags map[string]string
	if g := l.groups[name]; g != nil {
		tags = g.Tags
	}
	return []thing{{arn, tags}, {arn + ":log-stream:", tags}}
}

func (l *Logs) namedByARN(c *call) []thing {
	t := thing{arn: l.input(c).ResourceARN}
	for name, g := range l.groups {
		if l.arn(name) == t.arn {
			t.tags = g.Tags
		}
	}
	return []thing{t}
}
