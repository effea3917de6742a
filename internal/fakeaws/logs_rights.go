package fakeaws

import "github.com/spin-dd/terraform-provider-savings/internal/judge"

// rights by the page "Amazon CloudWatch Logs". AWS's answers name a log group as
// log-group:NAME:log-stream: where the page has log-group:NAME, so both are asked for. Beside the page,
// tags of a new group need logs:TagResource (API Reference, CreateLogGroup).
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
				var needs []access
				for _, t := range l.named(c) {
					needs = append(needs, access{"logs:TagResource", t.arn, tagKeys, set(c)})
				}
				return needs
			},
		},
		"DescribeLogGroups":     {action: "logs:DescribeLogGroups"},
		"DeleteLogGroup":        group("logs:DeleteLogGroup"),
		"FilterLogEvents":       group("logs:FilterLogEvents"),
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
	return l.group(l.aws.arnIn(c, "logs", "log-group:"+l.input(c).LogGroupName))
}

func (l *Logs) namedByARN(c *call) []thing { return l.group(l.input(c).ResourceARN) }

// group is a log group in both spellings.
func (l *Logs) group(arn string) []thing {
	var tags map[string]string
	for name, g := range l.groups {
		if l.arn(name) == arn {
			tags = g.Tags
		}
	}
	return []thing{{arn, tags}, {arn + ":log-stream:", tags}}
}
