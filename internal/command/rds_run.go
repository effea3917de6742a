package command

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// databaseRun is one run on databases of one kind.
type databaseRun struct {
	*session
	kind *databaseKind

	mu      sync.Mutex
	clients map[string]rdsAPI
}

// selected is one database that an item selected, or the result where it selected none.
type selected struct {
	item   Item
	region string
	db     database
	// result is set where nothing is left to do.
	result *Result
}

func (r *databaseRun) run(ctx context.Context) []Result {
	r.clients = map[string]rdsAPI{}
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

// client returns the region's client, built at the first need.
func (r *databaseRun) client(region string) (rdsAPI, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if api, ok := r.clients[region]; ok {
		return api, nil
	}
	cfg, err := r.configFor(region)
	if err != nil {
		return nil, err
	}
	r.clients[region] = r.newRDS(cfg)
	return r.clients[region], nil
}

// selectAll finds the databases of every item, in the items' order. A region is listed once,
// however many items select by tag.
func (r *databaseRun) selectAll(ctx context.Context) []selected {
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
			wg.Go(func() { l.databases, l.err = r.list(ctx, region) })
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

// listing is every database of a region, or why there is none.
type listing struct {
	databases []database
	err       error
}

// errNotFound is get's error for an identifier that AWS does not know.
var errNotFound = errors.New("not found")

func (r *databaseRun) selectByID(ctx context.Context, item Item) selected {
	sel := selected{item: item, region: r.region(item)}
	db, err := r.get(ctx, sel.region, item.ID)
	if err == nil && item.ARN != nil && !sameAccount(db.arn, item.ARN) {
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
	sel.db = db
	return sel
}

// sameAccount keeps an ARN of another account from meaning a database of the same name here.
func sameAccount(found string, wanted *ARN) bool {
	parts := strings.Split(found, ":")
	return len(parts) < 5 || parts[4] == wanted.Account
}

func (r *databaseRun) failedGet(result Result, region string, err error) Result {
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

func (r *databaseRun) selectByTags(item Item, all *listing) []selected {
	if all.err != nil {
		result := r.result(item, "").fail(all.err, r.kind.describeAction)
		return []selected{{item: item, result: &result}}
	}
	var out []selected
	for _, db := range all.databases {
		if !item.selects(db.tags) {
			continue
		}
		sel := selected{item: item, region: r.region(item), db: db}
		switch {
		case kept(db.tags, r.Clock.Now()):
			sel.result = r.skipped(item, db, "kept by its tag "+keepTag)
		case db.cluster != "":
			sel.result = r.skipped(item, db, "a member of DB cluster "+db.cluster+
				", which starts and stops as a whole")
		}
		out = append(out, sel)
	}
	if out == nil {
		out = []selected{{item: item, result: r.skipped(item, database{}, "matched nothing")}}
	}
	return out
}

func (r *databaseRun) skipped(item Item, db database, detail string) *Result {
	result := r.result(item, db.id)
	result.Outcome, result.Detail = Skipped, detail
	result.From, result.To = db.status, db.status
	return &result
}

// skipDoubles leaves each database to one item: an identifier before tags, the first before others.
func skipDoubles(s *session, all []selected) {
	owner := map[string]string{}
	for _, byTags := range []bool{false, true} {
		for i := range all {
			sel := &all[i]
			if (sel.item.Tags != nil) != byTags || sel.db.id == "" {
				continue
			}
			key := sel.region + "/" + sel.db.id
			if sel.db.arn != "" {
				key = sel.db.arn
			}
			first, taken := owner[key]
			if !taken {
				owner[key] = sel.item.Text
				continue
			}
			result := s.result(sel.item, sel.db.id)
			result.Outcome, result.Detail = Skipped, "the same as item "+first
			result.From, result.To = sel.db.status, sel.db.status
			sel.result = &result
		}
	}
}

// get describes one database.
func (r *databaseRun) get(ctx context.Context, region, id string) (database, error) {
	page, err := r.describe(ctx, region, &id, nil)
	if hasCode(err, r.kind.notFoundCode) || err == nil && len(page.databases) == 0 {
		return database{}, errNotFound
	}
	if err != nil {
		return database{}, err
	}
	return page.databases[0], nil
}

// list describes every database of a region, page by page.
func (r *databaseRun) list(ctx context.Context, region string) ([]database, error) {
	var out []database
	var marker *string
	for {
		page, err := r.describe(ctx, region, nil, marker)
		if err != nil {
			return nil, err
		}
		out = append(out, page.databases...)
		if aws.ToString(page.marker) == "" || aws.ToString(page.marker) == aws.ToString(marker) {
			return out, nil
		}
		marker = page.marker
	}
}

func (r *databaseRun) describe(
	ctx context.Context, region string, id, marker *string,
) (databasePage, error) {
	api, err := r.client(region)
	if err != nil {
		return databasePage{}, err
	}
	var page databasePage
	err = r.limited(ctx, func() (err error) {
		page, err = r.kind.describe(ctx, api, id, marker)
		return err
	})
	return page, err
}
