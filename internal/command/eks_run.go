package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
)

// The tags in which stop-nodegroup keeps, on the node group itself, what start-nodegroup gives
// back.
const (
	minSizeTag     = tagPrefix + "min-size"
	desiredSizeTag = tagPrefix + "desired-size" // never 0
)

// sizes are a node group's; its maximum is never touched.
type sizes struct{ lowest, desired int32 }

// nodegroup is a managed node group as far as its sizes go.
type nodegroup struct {
	arn, status string
	sizes       sizes
	tags        map[string]string
}

// remembered are the sizes that stop-nodegroup keeps in the node group's tags.
func (n nodegroup) remembered() (sizes, bool) {
	lowest, err := strconv.ParseInt(n.tags[minSizeTag], 10, 32)
	desired, err2 := strconv.ParseInt(n.tags[desiredSizeTag], 10, 32)
	if err != nil || err2 != nil || lowest < 0 || desired < 1 {
		return sizes{}, false
	}
	return sizes{int32(lowest), int32(desired)}, true
}

// toRemember are the sizes that a stop has to remember: those there are. While the minimum is 0, as a
// stop leaves it, what that stop remembered holds, unless more runs now: nodes that came since are a
// cluster autoscaler's, or there for a while.
func (n nodegroup) toRemember() sizes {
	if earlier, ok := n.remembered(); ok && n.sizes.lowest == 0 {
		return sizes{earlier.lowest, max(earlier.desired, n.sizes.desired)}
	}
	return n.sizes
}

// busy tells that AWS takes no update now, and that this ends by itself (Amazon EKS API Reference,
// data type Nodegroup).
func (n nodegroup) busy() bool {
	return n.status == string(types.NodegroupStatusCreating) ||
		n.status == string(types.NodegroupStatusUpdating)
}

func (n nodegroup) broken() bool {
	return slices.Contains([]types.NodegroupStatus{
		types.NodegroupStatusDeleting, types.NodegroupStatusCreateFailed,
		types.NodegroupStatusDeleteFailed,
	}, types.NodegroupStatus(n.status))
}

// resizing is the way of one node group to the sizes that the call wants.
type resizing struct {
	*session
	api    eksAPI
	region string
	group  nodegroup
	want   sizes
	// memory is what a start has found remembered; its zero value is nothing.
	memory sizes
	look   *poll
	result Result
	// accepted tells that AWS took the update.
	accepted bool
}

// runEKS runs stop-nodegroup or start-nodegroup.
func runEKS(ctx context.Context, s *session) []Result {
	cfg, err := s.configFor(s.call.flags.region)
	if err != nil {
		return s.allFailed(ctx, err)
	}
	api := s.clients.eks(cfg)
	results := make([]Result, len(s.call.items))
	first := map[string]string{}
	var wg sync.WaitGroup
	for i, item := range s.call.items {
		results[i] = s.result(item, item.ID)
		if other, taken := first[item.ID]; taken {
			results[i].Outcome, results[i].Detail = Skipped, "the same as item "+other
			s.log(ctx, results[i])
			continue
		}
		first[item.ID] = item.Text
		r := &resizing{
			session: s, api: api, region: cfg.Region, look: s.newPoll(), result: results[i],
		}
		wg.Go(func() {
			results[i] = r.settle(ctx)
			s.log(ctx, results[i])
		})
	}
	wg.Wait()
	return results
}

func (r *resizing) settle(ctx context.Context) Result {
	for first := true; ; first = false {
		if err := r.describe(ctx); err != nil {
			return r.failed(err, actionDescribeNodegroup)
		}
		r.result.To = fmt.Sprint(r.group.sizes.desired)
		if first {
			r.result.From = r.result.To
		}
		if r.step(ctx) {
			return r.result
		}
		r.look.log(ctx, r.result.Target, r.group.status)
		if err := r.look.wait(ctx); err != nil {
			return r.outOfTime(err)
		}
	}
}

func (r *resizing) parts() (cluster, name *string) {
	c, n := ecsService{key: r.result.Target}.parts()
	return &c, &n
}

func (r *resizing) describe(ctx context.Context) error {
	cluster, name := r.parts()
	var out *eks.DescribeNodegroupOutput
	err := r.limited(ctx, func() (err error) {
		out, err = r.api.DescribeNodegroup(ctx,
			&eks.DescribeNodegroupInput{ClusterName: cluster, NodegroupName: name})
		return err
	})
	if err != nil {
		return err
	}
	n := out.Nodegroup
	r.group = nodegroup{
		arn: aws.ToString(n.NodegroupArn), status: string(n.Status), tags: n.Tags,
	}
	if n.ScalingConfig != nil {
		r.group.sizes = sizes{
			aws.ToInt32(n.ScalingConfig.MinSize), aws.ToInt32(n.ScalingConfig.DesiredSize),
		}
	}
	return nil
}

func (r *resizing) failed(err error, action string) Result {
	if hasCode(err, "ResourceNotFoundException") {
		r.result.Outcome = NotFound
		r.result.Detail = "no such EKS node group in " + r.region +
			": check cluster, node group and region"
		return r.result
	}
	return r.result.fail(err, action)
}

func (r *resizing) end(outcome Outcome, detail string) bool {
	r.result.Outcome, r.result.Detail = outcome, detail
	return true
}

// step does what the node group's state asks for, and tells whether the result is final.
func (r *resizing) step(ctx context.Context) (done bool) {
	stopping := r.call.verb.Effect == Stop
	switch {
	case r.group.broken():
		return r.end(Failed, "it is "+r.group.status)
	case r.group.busy() && r.call.flags.dryRun:
		return r.end(DryRun, fmt.Sprintf("would wait while it is %s, then %s it", r.group.status,
			map[bool]string{true: "stop", false: "start"}[stopping]))
	case r.group.busy():
		return false
	case r.accepted:
		return r.arrived(ctx)
	case stopping:
		return r.stop(ctx)
	}
	return r.start(ctx)
}

// arrived ends at an update that is over, whether or not AWS could do it.
func (r *resizing) arrived(ctx context.Context) bool {
	if r.group.sizes.desired < r.want.desired || r.want.desired == 0 && r.group.sizes.desired > 0 {
		return r.end(Failed, fmt.Sprintf("AWS accepted a desired size of %d and left it at %d: see "+
			"the node group's updates", r.want.desired, r.group.sizes.desired))
	}
	if r.call.verb.Effect == Start {
		return r.forget(ctx)
	}
	return r.end(Done, "")
}

// stop remembers the sizes in the tags, then sets them to 0: a failure or a kill in between loses
// nothing.
func (r *resizing) stop(ctx context.Context) bool {
	memory := r.group.toRemember()
	switch {
	case r.group.sizes.desired == 0:
		return r.end(Already, "")
	case r.call.flags.dryRun:
		return r.end(DryRun, fmt.Sprintf("would remember a minimum of %d and %d nodes, and set both to 0",
			memory.lowest, memory.desired))
	}
	if earlier, _ := r.group.remembered(); earlier != memory {
		if err := r.remember(ctx, memory); err != nil {
			r.result = r.result.fail(err, actionTagNodegroup)
			return true
		}
	}
	done := r.resize(ctx, sizes{})
	if !r.accepted {
		return done
	}
	if !r.recall(ctx, memory) {
		return true
	}
	return done
}

// remember writes the sizes into the node group's tags.
func (r *resizing) remember(ctx context.Context, memory sizes) error {
	tags := map[string]string{
		minSizeTag: fmt.Sprint(memory.lowest), desiredSizeTag: fmt.Sprint(memory.desired),
	}
	return r.limited(ctx, func() error {
		_, err := r.api.TagResource(ctx, &eks.TagResourceInput{ResourceArn: &r.group.arn, Tags: tags})
		return err
	})
}

// recall looks at the node group after a run's last write. Where a stop and a start that ran at the
// same time have left it at 0, or on its way there, with nothing remembered, the memory is written
// again.
func (r *resizing) recall(ctx context.Context, memory sizes) (ok bool) {
	if err := r.describe(ctx); err != nil {
		r.result = r.failed(err, actionDescribeNodegroup)
		return false
	}
	if _, remembered := r.group.remembered(); remembered ||
		r.group.sizes.desired > 0 && !r.group.busy() {
		return true
	}
	if err := r.remember(ctx, memory); err != nil {
		r.result = r.result.fail(err, actionTagNodegroup)
		r.result.Detail = fmt.Sprintf("its minimum was %d, its desired size %d, and they are not "+
			"remembered: %s", memory.lowest, memory.desired, r.result.Detail)
		return false
	}
	return true
}

// start gives back the sizes that are remembered. The tags go when AWS is done with it.
func (r *resizing) start(ctx context.Context) bool {
	memory, ok := r.group.remembered()
	r.memory = memory
	now := r.group.sizes
	want := sizes{memory.lowest, max(memory.desired, now.desired)}
	switch {
	case !ok && now.desired > 0:
		return r.end(Already, "")
	case !ok:
		return r.end(Failed, "nothing remembered: set its sizes once by hand")
	case r.call.flags.dryRun && want == now:
		return r.end(DryRun, "would remove the tags of a stop that did not come to its end")
	case r.call.flags.dryRun:
		return r.end(DryRun, fmt.Sprintf("would set a minimum of %d and %d nodes",
			want.lowest, want.desired))
	case want == now:
		return r.forget(ctx)
	}
	return r.resize(ctx, want)
}

// resize asks for the sizes. While AWS is busy with another update, it is looked at again.
func (r *resizing) resize(ctx context.Context, want sizes) bool {
	cluster, name := r.parts()
	err := r.limited(ctx, func() error {
		_, err := r.api.UpdateNodegroupConfig(ctx, &eks.UpdateNodegroupConfigInput{
			ClusterName: cluster, NodegroupName: name,
			ScalingConfig: &types.NodegroupScalingConfig{
				MinSize: &want.lowest, DesiredSize: &want.desired,
			},
		})
		return err
	})
	switch {
	case hasCode(err, "ResourceInUseException"):
		return false
	case err != nil:
		r.result = r.failed(err, actionUpdateNodegroup)
		return true
	}
	r.accepted, r.want = true, want
	r.result.To = fmt.Sprint(want.desired)
	if r.call.verb.Effect == Stop && !r.call.flags.wait {
		return r.end(Done, "")
	}
	return false
}

// forget removes the tags of what has been given back.
func (r *resizing) forget(ctx context.Context) bool {
	err := r.limited(ctx, func() error {
		_, err := r.api.UntagResource(ctx, &eks.UntagResourceInput{
			ResourceArn: &r.group.arn, TagKeys: []string{desiredSizeTag, minSizeTag},
		})
		return err
	})
	if err != nil {
		r.result = r.result.fail(err, actionUntagNodegroup)
		return true
	}
	switch {
	case r.memory.desired > 0 && !r.recall(ctx, r.memory):
		return true
	case r.group.busy():
		return false
	case r.group.sizes.desired == 0:
		r.result.To = "0"
		return r.end(Failed, stoppedMeanwhile)
	}
	return r.end(Done, "")
}

// outOfTime ends a run whose time is over, or that was interrupted. An update that AWS accepted and
// has not ended is a failure too, so that a retry comes back and removes the tags: left until the
// next stop they would be taken for that one's memory.
func (r *resizing) outOfTime(err error) Result {
	switch still := fmt.Sprintf("still %s after %s", r.group.status, minutes(r.look.waited())); {
	case !errors.Is(err, errTimeShort):
		r.end(Failed, explain(err)+" while "+r.group.status)
	case r.accepted && r.call.verb.Effect == Start:
		r.end(Failed, "start accepted, "+still+"; a retry removes its tags")
	case r.accepted:
		r.end(Failed, "the update was accepted, "+still)
	default:
		r.end(Failed, still)
	}
	return r.result
}
