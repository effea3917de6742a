package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// maxWrites bounds the calls in flight that change something.
const maxWrites = 4

// ecsRun is one run on ECS services.
type ecsRun struct {
	*session
	ecs     ecsAPI
	scaling scalingAPI
	region  string
	writes  chan struct{}
	// scalingErr is why the services' scaling could not be looked up.
	scalingErr error
}

// chosen is one service that an item selected, or the result where nothing is left to do.
type chosen struct {
	item    Item
	key     string
	service ecsService
	// want is the desired count that the run set or found right.
	want   int32
	result *Result
	// memory are the tags that a stop relies on, or that a start removed.
	memory map[string]string
	// resumed is what of its scaling shall be suspended after a start whose stop suspended some; else
	// nil.
	resumed *suspension
}

func (c *chosen) settled() bool { return c.result != nil }

// runECS runs act on each service that the call's items select.
func runECS(
	ctx context.Context, s *session, act func(*ecsRun, context.Context, *chosen) Result,
) []Result {
	cfg, err := s.configFor(s.call.flags.region)
	if err != nil {
		return s.allFailed(ctx, err)
	}
	r := &ecsRun{
		session: s, region: cfg.Region, writes: make(chan struct{}, maxWrites),
		ecs: s.clients.ecs(cfg), scaling: s.clients.scaling(cfg),
	}
	all := r.choose(ctx)
	r.lookUpScaling(ctx, all)
	var wg sync.WaitGroup
	for i := range all {
		c := &all[i]
		if c.settled() {
			r.log(ctx, *c.result)
			continue
		}
		wg.Go(func() {
			result := act(r, ctx, c)
			c.result = &result
			if !r.awaited(result) && !c.recalled() {
				r.log(ctx, result)
			}
		})
	}
	wg.Wait()
	r.recall(ctx, all)
	r.await(ctx, all)
	results := make([]Result, len(all))
	for i := range all {
		results[i] = *all[i].result
	}
	return results
}

// allFailed is the result of a run that could not begin.
func (s *session) allFailed(ctx context.Context, err error) []Result {
	var out []Result
	for _, item := range s.call.items {
		result := s.result(item, item.ID).fail(err, "")
		s.log(ctx, result)
		out = append(out, result)
	}
	return out
}

// write makes one call that changes something.
func (r *ecsRun) write(ctx context.Context, call func() error) error {
	return r.limited(ctx, func() error {
		select {
		case r.writes <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { <-r.writes }()
		return call()
	})
}

// choose finds the services of every item, in the items' order.
func (r *ecsRun) choose(ctx context.Context) []chosen {
	lists := r.list(ctx)
	var keys []string
	for _, item := range r.call.items {
		keys = append(keys, lists[listOf(item)].keys...)
		if !selectsMany(item) {
			keys = append(keys, item.ID)
		}
	}
	found := r.describe(ctx, keys)
	var out []chosen
	for _, item := range r.call.items {
		if !selectsMany(item) {
			c := chosen{item: item, key: item.ID}
			c.result = r.named(&c, found)
			out = append(out, c)
			continue
		}
		out = append(out, r.listed(item, lists[listOf(item)], found)...)
	}
	r.skipDoubles(out)
	return out
}

// selectsMany tells whether an item is CLUSTER/* or tags.
func selectsMany(item Item) bool {
	return item.Tags != nil || strings.HasSuffix(item.ID, "/"+everyService)
}

// listOf is the cluster whose services an item selects from; "" for every cluster's.
func listOf(item Item) string {
	cluster, _ := strings.CutSuffix(item.ID, "/"+everyService)
	return cluster
}

// serviceList is the keys of a cluster's services, or of every cluster's.
type serviceList struct {
	keys []string
	err  error
}

// list lists what the items that select many select from, each list once.
func (r *ecsRun) list(ctx context.Context) map[string]serviceList {
	lists := map[string]serviceList{}
	for _, item := range r.call.items {
		name := listOf(item)
		if _, done := lists[name]; done || !selectsMany(item) {
			continue
		}
		if name != "" {
			keys, err := r.services(ctx, name)
			lists[name] = serviceList{keys, err}
			continue
		}
		lists[name] = r.listAll(ctx)
	}
	return lists
}

// listAll lists the services of every cluster. A cluster that is deleted meanwhile has none.
func (r *ecsRun) listAll(ctx context.Context) serviceList {
	clusters, err := r.clusters(ctx)
	lists := make([]serviceList, len(clusters))
	var wg sync.WaitGroup
	for i, cluster := range clusters {
		wg.Go(func() { lists[i].keys, lists[i].err = r.services(ctx, cluster) })
	}
	wg.Wait()
	all := serviceList{err: err}
	for _, l := range lists {
		all.keys = append(all.keys, l.keys...)
		if !hasCode(l.err, "ClusterNotFoundException") {
			all.err = errors.Join(all.err, l.err)
		}
	}
	return all
}

// describe describes the services, in tens, by key.
func (r *ecsRun) describe(ctx context.Context, keys []string) map[string]described {
	byCluster := map[string][]string{}
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		cluster, _, _ := strings.Cut(key, "/")
		byCluster[cluster] = append(byCluster[cluster], key)
	}
	found := map[string]described{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, keys := range byCluster {
		for batch := range slices.Chunk(keys, describeBatch) {
			wg.Go(func() {
				part := map[string]described{}
				r.describeBatchOf(ctx, batch, part)
				mu.Lock()
				defer mu.Unlock()
				maps.Copy(found, part)
			})
		}
	}
	wg.Wait()
	return found
}

// errNoCluster is an error for a cluster that AWS does not know.
var errNoCluster = errors.New("no such ECS cluster")

// named completes the choice of an item that names its service; the result is nil where there is
// something to do.
func (r *ecsRun) named(c *chosen, found map[string]described) *Result {
	result := r.result(c.item, c.key)
	d, ok := found[c.key]
	switch {
	case errors.Is(d.err, errNoCluster):
		cluster, _, _ := strings.Cut(c.key, "/")
		result.Outcome = NotFound
		result.Detail = "no ECS cluster " + cluster + " in " + r.region + ": check name and region"
	case d.err != nil:
		result = result.failAction(d.err)
	case !ok || d.service.status == "INACTIVE":
		result.Outcome = NotFound
		result.Detail = "no such ECS service in " + r.region + ": check cluster, service and region"
	default:
		c.service = d.service
		return r.impossible(*c)
	}
	return &result
}

// impossible says why a service that exists has no count to set; nil where it has.
func (r *ecsRun) impossible(c chosen) *Result {
	result := r.counted(c)
	switch {
	case c.service.daemon:
		result.Outcome = Unsupported
		result.Detail = "a DAEMON service has no desired count, it runs one task on each container " +
			"instance: leave it out"
		if selectsMany(c.item) {
			result.Detail += ", or tag it " + keepTag
		}
	case c.service.status != "ACTIVE":
		result.Outcome = Failed
		result.Detail = "it is " + c.service.status + ": it is being deleted"
	default:
		return nil
	}
	return &result
}

// counted begins the result of a service that was found.
func (r *ecsRun) counted(c chosen) Result {
	result := r.result(c.item, c.key)
	result.From = fmt.Sprint(c.service.desired)
	result.To = result.From
	return result
}

// listed makes the choices of an item that selects many.
func (r *ecsRun) listed(item Item, list serviceList, found map[string]described) []chosen {
	var out []chosen
	if list.err != nil {
		out = append(out, r.listFailed(item, list.err))
	}
	for _, key := range list.keys {
		d, ok := found[key]
		c := chosen{item: item, key: key, service: d.service}
		switch {
		case !ok:
			continue // deleted since it was listed
		case d.err != nil:
			result := r.result(item, key).failAction(d.err)
			c.result = &result
		case item.Tags != nil && !item.selects(d.service.tags):
			continue
		case kept(d.service.tags, r.Clock.Now()):
			c.result = r.skip(c, "kept by its tag "+keepTag)
		case d.service.status != "ACTIVE":
			c.result = r.skip(c, "it is being deleted")
		default:
			c.result = r.impossible(c)
		}
		out = append(out, c)
	}
	if out == nil {
		c := chosen{item: item}
		result := r.result(item, "")
		result.Outcome, result.Detail = Skipped, "matched nothing"
		c.result = &result
		out = append(out, c)
	}
	return out
}

func (r *ecsRun) listFailed(item Item, err error) chosen {
	result := r.result(item, "").failAction(err)
	if hasCode(err, "ClusterNotFoundException") {
		result.Outcome = NotFound
		result.Detail = "no ECS cluster " + listOf(item) + " in " + r.region +
			": check name and region"
	}
	return chosen{item: item, result: &result}
}

func (r *ecsRun) skip(c chosen, detail string) *Result {
	result := r.counted(c)
	result.Outcome, result.Detail = Skipped, detail
	return &result
}

// skipDoubles leaves each service to one item: its name before its cluster, a cluster before tags,
// the first before others. Its own name beats the tag that keeps it, as everywhere.
func (r *ecsRun) skipDoubles(all []chosen) {
	owner := map[string]string{}
	for rank := range 3 {
		for i := range all {
			c := &all[i]
			if c.service.key == "" || rankOf(c.item) != rank {
				continue
			}
			if first, taken := owner[c.key]; taken {
				c.result = r.skip(*c, "the same as item "+first)
				continue
			}
			owner[c.key] = c.item.Text
		}
	}
}

func rankOf(item Item) int {
	switch {
	case item.Tags != nil:
		return 2
	case selectsMany(item):
		return 1
	}
	return 0
}

// lookUpScaling adds what Application Auto Scaling holds of the services that are left.
func (r *ecsRun) lookUpScaling(ctx context.Context, all []chosen) {
	var keys []string
	for _, c := range all {
		if !c.settled() {
			keys = append(keys, c.key)
		}
	}
	targets, err := r.targets(ctx, keys)
	r.scalingErr = err
	for i := range all {
		all[i].service.scaling = targets[all[i].key]
	}
}

// setDesired sets the service's desired count.
func (r *ecsRun) setDesired(ctx context.Context, s ecsService, count int32) error {
	cluster, service := s.parts()
	err := r.write(ctx, func() error {
		_, err := r.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
			Cluster: &cluster, Service: &service, DesiredCount: aws.Int32(count),
		})
		return err
	})
	if err != nil {
		return &actionError{actionUpdateService, err}
	}
	return nil
}
