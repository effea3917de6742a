package fakeaws

// rights by the page "Amazon CloudFront": a distribution is in no region.
func (f *CloudFront) rights() rights {
	named := func(c *call) []thing {
		return []thing{{arn: "arn:aws:cloudfront::" + f.aws.account + ":distribution/" + c.param("Id")}}
	}
	return rights{
		"GetDistribution":       {action: "cloudfront:GetDistribution", on: named},
		"GetDistributionConfig": {action: "cloudfront:GetDistributionConfig", on: named},
		"UpdateDistribution":    {action: "cloudfront:UpdateDistribution", on: named},
	}
}
