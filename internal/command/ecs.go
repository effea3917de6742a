package command

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// ecsAPI holds the calls of the Amazon ECS client that are used here.
type ecsAPI interface {
	ListClusters(context.Context, *ecs.ListClustersInput, ...func(*ecs.Options),
	) (*ecs.ListClustersOutput, error)
	ListServices(context.Context, *ecs.ListServicesInput, ...func(*ecs.Options),
	) (*ecs.ListServicesOutput, error)
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options),
	) (*ecs.DescribeServicesOutput, error)
	UpdateService(context.Context, *ecs.UpdateServiceInput, ...func(*ecs.Options),
	) (*ecs.UpdateServiceOutput, error)
	TagResource(context.Context, *ecs.TagResourceInput, ...func(*ecs.Options),
	) (*ecs.TagResourceOutput, error)
	UntagResource(context.Context, *ecs.UntagResourceInput, ...func(*ecs.Options),
	) (*ecs.UntagResourceOutput, error)
}

// scalingAPI holds the calls of the Application Auto Scaling client that are used here.
type scalingAPI interface {
	DescribeScalableTargets(context.Context, *applicationautoscaling.DescribeScalableTargetsInput,
		...func(*applicationautoscaling.Options),
	) (*applicationautoscaling.DescribeScalableTargetsOutput, error)
	RegisterScalableTarget(context.Context, *applicationautoscaling.RegisterScalableTargetInput,
		...func(*applicationautoscaling.Options),
	) (*applicationautoscaling.RegisterScalableTargetOutput, error)
}

// The actions as IAM names them.
const (
	actionListClusters     = "ecs:ListClusters"
	actionListServices     = "ecs:ListServices"
	actionDescribeServices = "ecs:DescribeServices"
	actionUpdateService    = "ecs:UpdateService"
	actionTagService       = "ecs:TagResource"
	actionUntagService     = "ecs:UntagResource"
	actionDescribeTargets  = "application-autoscaling:DescribeScalableTargets"
	actionRegisterTarget   = "application-autoscaling:RegisterScalableTarget"
)

// ecsVerbs are the verbs of Amazon ECS.
func ecsVerbs() []Verb {
	return []Verb{setDesiredCountVerb(), startServicesVerb(), stopServicesVerb()}
}

func setDesiredCountVerb() Verb {
	const name = "set-desired-count"
	return Verb{
		Service: "ecs", Name: name,
		Short: "set the desired count of ECS services",
		Long: "Nothing is remembered, and Service Auto Scaling stays as it is: a minimum above " +
			"COUNT, which lifts the service again, is said in the detail. stop-services and " +
			"start-services suspend it and give back the counts there were.",
		Items: "CLUSTER/SERVICE/COUNT, a count of 0 to 10000",
		Examples: [][]string{
			{"ecs", name, "web/api/0"},
			{"ecs", name, "web/api/2", "web/worker/1", "--wait"},
			{"ecs", name, "web/api/2", "--dry-run", "--region", "us-west-2"},
		},
		phrase:     phrase{verb: "set", arrived: "that many tasks run"},
		objects:    countObjects,
		targetOf:   ecsTarget,
		item:       ecsForm{setsCount: true},
		check:      checkCounts,
		effectOf:   countEffect,
		statements: ecsStatements(nil),
		run: func(ctx context.Context, s *session) []Result {
			return runECS(ctx, s, (*ecsRun).setCount)
		},
	}
}

func stopServicesVerb() Verb {
	v := servicesVerb("stop", "stopped", ecsObjects)
	v.Effect = Stop
	v.Long = "Service Auto Scaling is suspended, the desired count is remembered in the service's " +
		"tags (savings:…), then set to 0; start-services gives all of it back. A COUNT is of no use " +
		"here, so that both verbs take the same items. DAEMON services cannot be stopped. Where " +
		`Terraform owns the services, write ignore_tags { key_prefixes = ["savings:"] } in the aws ` +
		"provider and ignore_changes = [desired_count] in the service."
	v.statements = ecsStatements([]string{actionTagService})
	v.run = func(ctx context.Context, s *session) []Result { return runECS(ctx, s, (*ecsRun).stop) }
	return v
}

func startServicesVerb() Verb {
	v := servicesVerb("start", "all tasks run", startedObjects)
	v.Effect = Start
	v.Long = "The desired count is what stop-services remembered in the service's tags, else COUNT; " +
		"with neither, the item fails. What runs already is never made smaller. Service Auto Scaling " +
		"is resumed where stop-services suspended it, and the tags are removed."
	v.statements = ecsStatements([]string{actionTagService, actionUntagService})
	v.run = func(ctx context.Context, s *session) []Result { return runECS(ctx, s, (*ecsRun).start) }
	return v
}

// servicesVerb is what stop-services and start-services share.
func servicesVerb(word, arrived string, objects func([]Item) []string) Verb {
	name := word + "-services"
	return Verb{
		Service: "ecs", Name: name,
		Short: word + " ECS services",
		Items: "CLUSTER/SERVICE, CLUSTER/SERVICE/COUNT (what to start where nothing is remembered), " +
			"CLUSTER/* for all of a cluster, or tags as key=value (key=value,key=value for both)",
		Examples: [][]string{
			{"ecs", name, "web/api"},
			{"ecs", name, "web/api/2", "web/worker/1", "--wait"},
			{"ecs", name, "web/*", "--dry-run"},
			{"ecs", name, "team=web"},
		},
		phrase:   phrase{verb: word, arrived: arrived},
		objects:  func(items []Item) string { return language.English.List(objects(items)) },
		targetOf: ecsTarget,
		item:     ecsForm{lowest: 1},
		check:    checkCounts,
	}
}

// ecsStatements gives the rights of a verb, by the Service Authorization Reference, "Actions,
// resources, and condition keys" for Amazon Elastic Container Service and for AWS Application Auto
// Scaling. tagging are the actions that write the tags of services; a verb without them leaves
// scaling alone too.
func ecsStatements(tagging []string) func(*Call, Scope) []iampolicy.Statement {
	return func(c *Call, scope Scope) []iampolicy.Statement {
		out := []iampolicy.Statement{{
			Action: []string{actionDescribeTargets}, Resource: []string{"*"},
		}}
		for _, item := range c.items {
			out = append(out, ecsLooks(item, scope)...)
			if !c.flags.dryRun {
				out = append(out, ecsWrites(item, scope, tagging)...)
			}
		}
		if c.flags.dryRun || len(tagging) == 0 {
			return out
		}
		return append(out, iampolicy.Statement{
			Action: []string{actionRegisterTarget},
			Resource: []string{ARN{
				scope.Partition, "application-autoscaling", scope.Region, scope.Account,
				"scalable-target/*", "",
			}.path()},
			Condition: map[string]map[string][]string{"StringEquals": {
				"application-autoscaling:service-namespace":  {"ecs"},
				"application-autoscaling:scalable-dimension": {"ecs:service:DesiredCount"},
			}},
		})
	}
}

// path is the ARN of a type whose identifier is parted from it by a slash, not by a colon; Type
// holds both.
func (a ARN) path() string { return strings.TrimSuffix(a.String(), ":") }

func serviceARN(scope Scope, id string) string {
	return ARN{scope.Partition, "ecs", scope.Region, scope.Account, "service/" + id, ""}.path()
}

// ecsLooks are the rights to find an item's services.
func ecsLooks(item Item, scope Scope) []iampolicy.Statement {
	describe := iampolicy.Statement{
		Action: []string{actionDescribeServices}, Resource: []string{serviceARN(scope, item.ID)},
	}
	if item.Tags != nil {
		describe.Resource = []string{serviceARN(scope, "*")}
		list := iampolicy.Statement{
			Action: []string{actionListClusters, actionListServices}, Resource: []string{"*"},
		}
		return []iampolicy.Statement{describe, list}
	}
	cluster, found := strings.CutSuffix(item.ID, "/"+everyService)
	if !found {
		return []iampolicy.Statement{describe}
	}
	arn := ARN{scope.Partition, "ecs", scope.Region, scope.Account, "cluster/" + cluster, ""}
	return []iampolicy.Statement{describe, {
		Action: []string{actionListServices}, Resource: []string{"*"},
		Condition: map[string]map[string][]string{"ArnEquals": {"ecs:cluster": {arn.path()}}},
	}}
}

// ecsWrites are the rights to change an item's services.
func ecsWrites(item Item, scope Scope, tagging []string) []iampolicy.Statement {
	resource := []string{serviceARN(scope, item.ID)}
	tags := map[string][]string{}
	if item.Tags != nil {
		resource = []string{serviceARN(scope, "*")}
		for _, t := range item.Tags {
			tags["aws:ResourceTag/"+t.Key] = []string{t.Value}
		}
	}
	out := []iampolicy.Statement{{Action: []string{actionUpdateService}, Resource: resource}}
	if len(tagging) > 0 {
		out = append(out, iampolicy.Statement{
			Action: tagging, Resource: resource, Condition: ourTagKeys(),
		})
	}
	if len(tags) > 0 {
		for i := range out {
			if out[i].Condition == nil {
				out[i].Condition = map[string]map[string][]string{}
			}
			out[i].Condition["StringEquals"] = tags
		}
	}
	return out
}

// tagPrefix begins the keys of all tags that the runner writes.
const tagPrefix = "savings:"

// ourTagKeys limits a right on tags to the runner's own.
func ourTagKeys() map[string]map[string][]string {
	return map[string]map[string][]string{
		"ForAllValues:StringLike": {"aws:TagKeys": {tagPrefix + "*"}},
	}
}
