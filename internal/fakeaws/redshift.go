package fakeaws

import (
	"cmp"
	"maps"
	"net/http"
	"strings"
)

// Redshift is Amazon Redshift, with its provisioned clusters.
type Redshift struct {
	aws      *AWS
	clusters map[string]*RedshiftCluster
	pageSize int
	slow     Transition
}

// RedshiftCluster is a provisioned cluster.
type RedshiftCluster struct {
	ID string
	Life
	// HSM is the identifier of its HSM configuration, "" for none.
	HSM string
	// NoSnapshots tells that automated snapshots are turned off.
	NoSnapshots bool
	// Operations is how many more pauses and resumes are refused because an operation is running
	// while the status does not show one.
	Operations int
	Tags       map[string]string
}

func newRedshift(a *AWS) *Redshift {
	return &Redshift{aws: a, clusters: map[string]*RedshiftCluster{}, pageSize: 100}
}

// Redshift gives a test direct access to Redshift.
func (a *AWS) Redshift() *Redshift { return a.redshift }

// SetPageSize sets how many clusters a page of a description holds at most; AWS allows 20 to 100.
func (r *Redshift) SetPageSize(n int) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	r.pageSize = n
}

// SlowStates keeps what is paused in "pausing", and what is resumed in "resuming", until t is over.
func (r *Redshift) SlowStates(t Transition) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	r.slow = t
}

// PutCluster makes or replaces a cluster. Its Status is "available" unless set.
func (r *Redshift) PutCluster(cluster RedshiftCluster) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	cluster.ID = strings.ToLower(cluster.ID)
	cluster.begin(cmp.Or(cluster.Status, "available"), r.aws.now())
	r.clusters[cluster.ID] = &cluster
}

// Cluster returns a cluster by identifier; looking counts as no description.
func (r *Redshift) Cluster(id string) (RedshiftCluster, bool) {
	r.aws.mu.Lock()
	defer r.aws.mu.Unlock()
	r.settle()
	cluster := r.clusters[strings.ToLower(id)]
	if cluster == nil {
		return RedshiftCluster{}, false
	}
	shown := *cluster
	shown.Tags = maps.Clone(cluster.Tags)
	return shown, true
}

func (r *Redshift) settle() {
	for _, cluster := range r.clusters {
		cluster.settle(r.slow, r.aws.now())
	}
}

type redshiftXML struct {
	ClusterIdentifier, ClusterStatus string
	ClusterNamespaceArn              string
	AutomatedSnapshotRetentionPeriod int
	HSM                              string `xml:"HsmStatus>HsmConfigurationIdentifier,omitempty"`
	Tags                             []tag  `xml:"Tags>Tag"`
}

func (r *Redshift) xml(c *RedshiftCluster) redshiftXML {
	x := redshiftXML{
		ClusterIdentifier: c.ID, ClusterStatus: c.Status, HSM: c.HSM, Tags: tagList(c.Tags),
		ClusterNamespaceArn: "arn:aws:redshift:" + r.aws.region + ":" + r.aws.account +
			":namespace:" + digest(c.ID)[:32],
		AutomatedSnapshotRetentionPeriod: 1,
	}
	if c.NoSnapshots {
		x.AutomatedSnapshotRetentionPeriod = 0
	}
	return x
}

func (r *Redshift) cluster(c *call) (*RedshiftCluster, error) {
	if cluster := r.clusters[strings.ToLower(c.param("ClusterIdentifier"))]; cluster != nil {
		return cluster, nil
	}
	return nil, errf(http.StatusNotFound, "ClusterNotFound", "Cluster %s not found.",
		c.param("ClusterIdentifier"))
}

// describe pages by 20 to 100 (API Reference, DescribeClusters).
func (r *Redshift) describe(c *call) (any, error) {
	size, ok := c.size("MaxRecords", 20, 100, 100)
	if !ok {
		return nil, errf(0, "InvalidParameterValue", "MaxRecords must be between 20 and 100.")
	}
	ids := sortedKeys(r.clusters)
	if c.param("ClusterIdentifier") != "" {
		cluster, err := r.cluster(c)
		if err != nil {
			return nil, err
		}
		ids = []string{cluster.ID}
	}
	ids, marker, ok := cut(ids, itself, c.param("Marker"), min(size, r.pageSize))
	if !ok {
		return nil, errf(0, "InvalidParameterValue", "The Marker is invalid.")
	}
	var clusters []redshiftXML
	for _, id := range ids {
		clusters = append(clusters, r.xml(r.clusters[id]))
		r.clusters[id].reads++
	}
	return struct {
		Marker   string        `xml:",omitempty"`
		Clusters []redshiftXML `xml:"Clusters>Cluster"`
	}{marker, clusters}, nil
}

// pause refuses what cannot be paused (Management Guide, "Pausing and resuming a cluster"); the
// codes are the API's, and the texts ours but for the one of a running operation.
func (r *Redshift) pause(c *call) (any, error) {
	cluster, err := r.cluster(c)
	switch {
	case err != nil:
		return nil, err
	case cluster.HSM != "":
		return nil, errf(0, "UnsupportedOperation", "Cluster %s uses an HSM.", cluster.ID)
	case cluster.NoSnapshots:
		return nil, errf(0, "UnsupportedOperation", "Automated snapshots of %s are off.", cluster.ID)
	}
	return r.move(cluster, "pause", "available", "pausing", "paused")
}

func (r *Redshift) resume(c *call) (any, error) {
	cluster, err := r.cluster(c)
	if err != nil {
		return nil, err
	}
	return r.move(cluster, "resume", "paused", "resuming", "available")
}

func (r *Redshift) move(cluster *RedshiftCluster, verb, from, through, to string) (any, error) {
	if cluster.Operations > 0 {
		cluster.Operations--
		return nil, errf(0, "InvalidClusterState", "There is an operation running on the Cluster. "+
			"Please try to %s it at a later time.", verb)
	}
	if cluster.Status != from {
		return nil, errf(0, "InvalidClusterState", "Cluster %s is not in state %s.", cluster.ID, from)
	}
	cluster.move(through, to, r.slow, r.aws.now())
	return struct{ Cluster redshiftXML }{r.xml(cluster)}, nil
}

func (r *Redshift) service() *service {
	operations := map[string]func(*call) (any, error){
		"DescribeClusters": r.describe,
		"PauseCluster":     r.pause,
		"ResumeCluster":    r.resume,
	}
	for name, handle := range operations {
		operations[name] = func(c *call) (any, error) {
			r.settle()
			return handle(c)
		}
	}
	return &service{
		name:       "redshift",
		protocol:   query{"http://redshift.amazonaws.com/doc/2012-12-01/"},
		operations: operations,
		nameKeys:   []string{"ClusterIdentifier"},
		leftovers: func() []string {
			var left []string
			for _, id := range sortedKeys(r.clusters) {
				left = append(left, "redshift cluster "+id)
			}
			return left
		},
	}
}
