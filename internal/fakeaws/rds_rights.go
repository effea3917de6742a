package fakeaws

import "strings"

// rights by the page "Amazon RDS". A description of one database is judged on it, one of all on a "*" in
// its place. The page has the condition keys of tags there too; they are left out, since
// no policy here has a condition on a description. StopDBInstance on a snapshot, which the page has as optional,
// is for DBSnapshotIdentifier, which no request here has.
func (r *RDS) rights() rights {
	cluster, instance := r.named("cluster", "DBClusterIdentifier"), r.named("db", "DBInstanceIdentifier")
	return rights{
		"DescribeDBClusters":  {action: "rds:DescribeDBClusters", on: cluster},
		"StartDBCluster":      {action: "rds:StartDBCluster", on: cluster, keys: resourceTags},
		"StopDBCluster":       {action: "rds:StopDBCluster", on: cluster, keys: resourceTags},
		"DescribeDBInstances": {action: "rds:DescribeDBInstances", on: instance},
		"StartDBInstance":     {action: "rds:StartDBInstance", on: instance, keys: resourceTags},
		"StopDBInstance":      {action: "rds:StopDBInstance", on: instance, keys: resourceTags},
	}
}

// named finds what a parameter names, by identifier or ARN.
func (r *RDS) named(kind, param string) func(*call) []thing {
	return func(c *call) []thing {
		id := strings.ToLower(c.param(param))
		id = id[strings.LastIndex(id, ":")+1:]
		t := thing{arn: r.aws.arnIn(c, "rds", kind+":"+id)}
		switch found := r.clusters[id]; {
		case id == "":
			t.arn += "*"
		case kind == "cluster" && found != nil:
			t.tags = found.Tags
		case kind == "db" && r.instances[id] != nil:
			t.tags = r.instances[id].Tags
		}
		return []thing{t}
	}
}
