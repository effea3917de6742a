package fakeaws

import (
	"maps"
	"slices"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// allRights are the rights of every operation. Each service's table names its page of the Service
// Authorization Reference, "Actions, resources, and condition keys for …", and says where a row differs
// from it. Of all pages two things are left out: condition keys that no policy here uses, such as each
// service's own spelling of aws:ResourceTag; and resource types that the page has as optional and that
// no request here names. A policy with a key that is left out fails the test.
func (a *AWS) allRights() map[string]rights {
	return map[string]rights{
		"application-autoscaling": a.appScaling.rights(),
		"autoscaling":             a.scaling.rights(),
		"cloudfront":              a.cloudfront.rights(),
		"ec2":                     a.ec2.rights(),
		"ecr":                     a.ecrRights(),
		"ecs":                     a.ecs.rights(),
		"eks":                     a.eks.rights(),
		"iam":                     a.iam.rights(),
		"lambda":                  a.lambda.rights(),
		"logs":                    a.logs.rights(),
		"rds":                     a.rds.rights(),
		"redshift":                a.redshift.rights(),
		"sagemaker":               a.sagemaker.rights(),
		"scheduler":               a.scheduler.rights(),
		"sqs":                     a.sqs.rights(),
		"sts":                     stsRights(),
	}
}

// dependent are the actions that no operation here has of its own: what other operations need, and
// what services do with a role.
var dependent = []string{
	"events:PutEvents", "iam:PassRole", "kms:CreateGrant", "lambda:ListTags",
	"logs:CreateLogStream", "logs:PutLogEvents", "sns:Publish", "sqs:SendMessage",
}

// checkActions fails the test where a policy names an action that nothing here asks for: a right
// that nobody can need, or a misspelt one.
func (e *enforcement) checkActions(p judge.Policy) {
	known := slices.Clone(dependent)
	for _, rows := range e.rights {
		for row := range maps.Values(rows) {
			known = append(known, row.action)
		}
	}
	for _, s := range p.Statement {
		for _, action := range s.Action {
			if !slices.ContainsFunc(known, func(k string) bool { return judge.MatchAction(action, k) }) {
				e.tb.Errorf("a policy has the action %s, which fakeaws does not know", action)
			}
		}
	}
}

// arnIn is an ARN in the region that the request is signed for.
func (a *AWS) arnIn(c *call, service, resource string) string {
	return "arn:aws:" + service + ":" + c.region + ":" + a.account + ":" + resource
}

// ofTags are the condition keys of tags that a request sets, ofTagKeys those of tags that it removes.
func ofTags(tags map[string]string) judge.Context {
	context := ofTagKeys(sortedKeys(tags))
	for key, value := range tags {
		context["aws:RequestTag/"+key] = []string{value}
	}
	return context
}

func ofTagKeys(keys []string) judge.Context {
	if len(keys) == 0 {
		return judge.Context{}
	}
	return judge.Context{"aws:TagKeys": keys}
}

func ofTagList(tags []tag) judge.Context {
	set := map[string]string{}
	for _, t := range tags {
		set[t.Key] = t.Value
	}
	return ofTags(set)
}

// passRole is the right to hand a role to a service (IAM User Guide, "Grant a user permissions to
// pass a role to an AWS service").
func passRole(role, service string) access {
	return access{
		action: "iam:PassRole", resource: role, keys: []string{"iam:PassedToService"},
		context: judge.Context{"iam:PassedToService": {service}},
	}
}
