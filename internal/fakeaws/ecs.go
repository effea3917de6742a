package fakeaws

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// ECS is Amazon Elastic Container Service: its clusters and services, without their tasks.
type ECS struct {
	aws       *AWS
	clusters  map[string]bool
	services  map[string]*ECSService // by "cluster/service"
	pageSize  int
	slowReads int
}

// ECSService is a service.
type ECSService struct {
	Cluster, Name string
	// Status is "ACTIVE" unless set; a deleted service is "DRAINING", then "INACTIVE".
	Status string
	// Strategy is "REPLICA" unless set. A "DAEMON" service has no desired count of its own.
	Strategy         string
	Desired, Running int
	Tags             map[string]string

	readsLeft int // so many more descriptions show Running as it is
}

func (s *ECSService) key() string { return s.Cluster + "/" + s.Name }

func newECS(a *AWS) *ECS {
	return &ECS{
		aws: a, clusters: map[string]bool{}, services: map[string]*ECSService{}, pageSize: 100,
	}
}

// ECS gives a test direct access to Amazon ECS.
func (a *AWS) ECS() *ECS { return a.ecs }

// SetPageSize sets how many entries a page of a list holds at most; AWS allows 1 to 100.
func (e *ECS) SetPageSize(n int) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	e.pageSize = n
}

// SlowTasks lets the running count follow a changed desired count only after so many descriptions.
// Without it the next description shows the new one.
func (e *ECS) SlowTasks(reads int) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	e.slowReads = reads
}

// PutService makes or replaces a service, and its cluster where there is none. All its tasks run.
func (e *ECS) PutService(s ECSService) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	setDefault(&s.Status, "ACTIVE")
	setDefault(&s.Strategy, "REPLICA")
	s.Running = s.Desired
	s.Tags = maps.Clone(s.Tags)
	e.clusters[s.Cluster] = true
	e.services[s.key()] = &s
}

// PutCluster makes a cluster without services.
func (e *ECS) PutCluster(name string) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	e.clusters[name] = true
}

// Service returns a service by "cluster/service"; looking counts as no description.
func (e *ECS) Service(key string) (ECSService, bool) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	s := e.services[key]
	if s == nil {
		return ECSService{}, false
	}
	shown := *s
	shown.Tags = maps.Clone(s.Tags)
	return shown, true
}

func (e *ECS) service() *service {
	return &service{
		name:     "ecs",
		protocol: json11{},
		operations: map[string]func(*call) (any, error){
			"ListClusters":     e.listClusters,
			"ListServices":     e.listServices,
			"DescribeServices": e.describeServices,
			"UpdateService":    e.updateService,
			"TagResource":      e.tagResource,
			"UntagResource":    e.untagResource,
		},
		nameKeys:  []string{"cluster", "service", "services", "resourceArn"},
		leftovers: e.leftovers,
	}
}

func (e *ECS) leftovers() []string {
	var left []string
	for _, name := range sortedKeys(e.clusters) {
		left = append(left, "ECS cluster "+name)
	}
	for _, key := range sortedKeys(e.services) {
		left = append(left, "ECS service "+key)
	}
	return left
}

func (e *ECS) arn(kind, name string) string {
	return "arn:aws:ecs:" + e.aws.region + ":" + e.aws.account + ":" + kind + "/" + name
}

// setDesired changes the desired count; the running count follows.
func (e *ECS) setDesired(s *ECSService, count int) {
	if s.Desired != count {
		s.Desired, s.readsLeft = count, e.slowReads
	}
}

// clusterOf reads a cluster's name or ARN; none is "default" (API Reference, UpdateService).
func (e *ECS) clusterOf(text string) (string, error) {
	name := cmp.Or(text, "default")
	name = name[strings.LastIndex(name, "/")+1:]
	if !e.clusters[name] {
		return "", errf(http.StatusBadRequest, "ClusterNotFoundException", "Cluster not found.")
	}
	return name, nil
}

// page cuts a sorted list; a page has 1 to 100 entries, 10 unless the request says otherwise (API
// Reference, ListServices, ListClusters).
func (e *ECS) page(all []string, token string, maxResults *int, fallback int) (
	[]string, string, error,
) {
	size := fallback
	if maxResults != nil {
		size = *maxResults
	}
	if !between(1, size, 100) {
		return nil, "", badParameter("maxResults must be 1 to 100")
	}
	part, next, ok := cut(all, itself, token, min(size, e.pageSize))
	if !ok {
		return nil, "", badParameter("Invalid token in request")
	}
	return part, next, nil
}

func badParameter(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "InvalidParameterException", format, args...)
}

func (e *ECS) listClusters(c *call) (any, error) {
	var in struct {
		NextToken  string
		MaxResults *int
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	names, next, err := e.page(sortedKeys(e.clusters), in.NextToken, in.MaxResults, 100)
	if err != nil {
		return nil, err
	}
	arns := []string{}
	for _, name := range names {
		arns = append(arns, e.arn("cluster", name))
	}
	return struct {
		ClusterArns []string `json:"clusterArns"`
		NextToken   string   `json:"nextToken,omitempty"`
	}{arns, next}, nil
}

func (e *ECS) listServices(c *call) (any, error) {
	var in struct {
		Cluster, NextToken string
		MaxResults         *int
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	cluster, err := e.clusterOf(in.Cluster)
	if err != nil {
		return nil, err
	}
	keys := slices.DeleteFunc(sortedKeys(e.services), func(key string) bool {
		s := e.services[key]
		return s.Cluster != cluster || s.Status == "INACTIVE"
	})
	keys, next, err := e.page(keys, in.NextToken, in.MaxResults, 10)
	if err != nil {
		return nil, err
	}
	arns := []string{}
	for _, key := range keys {
		arns = append(arns, e.arn("service", key))
	}
	return struct {
		ServiceArns []string `json:"serviceArns"`
		NextToken   string   `json:"nextToken,omitempty"`
	}{arns, next}, nil
}
