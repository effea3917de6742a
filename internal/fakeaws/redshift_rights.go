package fakeaws

import "strings"

// rights by the page "Amazon Redshift", but for DescribeClusters: the page has had a resource there at
// times, and none at others; it is judged on "*", which is right either way.
func (r *Redshift) rights() rights {
	named := func(c *call) []thing {
		id := strings.ToLower(c.param("ClusterIdentifier"))
		t := thing{arn: r.aws.arnIn(c, "redshift", "cluster:"+id)}
		if cluster := r.clusters[id]; cluster != nil {
			t.tags = cluster.Tags
		}
		return []thing{t}
	}
	return rights{
		"DescribeClusters": {action: "redshift:DescribeClusters"},
		"PauseCluster":     {action: "redshift:PauseCluster", on: named, keys: resourceTags},
		"ResumeCluster":    {action: "redshift:ResumeCluster", on: named, keys: resourceTags},
	}
}
