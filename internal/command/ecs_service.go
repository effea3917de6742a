package command

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The tags in which stop-services keeps, on the service itself, what start-services gives back.
const (
	// countTag is the desired count, never 0.
	countTag = tagPrefix + "desired-count"
	// suspendedTag is what of scaling we suspended, as the suspension's text.
	suspendedTag = tagPrefix + "suspended-scaling"
)

// ecsService is a service as far as its count goes.
type ecsService struct {
	// key is "cluster/service".
	key, arn, status string
	daemon           bool
	desired, running int32
	tags             map[string]string
	// scaling is what Application Auto Scaling holds of it, nil for nothing.
	scaling *scalableTarget
}

func fromService(s types.Service) ecsService {
	out := ecsService{
		key: lastPart(aws.ToString(s.ClusterArn)) + "/" + aws.ToString(s.ServiceName),
		arn: aws.ToString(s.ServiceArn), status: aws.ToString(s.Status),
		daemon:  s.SchedulingStrategy == types.SchedulingStrategyDaemon,
		desired: s.DesiredCount, running: s.RunningCount,
		tags: make(map[string]string, len(s.Tags)),
	}
	for _, t := range s.Tags {
		out.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// parts returns the names of cluster and service.
func (s ecsService) parts() (cluster, service string) {
	cluster, service, _ = strings.Cut(s.key, "/")
	return cluster, service
}

// remembered is the count that stop-services keeps in the service's tags.
func (s ecsService) remembered() (count int32, ok bool) {
	n, err := strconv.ParseInt(s.tags[countTag], 10, 32)
	if err != nil || n <= 0 {
		return 0, false
	}
	return int32(n), true
}

// pulled tells whether scaling explains why the desired count is not the remembered one:
// RegisterScalableTarget pulls the count of a target that exists into its bounds at once
// (Application Auto Scaling API Reference, RegisterScalableTarget).
func (s ecsService) pulled(remembered int32) bool { return s.scaling.pulls(remembered, s.desired) }

// ourTags lists the tags that stop-services left, sorted.
func (s ecsService) ourTags() []string {
	var out []string
	for _, key := range []string{countTag, suspendedTag} {
		if _, ok := s.tags[key]; ok {
			out = append(out, key)
		}
	}
	return out
}

// memory are the tags that stop-services left; nil where they hold no count.
func (s ecsService) memory() map[string]string {
	if _, ok := s.remembered(); !ok {
		return nil
	}
	memory := map[string]string{}
	for _, key := range s.ourTags() {
		memory[key] = s.tags[key]
	}
	return memory
}

// scalableTarget is a service's entry in Application Auto Scaling.
type scalableTarget struct {
	min, max  int32
	suspended suspension
}

// live tells whether scaling exists and may change the count.
func (t *scalableTarget) live() bool { return t != nil && t.suspended != everything }

// pulls tells whether scaling makes one count of another, or of the 0 that a stop has set.
func (t *scalableTarget) pulls(from, to int32) bool {
	return t != nil && (to == t.clamp(from) || to == t.clamp(0))
}

func (t *scalableTarget) clamp(n int32) int32 { return min(max(n, t.min), t.max) }

// suspension is what of a target's scaling is suspended.
type suspension struct{ in, out, scheduled bool }

// everything is all that can be suspended.
var everything = suspension{true, true, true}

func (s suspension) String() string {
	var words []string
	for _, part := range []struct {
		word string
		set  bool
	}{{"in", s.in}, {"out", s.out}, {"scheduled", s.scheduled}} {
		if part.set {
			words = append(words, part.word)
		}
	}
	return strings.Join(words, " ")
}

func parseSuspension(text string) suspension {
	words := strings.Fields(text)
	return suspension{
		slices.Contains(words, "in"), slices.Contains(words, "out"),
		slices.Contains(words, "scheduled"),
	}
}

func (s suspension) or(o suspension) suspension {
	return suspension{s.in || o.in, s.out || o.out, s.scheduled || o.scheduled}
}

func (s suspension) and(o suspension) suspension {
	return suspension{s.in && o.in, s.out && o.out, s.scheduled && o.scheduled}
}

func (s suspension) without(o suspension) suspension {
	return suspension{s.in && !o.in, s.out && !o.out, s.scheduled && !o.scheduled}
}

// AWS's own bounds on a page or batch (API References of DescribeServices, ListServices and
// DescribeScalableTargets).
const (
	describeBatch = 10
	listPage      = 100
	targetBatch   = 50
)

// clusters lists the names of the region's clusters.
func (r *ecsRun) clusters(ctx context.Context) ([]string, error) {
	var out []string
	in := &ecs.ListClustersInput{MaxResults: aws.Int32(listPage)}
	for {
		var page *ecs.ListClustersOutput
		err := r.limited(ctx, func() (err error) {
			page, err = r.ecs.ListClusters(ctx, in)
			return err
		})
		if err != nil {
			return nil, &actionError{actionListClusters, err}
		}
		for _, arn := range page.ClusterArns {
			out = append(out, lastPart(arn))
		}
		if aws.ToString(page.NextToken) == "" {
			return out, nil
		}
		in.NextToken = page.NextToken
	}
}

// services lists the keys of a cluster's services.
func (r *ecsRun) services(ctx context.Context, cluster string) ([]string, error) {
	var out []string
	in := &ecs.ListServicesInput{Cluster: &cluster, MaxResults: aws.Int32(listPage)}
	for {
		var page *ecs.ListServicesOutput
		err := r.limited(ctx, func() (err error) {
			page, err = r.ecs.ListServices(ctx, in)
			return err
		})
		if err != nil {
			return nil, &actionError{actionListServices, err}
		}
		for _, arn := range page.ServiceArns {
			out = append(out, cluster+"/"+lastPart(arn))
		}
		if aws.ToString(page.NextToken) == "" {
			return out, nil
		}
		in.NextToken = page.NextToken
	}
}

// actionError is an error of an AWS call, with the action as IAM names it.
type actionError struct {
	action string
	err    error
}

func (e *actionError) Error() string { return e.action + ": " + e.err.Error() }
func (e *actionError) Unwrap() error { return e.err }

// failAction puts an error of an AWS call into the result; an *actionError knows its action.
func (r Result) failAction(err error) Result {
	if e, ok := errors.AsType[*actionError](err); ok {
		return r.fail(e.err, e.action)
	}
	return r.fail(err, "")
}

// described is a service, or why there is none.
type described struct {
	service ecsService
	err     error
}

// describeBatchOf describes up to ten services of one cluster. Of a batch that AWS refuses because
// of one of them, each half is tried alone.
func (r *ecsRun) describeBatchOf(ctx context.Context, keys []string, found map[string]described) {
	cluster, _, _ := strings.Cut(keys[0], "/")
	in := &ecs.DescribeServicesInput{
		Cluster: &cluster, Include: []types.ServiceField{types.ServiceFieldTags},
	}
	for _, key := range keys {
		in.Services = append(in.Services, lastPart(key))
	}
	var out *ecs.DescribeServicesOutput
	err := r.limited(ctx, func() (err error) {
		out, err = r.ecs.DescribeServices(ctx, in)
		return err
	})
	switch {
	case err == nil:
		for _, s := range out.Services {
			service := fromService(s)
			found[service.key] = described{service: service}
		}
	case len(keys) > 1 && spoiledByOne(err):
		r.describeBatchOf(ctx, keys[:len(keys)/2], found)
		r.describeBatchOf(ctx, keys[len(keys)/2:], found)
	default:
		if hasCode(err, "ClusterNotFoundException") {
			err = errNoCluster
		}
		for _, key := range keys {
			found[key] = described{err: &actionError{actionDescribeServices, err}}
		}
	}
}

// spoiledByOne tells whether AWS may have refused a batch because of one of its services.
func spoiledByOne(err error) bool {
	return hasCode(err, deniedCodes...) || hasCode(err, "InvalidParameterException")
}

// targets looks up the services in Application Auto Scaling, by key.
func (r *ecsRun) targets(ctx context.Context, keys []string) (map[string]*scalableTarget, error) {
	out := map[string]*scalableTarget{}
	for batch := range slices.Chunk(keys, targetBatch) {
		in := &applicationautoscaling.DescribeScalableTargetsInput{
			ServiceNamespace:  scaling.ServiceNamespaceEcs,
			ScalableDimension: scaling.ScalableDimensionECSServiceDesiredCount,
		}
		for _, key := range batch {
			in.ResourceIds = append(in.ResourceIds, scalingPrefix+key)
		}
		if err := r.targetPages(ctx, in, out); err != nil {
			return nil, &actionError{actionDescribeTargets, err}
		}
	}
	return out, nil
}

// scalingPrefix begins the name of a service in Application Auto Scaling.
const scalingPrefix = "service/"

func (r *ecsRun) targetPages(
	ctx context.Context, in *applicationautoscaling.DescribeScalableTargetsInput,
	into map[string]*scalableTarget,
) error {
	for {
		var page *applicationautoscaling.DescribeScalableTargetsOutput
		err := r.limited(ctx, func() (err error) {
			page, err = r.scaling.DescribeScalableTargets(ctx, in)
			return err
		})
		if err != nil {
			return err
		}
		for _, t := range page.ScalableTargets {
			target := &scalableTarget{min: aws.ToInt32(t.MinCapacity), max: aws.ToInt32(t.MaxCapacity)}
			if s := t.SuspendedState; s != nil {
				target.suspended = suspension{
					aws.ToBool(s.DynamicScalingInSuspended), aws.ToBool(s.DynamicScalingOutSuspended),
					aws.ToBool(s.ScheduledScalingSuspended),
				}
			}
			into[strings.TrimPrefix(aws.ToString(t.ResourceId), scalingPrefix)] = target
		}
		if aws.ToString(page.NextToken) == "" {
			return nil
		}
		in.NextToken = page.NextToken
	}
}
