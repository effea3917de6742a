package fakeaws

import (
	"maps"
	"net/http"
	"strings"
)

// EKS is Amazon Elastic Kubernetes Service: its managed node groups.
type EKS struct {
	aws        *AWS
	nodegroups map[string]*Nodegroup // by "cluster/nodegroup"
	slowReads  int
	showsEarly bool
}

// Nodegroup is a managed node group.
type Nodegroup struct {
	Cluster, Name string
	// Status is "ACTIVE" unless set.
	Status            string
	Min, Max, Desired int
	Tags              map[string]string

	readsLeft int // so many more descriptions show the update under way
	update    *scalingConfigJSON
}

func (n *Nodegroup) key() string { return n.Cluster + "/" + n.Name }

func newEKS(a *AWS) *EKS { return &EKS{aws: a, nodegroups: map[string]*Nodegroup{}} }

// EKS gives a test direct access to Amazon EKS.
func (a *AWS) EKS() *EKS { return a.eks }

// SlowUpdates keeps an updated node group UPDATING until so many descriptions have shown it. AWS
// does not say which sizes it shows meanwhile: early shows the new ones, otherwise the old ones.
func (e *EKS) SlowUpdates(reads int, early bool) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	e.slowReads, e.showsEarly = reads, early
}

// PutNodegroup makes or replaces a node group. One whose Status is "UPDATING" or "CREATING" becomes
// ACTIVE as SlowUpdates says.
func (e *EKS) PutNodegroup(n Nodegroup) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	setDefault(&n.Status, "ACTIVE")
	n.Tags = maps.Clone(n.Tags)
	n.readsLeft = e.slowReads
	e.nodegroups[n.key()] = &n
}

// FailUpdate drops the update that is under way, as one that AWS could not do.
func (e *EKS) FailUpdate(key string) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	if n := e.nodegroups[key]; n != nil {
		n.update = nil
	}
}

// Nodegroup returns a node group by "cluster/nodegroup", with its update done; looking counts as no
// description.
func (e *EKS) Nodegroup(key string) (Nodegroup, bool) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	n := e.nodegroups[key]
	if n == nil {
		return Nodegroup{}, false
	}
	shown := *n
	shown.Tags = maps.Clone(n.Tags)
	shown.finish()
	return shown, true
}

func (n *Nodegroup) finish() {
	if n.update != nil {
		n.Min, n.Max, n.Desired = *n.update.MinSize, *n.update.MaxSize, *n.update.DesiredSize
		n.update = nil
	}
	if n.busy() {
		n.Status = "ACTIVE"
	}
}

func (n *Nodegroup) busy() bool { return n.Status == "UPDATING" || n.Status == "CREATING" }

func (e *EKS) service() *service {
	return &service{
		name: "eks",
		protocol: restJSON{
			routes: []route{
				{http.MethodGet, "/clusters/{clusterName}/node-groups/{nodegroupName}", "DescribeNodegroup"},
				{http.MethodPost, "/clusters/{clusterName}/node-groups/{nodegroupName}/update-config",
					"UpdateNodegroupConfig"},
				{http.MethodPost, "/tags/{resourceArn}", "TagResource"},
				{http.MethodDelete, "/tags/{resourceArn}", "UntagResource"},
			},
			messages: []string{"message"},
		},
		operations: map[string]func(*call) (any, error){
			"DescribeNodegroup":     e.describeNodegroup,
			"UpdateNodegroupConfig": e.updateNodegroup,
			"TagResource":           e.tagResource,
			"UntagResource":         e.untagResource,
		},
		nameKeys: []string{"clusterName", "nodegroupName", "resourceArn"},
		leftovers: func() []string {
			var left []string
			for _, key := range sortedKeys(e.nodegroups) {
				left = append(left, "EKS node group "+key)
			}
			return left
		},
	}
}

// arn ends with an identifier that AWS makes up (Service Authorization Reference, "Resource types
// defined by Amazon Elastic Kubernetes Service").
func (e *EKS) arn(n *Nodegroup) string {
	return "arn:aws:eks:" + e.aws.region + ":" + e.aws.account + ":nodegroup/" + n.key() + "/" +
		digest(n.key())[:8]
}

type scalingConfigJSON struct {
	MinSize     *int `json:"minSize"`
	MaxSize     *int `json:"maxSize"`
	DesiredSize *int `json:"desiredSize"`
}

func (e *EKS) nodegroup(c *call) (*Nodegroup, error) {
	cluster, name := c.param("clusterName"), c.param("nodegroupName")
	if n := e.nodegroups[cluster+"/"+name]; n != nil {
		return n, nil
	}
	for _, n := range e.nodegroups {
		if n.Cluster == cluster {
			return nil, errf(http.StatusNotFound, "ResourceNotFoundException",
				"No node group found for name: %s.", name)
		}
	}
	return nil, errf(http.StatusNotFound, "ResourceNotFoundException",
		"No cluster found for name: %s.", cluster)
}

func (e *EKS) describeNodegroup(c *call) (any, error) {
	n, err := e.nodegroup(c)
	if err != nil {
		return nil, err
	}
	if n.busy() && n.readsLeft == 0 {
		n.finish()
	}
	n.readsLeft = max(0, n.readsLeft-1)
	sizes := scalingConfigJSON{&n.Min, &n.Max, &n.Desired}
	if n.update != nil && e.showsEarly {
		sizes = *n.update
	}
	return map[string]any{"nodegroup": map[string]any{
		"clusterName": n.Cluster, "nodegroupName": n.Name, "nodegroupArn": e.arn(n),
		"status": n.Status, "scalingConfig": sizes, "tags": n.Tags,
	}}, nil
}

// updateNodegroup changes what the request has of the sizes, asynchronously; one update at a time
// (API Reference, UpdateNodegroupConfig, NodegroupScalingConfig).
func (e *EKS) updateNodegroup(c *call) (any, error) {
	var in struct{ ScalingConfig scalingConfigJSON }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	n, err := e.nodegroup(c)
	if err != nil {
		return nil, err
	}
	if n.busy() {
		return nil, errf(http.StatusConflict, "ResourceInUseException",
			"Nodegroup cannot be updated as it is currently not in Active State")
	}
	lowest, highest, wanted := n.Min, n.Max, n.Desired
	for _, change := range []struct{ size, to *int }{
		{&lowest, in.ScalingConfig.MinSize}, {&highest, in.ScalingConfig.MaxSize},
		{&wanted, in.ScalingConfig.DesiredSize},
	} {
		if change.to != nil {
			*change.size = *change.to
		}
	}
	if highest < 1 || lowest < 0 || !between(lowest, wanted, highest) {
		return nil, errf(http.StatusBadRequest, "InvalidParameterException",
			"desired capacity %d can't be outside of min size %d and max size %d", wanted, lowest, highest)
	}
	n.Status, n.readsLeft = "UPDATING", e.slowReads
	n.update = &scalingConfigJSON{&lowest, &highest, &wanted}
	return map[string]any{"update": map[string]any{
		"id": digest(n.key()), "status": "InProgress", "type": "ConfigUpdate",
	}}, nil
}

func (e *EKS) tagged(c *call) (*Nodegroup, error) {
	arn := c.param("resourceArn")
	for _, n := range e.nodegroups {
		if strings.HasPrefix(arn, e.arn(n)) {
			return n, nil
		}
	}
	return nil, errf(http.StatusNotFound, "NotFoundException", "No resource found for %s", arn)
}

func (e *EKS) tagResource(c *call) (any, error) {
	var in struct{ Tags map[string]string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	n, err := e.tagged(c)
	if err != nil {
		return nil, err
	}
	merged := maps.Clone(n.Tags)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, in.Tags)
	if len(merged) > 50 {
		return nil, errf(http.StatusBadRequest, "BadRequestException", "Too many tags")
	}
	n.Tags = merged
	return nil, nil
}

func (e *EKS) untagResource(c *call) (any, error) {
	n, err := e.tagged(c)
	if err != nil {
		return nil, err
	}
	for _, key := range c.params["tagKeys"] {
		delete(n.Tags, key)
	}
	return nil, nil
}
