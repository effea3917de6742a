package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// rdsAPI holds the calls of the RDS client that are used here. One client serves Aurora, RDS,
// Neptune and Amazon DocumentDB: their clusters answer to the same API.
type rdsAPI interface {
	DescribeDBClusters(context.Context, *rds.DescribeDBClustersInput, ...func(*rds.Options),
	) (*rds.DescribeDBClustersOutput, error)
	DescribeDBInstances(context.Context, *rds.DescribeDBInstancesInput, ...func(*rds.Options),
	) (*rds.DescribeDBInstancesOutput, error)
	StartDBCluster(context.Context, *rds.StartDBClusterInput, ...func(*rds.Options),
	) (*rds.StartDBClusterOutput, error)
	StopDBCluster(context.Context, *rds.StopDBClusterInput, ...func(*rds.Options),
	) (*rds.StopDBClusterOutput, error)
	StartDBInstance(context.Context, *rds.StartDBInstanceInput, ...func(*rds.Options),
	) (*rds.StartDBInstanceOutput, error)
	StopDBInstance(context.Context, *rds.StopDBInstanceInput, ...func(*rds.Options),
	) (*rds.StopDBInstanceOutput, error)
}

// databaseKind is what differs between DB clusters and DB instances.
type databaseKind struct {
	// noun is AWS's own: "DB cluster". word is its part of a verb's name: "cluster".
	noun, word string
	// arnType is the part of an ARN; it is also the last word of a target.
	arnType string
	// The actions as IAM names them.
	describeAction string
	actions        map[Effect]string
	// AWS's error codes. Those of instances lack the "Fault" of their Go names.
	notFoundCode, stateCode string
	// describe returns one page of databases, or the one with this identifier.
	describe func(ctx context.Context, api rdsAPI, id, marker *string) (databasePage, error)
	act      map[Effect]func(ctx context.Context, api rdsAPI, id *string) error
}

type databasePage struct {
	databases []database
	marker    *string
}

var dbClusters = &databaseKind{
	noun: "DB cluster", word: "cluster", arnType: "cluster",
	describeAction: "rds:DescribeDBClusters",
	actions:        map[Effect]string{Start: "rds:StartDBCluster", Stop: "rds:StopDBCluster"},
	notFoundCode:   "DBClusterNotFoundFault", stateCode: "InvalidDBClusterStateFault",
	describe: func(ctx context.Context, api rdsAPI, id, marker *string) (databasePage, error) {
		in := &rds.DescribeDBClustersInput{DBClusterIdentifier: id, Marker: marker}
		out, err := api.DescribeDBClusters(ctx, in)
		if err != nil {
			return databasePage{}, err
		}
		page := databasePage{marker: out.Marker}
		for _, c := range out.DBClusters {
			page.databases = append(page.databases, fromCluster(c))
		}
		return page, nil
	},
	act: map[Effect]func(context.Context, rdsAPI, *string) error{
		Start: func(ctx context.Context, api rdsAPI, id *string) error {
			_, err := api.StartDBCluster(ctx, &rds.StartDBClusterInput{DBClusterIdentifier: id})
			return err
		},
		Stop: func(ctx context.Context, api rdsAPI, id *string) error {
			_, err := api.StopDBCluster(ctx, &rds.StopDBClusterInput{DBClusterIdentifier: id})
			return err
		},
	},
}

var dbInstances = &databaseKind{
	noun: "DB instance", word: "instance", arnType: "db",
	describeAction: "rds:DescribeDBInstances",
	actions:        map[Effect]string{Start: "rds:StartDBInstance", Stop: "rds:StopDBInstance"},
	notFoundCode:   "DBInstanceNotFound", stateCode: "InvalidDBInstanceState",
	describe: func(ctx context.Context, api rdsAPI, id, marker *string) (databasePage, error) {
		in := &rds.DescribeDBInstancesInput{DBInstanceIdentifier: id, Marker: marker}
		out, err := api.DescribeDBInstances(ctx, in)
		if err != nil {
			return databasePage{}, err
		}
		page := databasePage{marker: out.Marker}
		for _, i := range out.DBInstances {
			page.databases = append(page.databases, fromInstance(i))
		}
		return page, nil
	},
	act: map[Effect]func(context.Context, rdsAPI, *string) error{
		Start: func(ctx context.Context, api rdsAPI, id *string) error {
			_, err := api.StartDBInstance(ctx, &rds.StartDBInstanceInput{DBInstanceIdentifier: id})
			return err
		},
		Stop: func(ctx context.Context, api rdsAPI, id *string) error {
			_, err := api.StopDBInstance(ctx, &rds.StopDBInstanceInput{DBInstanceIdentifier: id})
			return err
		},
	},
}

// database is a DB cluster or DB instance as far as stopping and starting go.
type database struct {
	id, arn, engine, status string
	tags                    map[string]string
	// cluster is the DB cluster that an instance belongs to.
	cluster string
	// global is the global database that a cluster belongs to.
	global string
	// unsupported says why AWS can neither stop nor start it, and what to do; "" if it can.
	unsupported string
}

func fromCluster(c types.DBCluster) database {
	db := database{
		id: aws.ToString(c.DBClusterIdentifier), arn: aws.ToString(c.DBClusterArn),
		engine: aws.ToString(c.Engine), status: aws.ToString(c.Status), tags: tagMap(c.TagList),
		global: aws.ToString(c.GlobalClusterIdentifier),
	}
	switch {
	case aws.ToString(c.EngineMode) == "serverless":
		db.unsupported = "Aurora Serverless v1 cannot be stopped: let it pause by itself " +
			"(auto pause), or move it to Serverless v2"
	case db.engine == "mysql" || db.engine == "postgres":
		db.unsupported = "a Multi-AZ DB cluster cannot be stopped: leave it out, " +
			"or use Aurora or a Multi-AZ DB instance"
	case len(c.ReadReplicaIdentifiers) > 0:
		db.unsupported = "a cluster with a read replica in another region cannot be stopped: " +
			"leave it out, or delete the replica"
	case aws.ToString(c.ReplicationSourceIdentifier) != "":
		db.unsupported = "a read replica cannot be stopped: leave it out, or promote it"
	}
	return db
}

func fromInstance(i types.DBInstance) database {
	db := database{
		id: aws.ToString(i.DBInstanceIdentifier), arn: aws.ToString(i.DBInstanceArn),
		engine: aws.ToString(i.Engine), status: aws.ToString(i.DBInstanceStatus),
		tags: tagMap(i.TagList), cluster: aws.ToString(i.DBClusterIdentifier),
	}
	switch {
	case db.cluster != "":
		db.unsupported = fmt.Sprintf("a member of DB cluster %s is not stopped alone: "+
			"write start-cluster or stop-cluster %s", db.cluster, db.cluster)
	case aws.ToString(i.ReadReplicaSourceDBInstanceIdentifier) != "",
		aws.ToString(i.ReadReplicaSourceDBClusterIdentifier) != "":
		db.unsupported = "a read replica cannot be stopped: leave it out, or promote it"
	case len(i.ReadReplicaDBInstanceIdentifiers) > 0, len(i.ReadReplicaDBClusterIdentifiers) > 0:
		db.unsupported = "an instance with read replicas cannot be stopped: leave it out, " +
			"or delete its replicas"
	case strings.HasPrefix(db.engine, "sqlserver") && aws.ToBool(i.MultiAZ):
		db.unsupported = "SQL Server in Multi-AZ cannot be stopped: leave it out, " +
			"or make it Single-AZ"
	}
	return db
}

func tagMap(list []types.Tag) map[string]string {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags
}

// statements are the rights of a call on databases of this kind. AWS lets a Describe be limited by
// ARN only (Service Authorization Reference, "Actions for Amazon RDS").
func (k *databaseKind) statements(c *Call, scope Scope) []iampolicy.Statement {
	var out []iampolicy.Statement
	for _, item := range c.items {
		arn := ARN{scope.Partition, "rds", scope.Region, scope.Account, k.arnType, "*"}
		if item.ARN != nil {
			arn = *item.ARN
			arn.ID = "*"
		}
		out = append(out, iampolicy.Statement{
			Action: []string{k.describeAction}, Resource: []string{arn.String()},
		})
		if c.flags.dryRun {
			continue
		}
		act := iampolicy.Statement{Action: []string{k.actions[c.verb.Effect]}}
		if item.Tags != nil {
			act.Condition = map[string]map[string][]string{"StringEquals": {}}
			for _, t := range item.Tags {
				act.Condition["StringEquals"]["aws:ResourceTag/"+t.Key] = []string{t.Value}
			}
		} else {
			arn.ID = item.ID
		}
		act.Resource = []string{arn.String()}
		out = append(out, act)
	}
	return out
}

// rdsVerbs are the verbs of Amazon RDS and Aurora.
func rdsVerbs() []Verb {
	clusters := databaseVerbs("rds", dbClusters, "Aurora cluster")
	instances := databaseVerbs("rds", dbInstances, "RDS instance")
	instances[0].Aliases = []string{"start-rds"}
	instances[1].Aliases = []string{"stop-rds"}
	return append(clusters, instances...)
}

// databaseVerbs are start and stop of one kind of database, in a service's words.
func databaseVerbs(service string, k *databaseKind, noun string) []Verb {
	other := map[*databaseKind]string{dbClusters: "instance", dbInstances: "cluster"}[k]
	otherType := map[*databaseKind]string{dbClusters: "db", dbInstances: "cluster"}[k]
	verb := func(word string, effect Effect, arrived string) Verb {
		name := word + "-" + k.word
		return Verb{
			Service: service, Name: name, Effect: effect, AWSRestarts: effect == Stop,
			Short: fmt.Sprintf("%s %ss", word, noun),
			Long: fmt.Sprintf("What is %s already, or on its way there, is left alone. "+
				"What is busy (backing-up, modifying) is waited for while time is left.", arrived),
			Items: fmt.Sprintf("identifiers or ARNs of %ss, or tags as key=value "+
				"(key=value,key=value for both)", k.noun),
			Examples: [][]string{
				{service, name, "my-" + k.word},
				{service, name, "team=web", "--dry-run"},
				{service, name, "my-" + k.word, "--wait", "--region", "us-west-2"},
			},
			phrases: map[language]phrase{english: {word, noun, noun + "s", arrived}},
			target:  service + "/" + k.word,
			item: itemForm{
				noun: k.noun, service: "rds", arnType: k.arnType,
				verbOf: map[string]string{otherType: word + "-" + other},
			},
			statements: k.statements,
			run: func(ctx context.Context, s *session) []Result {
				return (&databaseRun{session: s, kind: k}).run(ctx)
			},
		}
	}
	return []Verb{verb("start", Start, "available"), verb("stop", Stop, "stopped")}
}
