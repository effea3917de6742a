package fakeaws

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// rights by the page "AWS Application Auto Scaling": the ARN of a target ends in an identifier that only
// AWS knows, so it is the condition keys that bound the right; AWS knows no resource for a description.
func (s *AppScaling) rights() rights {
	type input struct{ ServiceNamespace, ScalableDimension, ResourceID string }
	read := func(c *call) input {
		var in input
		_ = c.decode(&in) // the operation reports what is wrong with the body
		return in
	}
	return rights{
		"DescribeScalableTargets": {action: "application-autoscaling:DescribeScalableTargets"},
		"RegisterScalableTarget": {
			action: "application-autoscaling:RegisterScalableTarget",
			on: func(c *call) []thing {
				name := strings.TrimPrefix(read(c).ResourceID, "service/")
				return []thing{{arn: s.aws.arnIn(c, "application-autoscaling",
					"scalable-target/"+digest(name)[:32])}}
			},
			keys: []string{
				"application-autoscaling:service-namespace", "application-autoscaling:scalable-dimension",
				"aws:ResourceTag/", "aws:RequestTag/", "aws:TagKeys",
			},
			given: func(c *call) judge.Context {
				in := read(c)
				return judge.Context{
					"application-autoscaling:service-namespace":  {in.ServiceNamespace},
					"application-autoscaling:scalable-dimension": {in.ScalableDimension},
				}
			},
		},
	}
}
