package fakeaws

import (
	"net/http"
	"slices"
	"strings"
)

// maxDescribed is how many services one DescribeServices takes, maxECSTags how many tags a resource
// has (API Reference, DescribeServices, TagResource).
const (
	maxDescribed = 10
	maxECSTags   = 50
)

type ecsTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type ecsFailure struct {
	Arn    string `json:"arn"`
	Reason string `json:"reason"`
}

// ecsServiceJSON is a service as AWS answers it.
type ecsServiceJSON struct {
	ServiceArn         string   `json:"serviceArn"`
	ServiceName        string   `json:"serviceName"`
	ClusterArn         string   `json:"clusterArn"`
	Status             string   `json:"status"`
	SchedulingStrategy string   `json:"schedulingStrategy"`
	DesiredCount       int      `json:"desiredCount"`
	RunningCount       int      `json:"runningCount"`
	PendingCount       int      `json:"pendingCount"`
	Tags               []ecsTag `json:"tags,omitempty"`
}

func (e *ECS) json(s *ECSService, withTags bool) ecsServiceJSON {
	out := ecsServiceJSON{
		ServiceArn: e.arn("service", s.key()), ServiceName: s.Name,
		ClusterArn: e.arn("cluster", s.Cluster), Status: s.Status, SchedulingStrategy: s.Strategy,
		DesiredCount: s.Desired, RunningCount: s.Running, PendingCount: max(0, s.Desired-s.Running),
	}
	if withTags {
		for _, key := range sortedKeys(s.Tags) {
			out.Tags = append(out.Tags, ecsTag{key, s.Tags[key]})
		}
	}
	return out
}

// serviceOf finds a service of a cluster by name or ARN.
func (e *ECS) serviceOf(cluster, text string) *ECSService {
	return e.services[cluster+"/"+text[strings.LastIndex(text, "/")+1:]]
}

// describeServices names what it does not find among the failures. Tags come only where they are
// asked for (API Reference, DescribeServices).
func (e *ECS) describeServices(c *call) (any, error) {
	var in struct {
		Cluster           string
		Services, Include []string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	cluster, err := e.clusterOf(in.Cluster)
	if err != nil {
		return nil, err
	}
	if !between(1, len(in.Services), maxDescribed) {
		return nil, badParameter("Services must have 1 to %d members", maxDescribed)
	}
	out := struct {
		Services []ecsServiceJSON `json:"services"`
		Failures []ecsFailure     `json:"failures"`
	}{[]ecsServiceJSON{}, []ecsFailure{}}
	for _, name := range in.Services {
		s := e.serviceOf(cluster, name)
		if s == nil {
			out.Failures = append(out.Failures, ecsFailure{e.arn("service", cluster+"/"+name), "MISSING"})
			continue
		}
		if s.readsLeft == 0 {
			s.Running = s.Desired
		}
		s.readsLeft = max(0, s.readsLeft-1)
		out.Services = append(out.Services, e.json(s, slices.Contains(in.Include, "TAGS")))
	}
	return out, nil
}

func (e *ECS) updateService(c *call) (any, error) {
	var in struct {
		Cluster, Service string
		DesiredCount     *int
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	cluster, err := e.clusterOf(in.Cluster)
	if err != nil {
		return nil, err
	}
	s := e.serviceOf(cluster, in.Service)
	switch {
	case s == nil:
		return nil, errf(http.StatusBadRequest, "ServiceNotFoundException", "Service not found.")
	case s.Status != "ACTIVE":
		return nil, errf(http.StatusBadRequest, "ServiceNotActiveException", "Service was not ACTIVE.")
	case in.DesiredCount == nil:
	case s.Strategy == "DAEMON":
		return nil, badParameter("The daemon scheduling strategy does not support a desired count " +
			"for services. Remove the desired count value and try again")
	case *in.DesiredCount < 0:
		return nil, badParameter("desiredCount cannot be negative")
	default:
		e.setDesired(s, *in.DesiredCount)
	}
	return struct {
		Service ecsServiceJSON `json:"service"`
	}{e.json(s, false)}, nil
}

// tagged finds the service of a tag call. The short form of an ARN, without a cluster, cannot be
// tagged (API Reference, TagResource).
func (e *ECS) tagged(arn string) (*ECSService, error) {
	key, ok := strings.CutPrefix(arn, e.arn("service", ""))
	if !ok || !strings.Contains(key, "/") {
		return nil, badParameter("Long arn format must be used for tagging operations")
	}
	s := e.services[key]
	if s == nil {
		return nil, errf(http.StatusBadRequest, "ServiceNotFoundException", "Service not found.")
	}
	return s, nil
}

// tagResource sets all of the tags or none.
func (e *ECS) tagResource(c *call) (any, error) {
	var in struct {
		ResourceArn string
		Tags        []ecsTag
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s, err := e.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	merged := map[string]string{}
	for key, value := range s.Tags {
		merged[key] = value
	}
	for _, t := range in.Tags {
		if !between(1, len(t.Key), 128) || len(t.Value) > 256 || strings.ContainsAny(t.Value, ",;*#") {
			return nil, badParameter("Invalid tag: %s", t.Key)
		}
		merged[t.Key] = t.Value
	}
	if len(merged) > maxECSTags {
		return nil, badParameter("The maximum number of tags is %d.", maxECSTags)
	}
	s.Tags = merged
	return nil, nil
}

func (e *ECS) untagResource(c *call) (any, error) {
	var in struct {
		ResourceArn string
		TagKeys     []string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s, err := e.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(s.Tags, key)
	}
	return nil, nil
}
