package fakeaws

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// RDS is Amazon RDS, with the clusters of Aurora, DocumentDB and Neptune: they share the API.
type RDS struct {
	aws       *AWS
	clusters  map[string]*DBCluster
	instances map[string]*DBInstance
	pageSize  int
	slow      Transition
	denied    map[string]bool
}

// Life is the status of a cluster or instance and what follows it.
type Life struct {
	Status string
	// Next are the statuses that follow by themselves.
	Next []Transition
	// AutomaticRestartTime is when AWS starts a stopped one again.
	AutomaticRestartTime time.Time

	entered time.Time
	reads   int // descriptions since the status was entered
}

// Transition leads to a status when so many descriptions have shown the one before and so much time
// has passed in it.
type Transition struct {
	To    string
	Reads int
	After time.Duration
}

// DBCluster is a cluster.
type DBCluster struct {
	ID string
	Life
	// Engine is "aurora-postgresql" unless set; "mysql" and "postgres" are Multi-AZ DB clusters.
	// EngineMode is "provisioned" unless set; "serverless" is Aurora Serverless v1.
	Engine, EngineMode string
	// Members are the identifiers of instances, the writer first. They share the cluster's status.
	Members           []string
	ReplicationSource string   // ARN of the source of a cross-Region replica
	ReadReplicas      []string // ARNs
	GlobalCluster     string
	Tags              map[string]string
}

// DBInstance is an instance.
type DBInstance struct {
	ID string
	Life
	// Engine is "postgres" unless set.
	Engine        string
	MultiAZ       bool
	Cluster       string // of which it is a member
	ReplicaSource string // of which it is a read replica
	ReadReplicas  []string
	Tags          map[string]string
}

func newRDS(a *AWS) *RDS {
	return &RDS{
		aws: a, clusters: map[string]*DBCluster{}, instances: map[string]*DBInstance{},
		pageSize: 100, denied: map[string]bool{},
	}
}

// RDS gives a test direct access to RDS.
func (a *AWS) RDS() *RDS { return a.rds }

// SetPageSize sets how many entries a page of a description holds at most; AWS allows 20 to 100.
func (r *RDS) SetPageSize(n int) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	r.pageSize = n
}

// SlowStates keeps what is stopped in "stopping", and what is started in "starting", until so many
// descriptions have shown it and so much time has passed. Without it the next description shows the
// end.
func (r *RDS) SlowStates(reads int, d time.Duration) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	r.slow = Transition{Reads: reads, After: d}
}

// Deny refuses every call that names one of these clusters or instances.
func (r *RDS) Deny(ids ...string) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	for _, id := range ids {
		r.denied[strings.ToLower(id)] = true
	}
}

// PutCluster makes or replaces a cluster. Its Status is "available" unless set.
func (r *RDS) PutCluster(cluster DBCluster) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	cluster.ID = strings.ToLower(cluster.ID)
	setDefault(&cluster.Engine, "aurora-postgresql")
	setDefault(&cluster.EngineMode, "provisioned")
	cluster.begin(cmp.Or(cluster.Status, "available"), r.aws.now())
	r.clusters[cluster.ID] = &cluster
}

// PutInstance makes or replaces an instance. Its Status is "available" unless set.
func (r *RDS) PutInstance(instance DBInstance) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	instance.ID = strings.ToLower(instance.ID)
	setDefault(&instance.Engine, "postgres")
	instance.begin(cmp.Or(instance.Status, "available"), r.aws.now())
	r.instances[instance.ID] = &instance
}

// Cluster returns a cluster by identifier; looking counts as no description.
func (r *RDS) Cluster(id string) (DBCluster, bool) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	r.settle()
	cluster := r.clusters[strings.ToLower(id)]
	if cluster == nil {
		return DBCluster{}, false
	}
	shown := *cluster
	shown.Tags = maps.Clone(cluster.Tags)
	return shown, true
}

// Instance returns an instance by identifier; looking counts as no description.
func (r *RDS) Instance(id string) (DBInstance, bool) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	r.settle()
	instance := r.instances[strings.ToLower(id)]
	if instance == nil {
		return DBInstance{}, false
	}
	shown := *instance
	shown.Tags = maps.Clone(instance.Tags)
	return shown, true
}

// Remove removes the cluster and the instance of this name.
func (r *RDS) Remove(id string) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	delete(r.clusters, strings.ToLower(id))
	delete(r.instances, strings.ToLower(id))
}

// longestStop is how long AWS leaves a database stopped (RDS User Guide, "Stopping an Amazon RDS DB
// instance temporarily").
const longestStop = 7 * 24 * time.Hour

// begin enters a status.
func (l *Life) begin(status string, now time.Time) {
	l.Status, l.entered, l.reads = status, now, 0
	if status == "stopped" && l.AutomaticRestartTime.IsZero() {
		l.AutomaticRestartTime = now.Add(longestStop)
	}
	if status == "available" {
		l.AutomaticRestartTime = time.Time{}
	}
}

// move enters a status that ends in another one by itself.
func (l *Life) move(through, to string, slow Transition, now time.Time) {
	slow.To = to
	l.Next = []Transition{slow}
	l.begin(through, now)
}

// settle enters what is due, and starts again what has been stopped for too long.
func (l *Life) settle(slow Transition, now time.Time) {
	for len(l.Next) > 0 {
		next := l.Next[0]
		if l.reads < next.Reads || now.Before(l.entered.Add(next.After)) {
			return
		}
		l.Next = slices.Clone(l.Next[1:])
		l.begin(next.To, now)
	}
	if l.Status == "stopped" && !now.Before(l.AutomaticRestartTime) {
		l.move("starting", "available", slow, now)
		l.settle(slow, now)
	}
}

// settle brings all lives up to now. Members live as their cluster does.
func (r *RDS) settle() {
	now := r.aws.now()
	for _, instance := range r.instances {
		instance.settle(r.slow, now)
	}
	for _, cluster := range r.clusters {
		before := cluster.Status
		cluster.settle(r.slow, now)
		if cluster.Status != before {
			r.followCluster(cluster)
		}
	}
}

func (r *RDS) followCluster(cluster *DBCluster) {
	for _, id := range cluster.Members {
		if instance := r.instances[strings.ToLower(id)]; instance != nil {
			instance.Next = nil
			instance.begin(cluster.Status, r.aws.now())
			instance.AutomaticRestartTime = cluster.AutomaticRestartTime
		}
	}
}

func (r *RDS) leftovers() []string {
	var left []string
	for _, id := range sortedKeys(r.clusters) {
		left = append(left, "rds cluster "+id)
	}
	for _, id := range sortedKeys(r.instances) {
		left = append(left, "rds instance "+id)
	}
	return left
}

func (r *RDS) service() *service {
	operations := map[string]func(*call) (any, error){
		"DescribeDBClusters":  r.describeClusters,
		"DescribeDBInstances": r.describeInstances,
		"StartDBCluster":      r.startCluster,
		"StopDBCluster":       r.stopCluster,
		"StartDBInstance":     r.startInstance,
		"StopDBInstance":      r.stopInstance,
	}
	for name, handle := range operations {
		operations[name] = func(c *call) (any, error) {
			r.settle()
			return handle(c)
		}
	}
	return &service{
		name:       "rds",
		protocol:   query{"http://rds.amazonaws.com/doc/2014-10-31/"},
		operations: operations,
		nameKeys:   []string{"DBClusterIdentifier", "DBInstanceIdentifier"},
		leftovers:  r.leftovers,
	}
}
