package command

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

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

// dbClusters are the DB clusters of a service: of one engine, or of every engine where that is "".
func dbClusters(service, engine string) *resourceKind {
	return &resourceKind{
		noun: "DB cluster", arnService: "rds", arnPrefix: "cluster:",
		describeAction: "rds:DescribeDBClusters",
		actions:        map[Effect]string{Start: "rds:StartDBCluster", Stop: "rds:StopDBCluster"},
		notFoundCode:   "DBClusterNotFoundFault",
		stateCodes:     []string{"InvalidDBClusterStateFault"},
		// One of the cluster's instances is busy.
		busyCodes: []string{"InvalidDBInstanceState"},
		states:    &databaseStates,
		connect: func(r *Runner, cfg aws.Config) fleet {
			return clusterFleet{r.clients.rds(cfg), service, engine}
		},
		look: lookAtDatabases("rds:DescribeDBClusters"),
	}
}

func dbInstances() *resourceKind {
	return &resourceKind{
		noun: "DB instance", arnService: "rds", arnPrefix: "db:",
		describeAction: "rds:DescribeDBInstances",
		actions:        map[Effect]string{Start: "rds:StartDBInstance", Stop: "rds:StopDBInstance"},
		// The codes of instances lack the "Fault" of their Go names.
		notFoundCode: "DBInstanceNotFound",
		stateCodes:   []string{"InvalidDBInstanceState"},
		states:       &databaseStates,
		connect:      func(r *Runner, cfg aws.Config) fleet { return instanceFleet{r.clients.rds(cfg)} },
		look:         lookAtDatabases("rds:DescribeDBInstances"),
	}
}

// lookAtDatabases is the right to describe all databases: a Describe can be limited by ARN only
// (Service Authorization Reference, "Actions for Amazon RDS").
func lookAtDatabases(action string) func(Item, arnsOf) []iampolicy.Statement {
	return func(_ Item, arns arnsOf) []iampolicy.Statement {
		return []iampolicy.Statement{{Action: []string{action}, Resource: arns("*")}}
	}
}

// databaseStates are those of DB clusters and DB instances (Amazon RDS User Guide, "Viewing Amazon
// RDS DB instance status"; Amazon Aurora User Guide, "Viewing DB cluster status"; the last line of
// the busy ones is seen in AWS's answers and not in its tables).
var databaseStates = states{
	up: "available", starting: "starting", down: "stopped", stopping: "stopping",
	busy: []string{
		"backing-up", "backtracking", "configuring-enhanced-monitoring",
		"configuring-iam-database-auth", "configuring-log-exports", "converting-to-vpc", "creating",
		"failing-over", "maintenance", "migrating", "modifying", "moving-to-vpc", "promoting",
		"rebooting", "renaming", "resetting-master-credentials", "storage-config-upgrade",
		"storage-initialization", "storage-optimization", "update-iam-db-auth", "upgrading",
		"preparing-data-migration", "scaling-capacity", "scaling-compute", "scaling-storage",
	},
	broken: []string{
		"cloning-failed", "delete-precheck", "deleting", "failed",
		"inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable",
		"incompatible-create", "incompatible-network", "incompatible-option-group",
		"incompatible-parameters", "incompatible-restore", "insufficient-capacity",
		"migration-failed", "restore-error", "storage-full",
	},
	// The text of the error with which AWS refuses a StartDBInstance in any other state.
	startable: []string{"inaccessible-encryption-credentials-recoverable", "incompatible-network"},
	examples:  "backing-up, modifying",
}

// rdsVerbs are the verbs of Amazon RDS and Aurora.
func rdsVerbs() []Verb {
	clusters := databaseVerbs("rds", "cluster", "Aurora cluster", dbClusters("rds", ""))
	instances := databaseVerbs("rds", "instance", "RDS instance", dbInstances())
	instances[0].Aliases = []string{"start-rds"}
	instances[1].Aliases = []string{"stop-rds"}
	return append(clusters, instances...)
}

// databaseVerbs are start and stop of databases in a service's words. The targets of a DB cluster
// are called rds/cluster/… whatever the service, so that a start with the words of one and a stop
// with the words of another are seen to contradict each other.
func databaseVerbs(service, word, one string, k *resourceKind) []Verb {
	form := itemForm{
		noun: k.noun, service: "rds", arnType: strings.TrimSuffix(k.arnPrefix, ":"), name: databaseName,
	}
	if service == "rds" {
		form.other = map[string]string{"cluster": "cluster", "db": "instance"}
	}
	return resourceVerbs(k, resourceWords{
		service: service, word: word, target: "rds/" + word, one: one,
		items: "identifiers or ARNs of " + k.noun + "s, or tags as key=value " +
			"(key=value,key=value for both)",
		form:  form,
		verbs: map[Effect]string{Start: "start", Stop: "stop"}, restarts: true,
	})
}
