package fakeaws

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type clusterXML struct {
	DBClusterIdentifier, DBClusterArn string
	Status, Engine, EngineMode        string
	MultiAZ                           bool
	ReplicationSourceIdentifier       string      `xml:",omitempty"`
	GlobalClusterIdentifier           string      `xml:",omitempty"`
	DBClusterInstanceClass            string      `xml:",omitempty"`
	AutomaticRestartTime              string      `xml:",omitempty"`
	ReadReplicas                      []string    `xml:"ReadReplicaIdentifiers>ReadReplicaIdentifier"`
	Members                           []memberXML `xml:"DBClusterMembers>DBClusterMember"`
	Tags                              []tag       `xml:"TagList>Tag"`
}

type memberXML struct {
	DBInstanceIdentifier string
	IsClusterWriter      bool
}

type instanceXML struct {
	DBInstanceIdentifier, DBInstanceArn   string
	DBInstanceStatus, Engine              string
	MultiAZ                               bool
	DBClusterIdentifier                   string     `xml:",omitempty"`
	ReadReplicaSourceDBInstanceIdentifier string     `xml:",omitempty"`
	AutomaticRestartTime                  string     `xml:",omitempty"`
	ReadReplicas                          replicaXML `xml:"ReadReplicaDBInstanceIdentifiers"`
	Tags                                  []tag      `xml:"TagList>Tag"`
}

// replicaXML is a list of instances.
type replicaXML struct {
	ID []string `xml:"ReadReplicaDBInstanceIdentifier"`
}

func (r *RDS) arn(kind, id string) string {
	return "arn:aws:rds:" + r.aws.region + ":" + r.aws.account + ":" + kind + ":" + id
}

func (l *Life) restart() string {
	if l.AutomaticRestartTime.IsZero() {
		return ""
	}
	return l.AutomaticRestartTime.UTC().Format(time.RFC3339)
}

// multiAZ tells whether the cluster is an RDS Multi-AZ DB cluster, not one of Aurora, DocumentDB or
// Neptune.
func (d *DBCluster) multiAZ() bool { return d.Engine == "mysql" || d.Engine == "postgres" }

func (r *RDS) clusterXML(d *DBCluster) clusterXML {
	x := clusterXML{
		DBClusterIdentifier: d.ID, DBClusterArn: r.arn("cluster", d.ID),
		Status: d.Status, Engine: d.Engine, EngineMode: d.EngineMode, MultiAZ: d.multiAZ(),
		ReplicationSourceIdentifier: d.ReplicationSource, GlobalClusterIdentifier: d.GlobalCluster,
		AutomaticRestartTime: d.restart(), ReadReplicas: d.ReadReplicas, Tags: tagList(d.Tags),
	}
	if d.multiAZ() {
		x.DBClusterInstanceClass = "db.m6gd.large"
	}
	for i, id := range d.Members {
		x.Members = append(x.Members, memberXML{id, i == 0})
	}
	return x
}

func (r *RDS) instanceXML(d *DBInstance) instanceXML {
	return instanceXML{
		DBInstanceIdentifier: d.ID, DBInstanceArn: r.arn("db", d.ID),
		DBInstanceStatus: d.Status, Engine: d.Engine, MultiAZ: d.MultiAZ,
		DBClusterIdentifier: d.Cluster, ReadReplicaSourceDBInstanceIdentifier: d.ReplicaSource,
		AutomaticRestartTime: d.restart(), ReadReplicas: replicaXML{d.ReadReplicas},
		Tags: tagList(d.Tags),
	}
}

// identifier returns the lower-case identifier that a request names, by identifier or ARN; RDS
// lower-cases identifiers (API Reference, StopDBCluster).
func (r *RDS) identifier(c *call, kind, param string) (string, error) {
	id := strings.ToLower(strings.TrimPrefix(c.param(param), r.arn(kind, "")))
	if r.denied[id] {
		return "", errf(http.StatusForbidden, "AccessDenied",
			"User: arn:aws:iam::%s:user/test is not authorized to perform: rds:%s on resource: %s "+
				"because no identity-based policy allows the rds:%[2]s action",
			r.aws.account, c.param("Action"), r.arn(kind, id))
	}
	return id, nil
}

func (r *RDS) cluster(c *call) (*DBCluster, error) {
	id, err := r.identifier(c, "cluster", "DBClusterIdentifier")
	if err != nil {
		return nil, err
	}
	if cluster := r.clusters[id]; cluster != nil {
		return cluster, nil
	}
	return nil, errf(http.StatusNotFound, "DBClusterNotFoundFault", "DBCluster %s not found.", id)
}

func (r *RDS) instance(c *call) (*DBInstance, error) {
	id, err := r.identifier(c, "db", "DBInstanceIdentifier")
	if err != nil {
		return nil, err
	}
	if instance := r.instances[id]; instance != nil {
		return instance, nil
	}
	return nil, errf(http.StatusNotFound, "DBInstanceNotFound", "DBInstance %s not found.", id)
}

// filters reads the filters of a description; there is none by tag (API Reference,
// DescribeDBClusters).
func (c *call) filters(known ...string) (map[string][]string, error) {
	filters := map[string][]string{}
	for n := 1; ; n++ {
		prefix := "Filters.Filter." + strconv.Itoa(n)
		name := c.param(prefix + ".Name")
		if name == "" {
			return filters, nil
		}
		if !slices.Contains(known, name) {
			return nil, errf(http.StatusBadRequest, "InvalidParameterValue",
				"Unrecognized filter name: %s", name)
		}
		filters[name] = c.list(prefix + ".Values.Value")
	}
}

// fits tells whether one of the filter's values is among got; a missing filter fits.
func fits(filters map[string][]string, name string, got ...string) bool {
	wanted, ok := filters[name]
	return !ok || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(got, w) })
}

// cut cuts a sorted list of identifiers; MaxRecords is 20 to 100 (API Reference).
func (r *RDS) cut(c *call, ids []string) (part []string, marker string, err error) {
	size, ok := c.size("MaxRecords", 20, 100, 100)
	if !ok {
		return nil, "", errf(http.StatusBadRequest, "InvalidParameterValue",
			"Invalid value %s for MaxRecords. Must be between 20 and 100", c.param("MaxRecords"))
	}
	part, marker, ok = cut(ids, itself, c.param("Marker"), min(size, r.pageSize))
	if !ok {
		return nil, "", errf(http.StatusBadRequest, "InvalidParameterValue", "The Marker is invalid.")
	}
	return part, marker, nil
}

func (r *RDS) describeClusters(c *call) (any, error) {
	filters, err := c.filters("db-cluster-id", "engine")
	if err != nil {
		return nil, err
	}
	ids := sortedKeys(r.clusters)
	if c.param("DBClusterIdentifier") != "" {
		cluster, err := r.cluster(c)
		if err != nil {
			return nil, err
		}
		ids = []string{cluster.ID}
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		return !fits(filters, "db-cluster-id", id, r.arn("cluster", id)) ||
			!fits(filters, "engine", r.clusters[id].Engine)
	})
	ids, marker, err := r.cut(c, ids)
	if err != nil {
		return nil, err
	}
	var clusters []clusterXML
	for _, id := range ids {
		clusters = append(clusters, r.clusterXML(r.clusters[id]))
		r.clusters[id].reads++
	}
	return struct {
		Marker     string       `xml:",omitempty"`
		DBClusters []clusterXML `xml:"DBClusters>DBCluster"`
	}{marker, clusters}, nil
}

func (r *RDS) describeInstances(c *call) (any, error) {
	filters, err := c.filters("db-instance-id", "db-cluster-id", "engine")
	if err != nil {
		return nil, err
	}
	ids := sortedKeys(r.instances)
	if c.param("DBInstanceIdentifier") != "" {
		instance, err := r.instance(c)
		if err != nil {
			return nil, err
		}
		ids = []string{instance.ID}
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		d := r.instances[id]
		return !fits(filters, "db-instance-id", id, r.arn("db", id)) ||
			!fits(filters, "db-cluster-id", d.Cluster, r.arn("cluster", d.Cluster)) ||
			!fits(filters, "engine", d.Engine)
	})
	ids, marker, err := r.cut(c, ids)
	if err != nil {
		return nil, err
	}
	var instances []instanceXML
	for _, id := range ids {
		instances = append(instances, r.instanceXML(r.instances[id]))
		r.instances[id].reads++
	}
	return struct {
		Marker      string        `xml:",omitempty"`
		DBInstances []instanceXML `xml:"DBInstances>DBInstance"`
	}{marker, instances}, nil
}

type clusterOutput struct{ DBCluster clusterXML }

type instanceOutput struct{ DBInstance instanceXML }

func badClusterState(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "InvalidDBClusterStateFault", format, args...)
}

func badInstanceState(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "InvalidDBInstanceState", format, args...)
}

// stoppable tells why a cluster can neither be stopped nor started (Aurora User Guide, "Stopping
// and starting an Amazon Aurora DB cluster", Limitations), or nil. The texts are ours.
func (d *DBCluster) stoppable() error {
	switch {
	case d.multiAZ():
		return badClusterState("DbCluster %s: this action only applies to Aurora DB clusters.", d.ID)
	case d.EngineMode == "serverless":
		return badClusterState("DbCluster %s is an Aurora Serverless v1 cluster.", d.ID)
	case len(d.ReadReplicas) > 0:
		return badClusterState("DbCluster %s has a cross-Region read replica.", d.ID)
	}
	return nil
}

// stopCluster answers with the status from before, as AWS does.
func (r *RDS) stopCluster(c *call) (any, error) {
	return r.moveCluster(c, "stopping", "stopped", "available")
}

func (r *RDS) startCluster(c *call) (any, error) {
	return r.moveCluster(c, "starting", "available",
		"stopped", "inaccessible-encryption-credentials-recoverable")
}

func (r *RDS) moveCluster(c *call, through, to string, from ...string) (any, error) {
	cluster, err := r.cluster(c)
	if err != nil {
		return nil, err
	}
	if err := cluster.stoppable(); err != nil {
		return nil, err
	}
	if !slices.Contains(from, cluster.Status) {
		return nil, badClusterState("DbCluster %s is in %s state but expected it to be one of %s.",
			cluster.ID, cluster.Status, strings.Join(from, ","))
	}
	output := clusterOutput{r.clusterXML(cluster)}
	cluster.move(through, to, r.slow, r.aws.now())
	r.followCluster(cluster)
	return output, nil
}

// stoppable tells why an instance can neither be stopped nor started (RDS User Guide, "Stopping an
// Amazon RDS DB instance temporarily", Limitations), or nil. The texts are ours.
func (d *DBInstance) stoppable() error {
	switch {
	case d.Cluster != "":
		return errf(http.StatusBadRequest, "InvalidParameterCombination",
			"%s DB instances are not eligible for stopping and starting.", d.Engine)
	case d.ReplicaSource != "":
		return badInstanceState("Instance %s is a read replica.", d.ID)
	case len(d.ReadReplicas) > 0:
		return badInstanceState("Instance %s has read replicas.", d.ID)
	case d.MultiAZ && strings.HasPrefix(d.Engine, "sqlserver"):
		return badInstanceState("Instance %s is a Multi-AZ instance of SQL Server.", d.ID)
	}
	return nil
}

func (r *RDS) stopInstance(c *call) (any, error) {
	instance, err := r.instance(c)
	if err != nil {
		return nil, err
	}
	if err := instance.stoppable(); err != nil {
		return nil, err
	}
	if instance.Status != "available" {
		return nil, badInstanceState("Instance %s is not in available state.", instance.ID)
	}
	instance.move("stopping", "stopped", r.slow, r.aws.now())
	return instanceOutput{r.instanceXML(instance)}, nil
}

func (r *RDS) startInstance(c *call) (any, error) {
	instance, err := r.instance(c)
	if err != nil {
		return nil, err
	}
	if err := instance.stoppable(); err != nil {
		return nil, err
	}
	if !oneOf(instance.Status, "stopped", "inaccessible-encryption-credentials-recoverable",
		"incompatible-network") {
		return nil, badInstanceState("Instance %s cannot be started as it is not in one of the "+
			"following statuses: 'stopped, inaccessible-encryption-credentials-recoverable, "+
			"incompatible-network (only valid for non-SqlServer instances)'.", instance.ID)
	}
	instance.move("starting", "available", r.slow, r.aws.now())
	return instanceOutput{r.instanceXML(instance)}, nil
}
