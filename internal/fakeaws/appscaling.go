package fakeaws

import (
	"net/http"
	"slices"
	"strings"
)

// AppScaling is Application Auto Scaling, for the desired counts of Amazon ECS services.
type AppScaling struct {
	aws      *AWS
	targets  map[string]*ScalableTarget // by "cluster/service"
	pageSize int
}

// ScalableTarget is what may be scaled, and how far.
type ScalableTarget struct {
	// Service is "cluster/service".
	Service  string
	Min, Max int
	// What is suspended.
	In, Out, Scheduled bool
}

func newAppScaling(a *AWS) *AppScaling {
	return &AppScaling{aws: a, targets: map[string]*ScalableTarget{}, pageSize: 50}
}

// AppScaling gives a test direct access to Application Auto Scaling.
func (a *AWS) AppScaling() *AppScaling { return a.appScaling }

// SetPageSize sets how many entries a page holds at most; AWS allows 1 to 50.
func (s *AppScaling) SetPageSize(n int) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.pageSize = n
}

// PutTarget makes or replaces a target; the service's count stays as it is.
func (s *AppScaling) PutTarget(t ScalableTarget) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.targets[t.Service] = &t
}

// Target returns a target by "cluster/service".
func (s *AppScaling) Target(service string) (ScalableTarget, bool) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	t := s.targets[service]
	if t == nil {
		return ScalableTarget{}, false
	}
	return *t, true
}

// Alarm lets a scaling policy change a service's count by n, unless that is suspended. What it
// scales out to is at least the minimum, what it scales in to no more than was (Amazon ECS
// Developer Guide, "Automatically scale your Amazon ECS service").
func (s *AppScaling) Alarm(service string, n int) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	t, e := s.targets[service], s.aws.ecs.services[service]
	switch {
	case t == nil || e == nil:
	case n > 0 && !t.Out:
		s.aws.ecs.setDesired(e, max(e.Desired, t.clamp(e.Desired+n)))
	case n < 0 && !t.In:
		s.aws.ecs.setDesired(e, min(e.Desired, t.clamp(e.Desired+n)))
	}
}

func (t *ScalableTarget) clamp(n int) int { return min(max(n, t.Min), t.Max) }

func (s *AppScaling) service() *service {
	return &service{
		name:     "application-autoscaling",
		protocol: json11{},
		operations: map[string]func(*call) (any, error){
			"DescribeScalableTargets": s.describeTargets,
			"RegisterScalableTarget":  s.registerTarget,
		},
		nameKeys: []string{"ResourceId"},
		leftovers: func() []string {
			var left []string
			for _, name := range sortedKeys(s.targets) {
				left = append(left, "scalable target "+name)
			}
			return left
		},
	}
}

const (
	ecsNamespace = "ecs"
	ecsDimension = "ecs:service:DesiredCount"
	// maxResourceIDs is the most that DescribeScalableTargets takes (API Reference).
	maxResourceIDs = 50
)

type suspendedJSON struct {
	DynamicScalingInSuspended  bool
	DynamicScalingOutSuspended bool
	ScheduledScalingSuspended  bool
}

func invalidScaling(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "ValidationException", format, args...)
}

func (s *AppScaling) describeTargets(c *call) (any, error) {
	var in struct {
		ServiceNamespace, ScalableDimension, NextToken string
		ResourceIds                                    []string
		MaxResults                                     *int
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	size := 50
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	if in.ServiceNamespace != ecsNamespace || len(in.ResourceIds) > maxResourceIDs ||
		!between(1, size, 50) {
		return nil, invalidScaling("1 validation error detected")
	}
	names := slices.DeleteFunc(sortedKeys(s.targets), func(name string) bool {
		return len(in.ResourceIds) > 0 && !slices.Contains(in.ResourceIds, "service/"+name)
	})
	names, next, ok := cut(names, itself, in.NextToken, min(size, s.pageSize))
	if !ok {
		return nil, errf(http.StatusBadRequest, "InvalidNextTokenException", "The next token is invalid.")
	}
	targets := []map[string]any{}
	for _, name := range names {
		t := s.targets[name]
		targets = append(targets, map[string]any{
			"ServiceNamespace": ecsNamespace, "ScalableDimension": ecsDimension,
			"ResourceId": "service/" + name, "MinCapacity": t.Min, "MaxCapacity": t.Max,
			"SuspendedState": suspendedJSON{t.In, t.Out, t.Scheduled},
		})
	}
	return struct {
		ScalableTargets []map[string]any
		NextToken       string `json:",omitempty"`
	}{targets, next}, nil
}

// registerTarget makes a target, or changes what the request has of one. Of one that exists it
// pulls the service's count into the bounds at once, even where the request has no bounds (API
// Reference, RegisterScalableTarget).
func (s *AppScaling) registerTarget(c *call) (any, error) {
	var in struct {
		ServiceNamespace, ScalableDimension, ResourceID string
		MinCapacity, MaxCapacity                        *int
		SuspendedState                                  *suspendedJSON
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name, ok := strings.CutPrefix(in.ResourceID, "service/")
	e := s.aws.ecs.services[name]
	if !ok || in.ServiceNamespace != ecsNamespace || in.ScalableDimension != ecsDimension || e == nil {
		return nil, invalidScaling("ECS service doesn't exist: %s", in.ResourceID)
	}
	t := s.targets[name]
	if t == nil {
		if in.MinCapacity == nil || in.MaxCapacity == nil {
			return nil, invalidScaling("MinCapacity and MaxCapacity are required for a new target")
		}
		t = &ScalableTarget{Service: name}
	}
	changed := *t
	if in.MinCapacity != nil {
		changed.Min = *in.MinCapacity
	}
	if in.MaxCapacity != nil {
		changed.Max = *in.MaxCapacity
	}
	if in.SuspendedState != nil {
		changed.In = in.SuspendedState.DynamicScalingInSuspended
		changed.Out = in.SuspendedState.DynamicScalingOutSuspended
		changed.Scheduled = in.SuspendedState.ScheduledScalingSuspended
	}
	if !between(0, changed.Min, changed.Max) {
		return nil, invalidScaling("Maximum capacity cannot be less than minimum capacity")
	}
	s.targets[name] = &changed
	if e.Status == "ACTIVE" {
		s.aws.ecs.setDesired(e, changed.clamp(e.Desired))
	}
	return struct{ ScalableTargetARN string }{
		"arn:aws:application-autoscaling:" + s.aws.region + ":" + s.aws.account +
			":scalable-target/" + digest(name)[:32],
	}, nil
}
