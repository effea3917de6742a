package command

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// resourceRun is one run on resources of one kind.
type resourceRun struct {
	*session
	kind *resourceKind

	mu     sync.Mutex
	fleets map[string]fleet
}

// selected is one resource that an item selected, or the result where it selected none.
type selected struct {
	item   Item
	region string
	got    resource
	// result is set where nothing is left to do.
	result *Result
}

func (r *resourceRun) run(ctx context.Context) []Result {
	r.fleets = map[string]fleet{}
	all := r.selectAll(ctx)
	skipDoubles(r.session, all)
	var wg sync.WaitGroup
	for i := range all {
		if all[i].result == nil {
			wg.Go(func() {
				result := r.settle(ctx, &all[i])
				all[i].result = &result
				r.log(ctx, result)
			})
			continue
		}
		r.log(ctx, *all[i].result)
	}
	wg.Wait()
	results := make([]Result, len(all))
	for i := range all {
		results[i] = *all[i].result
	}
	return results
}

// fleet returns the region's resources; its client is built at the first need.
func (r *resourceRun) fleet(region string) (fleet, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.fleets[region]; ok {
		return f, nil
	}
	cfg, err := r.configFor(region)
	if err != nil {
		return nil, err
	}
	r.fleets[region] = r.kind.connect(r.Runner, cfg)
	return r.fleets[region], nil
}

// selectAll finds the resources of every item, in the items' order. A region is listed once,
// however many items select by tag.
func (r *resourceRun) selectAll(ctx context.Context) []selected {
	lists := map[string]*listing{}
	byID := make([]selected, len(r.call.items))
	var wg sync.WaitGroup
	for i, item := range r.call.items {
		region := r.region(item)
		switch {
		case item.Tags == nil:
			wg.Go(func() { byID[i] = r.selectByID(ctx, item) })
		case lists[region] == nil:
			l := &listing{}
			lists[region] = l
			wg.Go(func() { *l = *r.list(ctx, region) })
		}
	}
	wg.Wait()
	var out []selected
	for i, item := range r.call.items {
		if item.Tags == nil {
			out = append(out, byID[i])
			continue
		}
		out = append(out, r.selectByTags(item, lists[r.region(item)])...)
	}
	return out
}

// listing is every resource of a region, or why there is none.
type listing struct {
	resources []resource
	err       error
	// untold are the resources whose tags could not be read, and tagsErr says why not.
	untold  []string
	tagsErr error
}

// errNotFound is get's error for an identifier that AWS does not know.
var errNotFound = errors.New("not found")

func (r *resourceRun) selectByID(ctx context.Context, item Item) selected {
	sel := selected{item: item, region: r.region(item)}
	got, err := r.get(ctx, sel.region, item.ID)
	if err == nil && item.ARN != nil && !sameAccount(got.arn, item.ARN) {
		result := r.result(item, item.ID)
		result.Outcome = NotFound
		result.Detail = "the ARN is of account " + item.ARN.Account + ", and this run is in another"
		sel.result = &result
		return sel
	}
	if err != nil {
		result := r.failedGet(r.result(item, item.ID), sel.region, err)
		sel.result = &result
	}
	sel.got = got
	return sel
}

// sameAccount keeps an ARN of another account from meaning a resource of the same name here.
func sameAccount(found string, wanted *ARN) bool {
	parts := strings.Split(found, ":")
	return len(parts) < 5 || parts[4] == wanted.Account
}

func (r *resourceRun) failedGet(result Result, region string, err error) Result {
	if !errors.Is(err, errNotFound) {
		return result.fail(err, r.kind.describeAction)
	}
	if cfg, err := r.configFor(region); err == nil {
		region = cfg.Region
	}
	result.Outcome = NotFound
	result.Detail = "no such " + r.kind.noun + " in " + region + ": check identifier and region"
	return result
}

func (r *resourceRun) selectByTags(item Item, all *listing) []selected {
	if all.err != nil {
		result := r.result(item, "").fail(all.err, cmp.Or(r.kind.listAction, r.kind.describeAction))
		return []selected{{item: item, result: &result}}
	}
	var out []selected
	for _, got := range all.resources {
		if got.mistaken != "" || !item.selects(got.tags) {
			continue
		}
		sel := selected{item: item, region: r.region(item), got: got}
		switch {
		case kept(got.tags, r.Clock.Now()):
			sel.result = r.skipped(item, got, "kept by its tag "+keepTag)
		case strings.EqualFold(got.status, "deleting"):
			sel.result = r.skipped(item, got, "it is being deleted")
		case got.whole != "":
			sel.result = r.skipped(item, got, "a member of "+got.whole+
				", which starts and stops as a whole")
		}
		out = append(out, sel)
	}
	if all.tagsErr != nil {
		result := r.result(item, "").fail(all.tagsErr, r.kind.tagsAction)
		result.Detail += "; the tags could not be read of " + language.English.List(all.untold)
		out = append(out, selected{item: item, result: &result})
	}
	if out == nil {
		out = []selected{{item: item, result: r.skipped(item, resource{}, "matched nothing")}}
	}
	return out
}

func (r *resourceRun) skipped(item Item, got resource, detail string) *Result {
	result := r.result(item, got.id)
	result.Outcome, result.Detail = Skipped, detail
	result.From, result.To = got.status, got.status
	return &result
}

// skipDoubles leaves each resource to one item: an identifier before tags, the first before others.
func skipDoubles(s *session, all []selected) {
	owner := map[string]string{}
	for _, byTags := range []bool{false, true} {
		for i := range all {
			sel := &all[i]
			if (sel.item.Tags != nil) != byTags || sel.got.id == "" {
				continue
			}
			key := sel.region + "/" + sel.got.id
			if sel.got.arn != "" {
				key = sel.got.arn
			}
			first, taken := owner[key]
			if !taken {
				owner[key] = sel.item.Text
				continue
			}
			result := s.result(sel.item, sel.got.id)
			result.Outcome, result.Detail = Skipped, "the same as item "+first
			result.From, result.To = sel.got.status, sel.got.status
			sel.result = &result
		}
	}
}

// get describes one resource.
func (r *resourceRun) get(ctx context.Context, region, id string) (resource, error) {
	page, err := r.describe(ctx, region, &id, nil)
	if hasCode(err, r.kind.notFoundCode) || err == nil && len(page.resources) == 0 {
		return resource{}, errNotFound
	}
	if err != nil {
		return resource{}, err
	}
	return page.resources[0], nil
}

// list describes every resource of a region, page by page.
func (r *resourceRun) list(ctx context.Context, region string) *listing {
	l := &listing{}
	var marker *string
	for {
		page, err := r.describe(ctx, region, nil, marker)
		if err != nil {
			return &listing{err: err}
		}
		l.resources = append(l.resources, page.resources...)
		if aws.ToString(page.marker) == "" || aws.ToString(page.marker) == aws.ToString(marker) {
			break
		}
		marker = page.marker
	}
	r.readTags(ctx, region, l)
	return l
}

// readTags adds the tags of resources whose descriptions have none.
func (r *resourceRun) readTags(ctx context.Context, region string, l *listing) {
	f, err := r.fleet(region)
	t, ok := f.(tagger)
	if err != nil || !ok {
		return
	}
	errs := make([]error, len(l.resources))
	var wg sync.WaitGroup
	for i := range l.resources {
		wg.Go(func() {
			got := &l.resources[i]
			errs[i] = r.limited(ctx, func() (err error) {
				got.tags, err = t.tags(ctx, got.arn)
				return err
			})
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			l.untold, l.tagsErr = append(l.untold, l.resources[i].id), err
		}
	}
}

func (r *resourceRun) describe(
	ctx context.Context, region string, id, marker *string,
) (page, error) {
	f, err := r.fleet(region)
	if err != nil {
		return page{}, err
	}
	var p page
	err = r.limited(ctx, func() (err error) {
		p, err = f.describe(ctx, id, marker)
		return err
	})
	return p, err
}
