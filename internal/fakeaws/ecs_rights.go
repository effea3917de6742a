package fakeaws

import (
	"cmp"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// rights by the page "Amazon Elastic Container Service". A list is on no resource; that of services
// has the cluster as a condition key. Whether reading tags with DescribeServices needs ecs:ListTagsForResource
// too, no source says; it is not asked for.
func (e *ECS) rights() rights {
	ofTaggable := append([]string{"aws:ResourceTag/"}, tagKeys...)
	return rights{
		"ListClusters": {action: "ecs:ListClusters"},
		"ListServices": {action: "ecs:ListServices", keys: []string{"ecs:cluster"}, given: e.givenCluster},
		"DescribeServices": {
			action: "ecs:DescribeServices", on: e.named, keys: []string{"aws:ResourceTag/", "ecs:cluster"},
			given: e.givenCluster,
		},
		"UpdateService": {
			action: "ecs:UpdateService", on: e.named, keys: []string{"aws:ResourceTag/", "ecs:cluster"},
			given: e.givenCluster,
		},
		"TagResource": {
			action: "ecs:TagResource", on: e.namedByARN, keys: ofTaggable,
			given: func(c *call) judge.Context {
				set := map[string]string{}
				for _, t := range e.input(c).Tags {
					set[t.Key] = t.Value
				}
				return ofTags(set)
			},
		},
		"UntagResource": {
			action: "ecs:UntagResource", on: e.namedByARN, keys: []string{"aws:ResourceTag/", "aws:TagKeys"},
			given: func(c *call) judge.Context { return ofTagKeys(e.input(c).TagKeys) },
		},
	}
}

// ecsInput has what the rights of all operations depend on.
type ecsInput struct {
	Cluster, Service, ResourceArn string
	Services, TagKeys             []string
	Tags                          []ecsTag
}

func (e *ECS) input(c *call) ecsInput {
	var in ecsInput
	_ = c.decode(&in) // the operation reports what is wrong with the body
	return in
}

func clusterName(text string) string {
	name := cmp.Or(text, "default")
	return name[strings.LastIndex(name, "/")+1:]
}

func (e *ECS) givenCluster(c *call) judge.Context {
	return judge.Context{
		"ecs:cluster": {e.aws.arnIn(c, "ecs", "cluster/"+clusterName(e.input(c).Cluster))},
	}
}

func (e *ECS) named(c *call) []thing {
	in := e.input(c)
	names := in.Services
	if in.Service != "" {
		names = []string{in.Service}
	}
	var things []thing
	for _, name := range names {
		key := clusterName(in.Cluster) + "/" + name[strings.LastIndex(name, "/")+1:]
		t := thing{arn: e.aws.arnIn(c, "ecs", "service/"+key)}
		if s := e.services[key]; s != nil {
			t.tags = s.Tags
		}
		things = append(things, t)
	}
	return things
}

func (e *ECS) namedByARN(c *call) []thing {
	t := thing{arn: e.input(c).ResourceArn}
	if s, err := e.tagged(t.arn); err == nil {
		t.tags = s.Tags
	}
	return []thing{t}
}
