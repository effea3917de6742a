package command

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

const (
	// instancePage is the most instances that one DescribeInstances shows (API Reference).
	instancePage = 1000
	// filterValues is the most values of one filter (API Reference, Filter).
	filterValues = 200
)

const ec2Describe = "ec2:DescribeInstances"

// ec2Run is one run on EC2 instances. All of them go through the same rounds: a look at those that
// are not where the call wants them, then one Start or Stop for as many as AWS takes at once.
type ec2Run struct {
	*session
	api     ec2API
	targets []*ec2Target
	// mayAct tells, for each operation, whether AWS has accepted one.
	mayAct map[Effect]bool
}

// instanceQuery is one DescribeInstances of several pages: it finds the instances of a tag item, or
// those with some ids. Ids go into a filter, since AWS refuses a whole call for one unknown id.
type instanceQuery struct {
	filters []types.Filter
	// found is what the last look showed, in AWS's order.
	found []instance
	err   error
}

func (r *ec2Run) run(ctx context.Context) []Result {
	r.mayAct = map[Effect]bool{}
	if cfg, err := r.configFor(r.call.flags.region); err != nil {
		for _, item := range r.call.items {
			r.target(item, nil, instance{id: item.ID}).fail(err, ec2Describe)
		}
	} else {
		r.api = r.clients.ec2(cfg)
		r.selectAll(ctx, cfg.Region)
	}
	r.plan(ctx)
	look := r.newPoll()
	for {
		r.round(ctx)
		open := r.open()
		r.logEnded(ctx)
		if len(open) == 0 {
			return r.results()
		}
		if err := look.wait(ctx); err != nil {
			for _, t := range open {
				t.outOfTime(err, look.waited())
			}
			continue
		}
		r.look(ctx, open)
		for _, t := range open {
			look.log(ctx, t.id, t.state)
		}
	}
}

// logEnded writes the lines of the targets that have ended since it was called last.
func (r *ec2Run) logEnded(ctx context.Context) {
	for _, t := range r.targets {
		if t.result.Outcome != "" && !t.logged {
			t.logged = true
			r.log(ctx, t.result)
		}
	}
}

func (r *ec2Run) results() []Result {
	results := make([]Result, len(r.targets))
	for i, t := range r.targets {
		results[i] = t.result
	}
	return results
}

// open are the targets without an outcome.
func (r *ec2Run) open() []*ec2Target {
	var open []*ec2Target
	for _, t := range r.targets {
		if t.result.Outcome == "" {
			open = append(open, t)
		}
	}
	return open
}

// selectAll finds the instances of every item, in the items' order.
func (r *ec2Run) selectAll(ctx context.Context, region string) {
	queries := r.queries()
	described := map[*instanceQuery]bool{}
	for _, q := range queries {
		if !described[q] {
			described[q] = true
			r.describe(ctx, q)
		}
	}
	for i, item := range r.call.items {
		if item.Tags != nil {
			r.selectByTags(item, queries[i])
			continue
		}
		r.selectByID(item, queries[i], region)
	}
	r.skipDoubles()
}

// queries returns the query of each item; items that are ids share queries.
func (r *ec2Run) queries() []*instanceQuery {
	queries := make([]*instanceQuery, len(r.call.items))
	var byID *instanceQuery
	for i, item := range r.call.items {
		if item.Tags != nil {
			queries[i] = &instanceQuery{filters: tagFilters(item.Tags)}
			continue
		}
		if byID == nil || len(byID.filters[0].Values) == filterValues {
			byID = &instanceQuery{filters: []types.Filter{{Name: aws.String("instance-id")}}}
		}
		byID.filters[0].Values = append(byID.filters[0].Values, item.ID)
		queries[i] = byID
	}
	return queries
}

func tagFilters(tags []Tag) []types.Filter {
	var filters []types.Filter
	for _, t := range tags {
		filters = append(filters, types.Filter{
			Name: aws.String("tag:" + t.Key), Values: []string{t.Value},
		})
	}
	return filters
}

// describe looks at a query's instances, page by page.
func (r *ec2Run) describe(ctx context.Context, q *instanceQuery) {
	var found []instance
	in := &ec2.DescribeInstancesInput{Filters: q.filters, MaxResults: aws.Int32(instancePage)}
	for {
		var out *ec2.DescribeInstancesOutput
		err := r.limited(ctx, func() (err error) {
			out, err = r.api.DescribeInstances(ctx, in)
			return err
		})
		if err != nil {
			q.err = err
			return
		}
		for _, reservation := range out.Reservations {
			for _, i := range reservation.Instances {
				found = append(found, fromEC2(i))
			}
		}
		if aws.ToString(out.NextToken) == "" {
			q.found, q.err = found, nil
			return
		}
		in.NextToken = out.NextToken
	}
}

// target adds a target of an item.
func (r *ec2Run) target(item Item, q *instanceQuery, i instance) *ec2Target {
	t := &ec2Target{run: r, query: q, item: item, instance: i, result: r.result(item, i.id)}
	t.result.From, t.result.To = i.state, i.state
	r.targets = append(r.targets, t)
	return t
}

func (r *ec2Run) selectByID(item Item, q *instanceQuery, region string) {
	at := slices.IndexFunc(q.found, func(i instance) bool { return i.id == item.ID })
	switch {
	case q.err != nil:
		r.target(item, q, instance{id: item.ID}).fail(q.err, ec2Describe)
	case at < 0:
		r.target(item, q, instance{id: item.ID}).end(NotFound,
			"no such EC2 instance in "+region+": check id and region")
	default:
		r.target(item, q, q.found[at])
	}
}

func (r *ec2Run) selectByTags(item Item, q *instanceQuery) {
	if q.err != nil {
		r.target(item, q, instance{}).fail(q.err, ec2Describe)
		return
	}
	matched := false
	for _, i := range q.found {
		if i.gone() {
			continue
		}
		matched = true
		t := r.target(item, q, i)
		if kept(i.tags, r.Clock.Now()) {
			t.end(Skipped, "kept by its tag "+keepTag)
		}
	}
	if !matched {
		r.target(item, q, instance{}).end(Skipped, "matched nothing")
	}
}

// skipDoubles leaves each instance to one item: an id before tags, the first before others.
func (r *ec2Run) skipDoubles() {
	owner := map[string]*ec2Target{}
	for _, byTags := range []bool{false, true} {
		for _, t := range r.targets {
			if (t.item.Tags != nil) != byTags || t.id == "" {
				continue
			}
			if first := owner[t.id]; first != nil {
				t.end(Skipped, "the same as item "+first.item.Text)
				continue
			}
			owner[t.id] = t
		}
	}
}

// look describes the targets again, each query once.
func (r *ec2Run) look(ctx context.Context, targets []*ec2Target) {
	looked := map[*instanceQuery]map[string]instance{}
	for _, t := range targets {
		now, ok := looked[t.query]
		if !ok {
			r.describe(ctx, t.query)
			now = map[string]instance{}
			for _, i := range t.query.found {
				now[i.id] = i
			}
			looked[t.query] = now
		}
		switch i, found := now[t.id]; {
		case ctx.Err() != nil:
			// The next wait ends it.
		case t.query.err != nil:
			t.fail(t.query.err, ec2Describe)
			t.result.Detail = t.accepted() + t.result.Detail
		case !found:
			t.end(NotFound, t.accepted()+"AWS does not show it any more")
		default:
			t.see(i)
		}
	}
}
