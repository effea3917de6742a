package fakeaws

import "github.com/spin-dd/terraform-provider-savings/internal/judge"

// rights by the page "Amazon Elastic Kubernetes Service": each is on the node group.
func (e *EKS) rights() rights {
	return rights{
		"DescribeNodegroup":     {action: "eks:DescribeNodegroup", on: e.named, keys: resourceTags},
		"UpdateNodegroupConfig": {action: "eks:UpdateNodegroupConfig", on: e.named, keys: resourceTags},
		"TagResource": {
			action: "eks:TagResource", on: e.namedByARN, keys: bothTags,
			given: func(c *call) judge.Context {
				var in struct{ Tags map[string]string }
				_ = c.decode(&in) // the operation reports what is wrong with the body
				return ofTags(in.Tags)
			},
		},
		"UntagResource": {
			action: "eks:UntagResource", on: e.namedByARN, keys: []string{"aws:ResourceTag/", "aws:TagKeys"},
			given: func(c *call) judge.Context { return ofTagKeys(c.params["tagKeys"]) },
		},
	}
}

// named is a node group; its ARN ends in an identifier that only AWS knows.
func (e *EKS) named(c *call) []thing {
	key := c.param("clusterName") + "/" + c.param("nodegroupName")
	t := thing{arn: e.aws.arnIn(c, "eks", "nodegroup/"+key+"/"+digest(key)[:8])}
	if n := e.nodegroups[key]; n != nil {
		t.tags = n.Tags
	}
	return []thing{t}
}

func (e *EKS) namedByARN(c *call) []thing {
	t := thing{arn: c.param("resourceArn")}
	for _, n := range e.nodegroups {
		if e.arn(n) == t.arn {
			t.tags = n.Tags
		}
	}
	return []thing{t}
}
