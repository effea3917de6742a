package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// clusterFleet are the DB clusters of a region, in the words of one service.
type clusterFleet struct {
	api rdsAPI
	// engine is the service's only engine, "" where it takes them all.
	service, engine string
}

func (f clusterFleet) describe(ctx context.Context, id, marker *string) (page, error) {
	in := &rds.DescribeDBClustersInput{DBClusterIdentifier: id, Marker: marker}
	out, err := f.api.DescribeDBClusters(ctx, in)
	if err != nil {
		return page{}, err
	}
	p := page{marker: out.Marker}
	for _, c := range out.DBClusters {
		p.resources = append(p.resources, f.resource(c))
	}
	return p, nil
}

func (f clusterFleet) act(ctx context.Context, effect Effect, id string) (err error) {
	if effect == Start {
		_, err = f.api.StartDBCluster(ctx, &rds.StartDBClusterInput{DBClusterIdentifier: &id})
	} else {
		_, err = f.api.StopDBCluster(ctx, &rds.StopDBClusterInput{DBClusterIdentifier: &id})
	}
	return err
}

func (f clusterFleet) resource(c types.DBCluster) resource {
	engine, global := aws.ToString(c.Engine), aws.ToString(c.GlobalClusterIdentifier)
	r := resource{
		id: aws.ToString(c.DBClusterIdentifier), arn: aws.ToString(c.DBClusterArn),
		status: aws.ToString(c.Status), tags: tagMap(c.TagList),
	}
	service, what := clusterOf(engine)
	if service != f.service {
		r.note = what
		if f.engine != "" {
			r.mistaken = service
		}
	}
	switch {
	case aws.ToString(c.EngineMode) == "serverless":
		r.unsupported = "Aurora Serverless v1 cannot be stopped: let it pause by itself " +
			"(auto pause), or move it to Serverless v2"
	case engine == "mysql" || engine == "postgres":
		r.unsupported = "a Multi-AZ DB cluster cannot be stopped: leave it out, " +
			"or use Aurora or a Multi-AZ DB instance"
	case len(c.ReadReplicaIdentifiers) > 0:
		r.unsupported = "a cluster with a read replica in another region cannot be stopped: " +
			"leave it out, or delete the replica"
	case aws.ToString(c.ReplicationSourceIdentifier) != "":
		r.unsupported = "a read replica cannot be stopped: leave it out, or promote it"
	}
	if global != "" {
		r.refused = fmt.Sprintf("a member of global database %s is stopped only where it is its "+
			"only cluster: leave it out", global)
	}
	return r
}

// clusterOf returns the service whose words are meant for a cluster of this engine, and what such a
// cluster is called. They all answer to the RDS API.
func clusterOf(engine string) (service, what string) {
	switch {
	case engine == "neptune":
		return "neptune", "a Neptune cluster"
	case engine == "docdb":
		return "docdb", "an Amazon DocumentDB cluster"
	case strings.HasPrefix(engine, "aurora"):
		return "rds", "an Aurora cluster"
	}
	return "rds", "a DB cluster of engine " + engine
}

// instanceFleet are the DB instances of a region.
type instanceFleet struct{ api rdsAPI }

func (f instanceFleet) describe(ctx context.Context, id, marker *string) (page, error) {
	in := &rds.DescribeDBInstancesInput{DBInstanceIdentifier: id, Marker: marker}
	out, err := f.api.DescribeDBInstances(ctx, in)
	if err != nil {
		return page{}, err
	}
	p := page{marker: out.Marker}
	for _, i := range out.DBInstances {
		p.resources = append(p.resources, fromInstance(i))
	}
	return p, nil
}

func (f instanceFleet) act(ctx context.Context, effect Effect, id string) (err error) {
	if effect == Start {
		_, err = f.api.StartDBInstance(ctx, &rds.StartDBInstanceInput{DBInstanceIdentifier: &id})
	} else {
		_, err = f.api.StopDBInstance(ctx, &rds.StopDBInstanceInput{DBInstanceIdentifier: &id})
	}
	return err
}

func fromInstance(i types.DBInstance) resource {
	r := resource{
		id: aws.ToString(i.DBInstanceIdentifier), arn: aws.ToString(i.DBInstanceArn),
		status: aws.ToString(i.DBInstanceStatus), tags: tagMap(i.TagList),
	}
	cluster := aws.ToString(i.DBClusterIdentifier)
	switch {
	case cluster != "":
		r.whole = "DB cluster " + cluster
		r.unsupported = fmt.Sprintf("a member of DB cluster %s is not stopped alone: "+
			"write start-cluster or stop-cluster %s", cluster, cluster)
	case aws.ToString(i.ReadReplicaSourceDBInstanceIdentifier) != "",
		aws.ToString(i.ReadReplicaSourceDBClusterIdentifier) != "":
		r.unsupported = "a read replica cannot be stopped: leave it out, or promote it"
	case len(i.ReadReplicaDBInstanceIdentifiers) > 0, len(i.ReadReplicaDBClusterIdentifiers) > 0:
		r.unsupported = "an instance with read replicas cannot be stopped: leave it out, " +
			"or delete its replicas"
	case strings.HasPrefix(aws.ToString(i.Engine), "sqlserver") && aws.ToBool(i.MultiAZ):
		r.unsupported = "SQL Server in Multi-AZ cannot be stopped: leave it out, " +
			"or make it Single-AZ"
	}
	return r
}

func tagMap(list []types.Tag) map[string]string {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags
}
