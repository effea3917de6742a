package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// maxRereads bounds how often a configuration that somebody else changed meanwhile is read again.
const maxRereads = 3

// staleCodes are how AWS refuses an update of a configuration that has changed since it was read.
var staleCodes = []string{"PreconditionFailed", "InvalidIfMatchVersion"}

// globalRegion is what the client needs where no region is set; it signs for the partition's own.
const globalRegion = "us-east-1"

const statusDeployed = "Deployed"

// originRun is one run of update-origin.
type originRun struct {
	*session
	api                  cloudfrontAPI
	distribution, origin string
}

// behavior is one cache behaviour of a distribution.
type behavior struct {
	pattern string
	// origin points into the configuration.
	origin **string
}

func (r *originRun) run(ctx context.Context) []Result {
	within := r.call.items[0].Within
	r.distribution, r.origin = within[0], within[1]
	results := r.update(ctx)
	for _, result := range results {
		r.log(ctx, result)
	}
	return results
}

func (r *originRun) update(ctx context.Context) []Result {
	if err := r.connect(); err != nil {
		return r.all(func(result Result) Result { return result.fail(err, actionGetConfig) })
	}
	for reads := 0; ; reads++ {
		out, err := r.read(ctx)
		if err != nil {
			return r.all(func(result Result) Result { return r.failed(result, err, actionGetConfig) })
		}
		results, write := r.change(out.DistributionConfig)
		if !write {
			return r.arrive(ctx, results)
		}
		err = r.write(ctx, out)
		if hasCode(err, staleCodes...) && reads < maxRereads {
			continue
		}
		if err != nil {
			return r.unwritten(results, err)
		}
		return r.arrive(ctx, results)
	}
}

// connect builds the client. Its service is global, so a run without a region will do.
func (r *originRun) connect() error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	cfg = cfg.Copy()
	cfg.Region = cmp.Or(r.call.flags.region, cfg.Region, globalRegion)
	r.api = r.clients.cloudfront(cfg)
	return nil
}

func (r *originRun) read(
	ctx context.Context,
) (out *cloudfront.GetDistributionConfigOutput, err error) {
	err = r.limited(ctx, func() error {
		out, err = r.api.GetDistributionConfig(ctx,
			&cloudfront.GetDistributionConfigInput{Id: &r.distribution})
		return err
	})
	return out, err
}

// write sends the whole configuration back: an update replaces all of it.
func (r *originRun) write(
	ctx context.Context, read *cloudfront.GetDistributionConfigOutput,
) error {
	return r.limited(ctx, func() error {
		_, err := r.api.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{
			Id: &r.distribution, IfMatch: read.ETag, DistributionConfig: read.DistributionConfig,
		})
		return err
	})
}

// all gives each item of the call a result.
func (r *originRun) all(end func(Result) Result) []Result {
	var results []Result
	for _, item := range r.call.items {
		results = append(results, end(r.result(item, behaviorName(item))))
	}
	return results
}

func (r *originRun) failed(result Result, err error, action string) Result {
	if hasCode(err, "NoSuchDistribution") {
		result.Outcome = NotFound
		result.Detail = "no such CloudFront distribution: check its ID and the account"
		return result
	}
	return result.fail(err, action)
}

// change puts the origin into the configuration, and tells whether that is to be written.
func (r *originRun) change(config *types.DistributionConfig) (results []Result, write bool) {
	if origins := originsOf(config); !slices.Contains(origins, r.origin) {
		return r.all(func(result Result) Result {
			result.Outcome = NotFound
			result.Detail = fmt.Sprintf("no origin %q, so nothing was written; there are: %s", r.origin,
				strings.Join(origins, ", "))
			return result
		}), false
	}
	behaviors := behaviorsOf(config)
	first := map[*behavior]string{}
	unknown := false
	for _, item := range r.call.items {
		result := r.result(item, behaviorName(item))
		b := find(behaviors, item.ID)
		switch {
		case b == nil:
			unknown = true
			result.Outcome = NotFound
			result.Detail = fmt.Sprintf("no cache behaviour for %q, so nothing was written; there are: %s",
				item.ID, strings.Join(patternsOf(behaviors), ", "))
		case first[b] != "":
			result.From, result.To = aws.ToString(*b.origin), r.origin
			result.Outcome, result.Detail = Skipped, "the same as item "+first[b]
		default:
			first[b] = item.Text
			result = r.switchOver(result, b)
			write = write || result.Outcome == Done
		}
		results = append(results, result)
	}
	if unknown {
		return notWritten(results, "nothing was written, since another path pattern is unknown"), false
	}
	return results, write
}

// switchOver gives one behaviour the origin.
func (r *originRun) switchOver(result Result, b *behavior) Result {
	result.From, result.To = aws.ToString(*b.origin), r.origin
	switch {
	case result.From == r.origin:
		result.Outcome = Already
	case r.call.flags.dryRun:
		result.Outcome, result.To = DryRun, result.From
		result.Detail = "would switch it to " + r.origin
	default:
		result.Outcome = Done
		*b.origin = &r.origin
	}
	return result
}

// notWritten fails what would have been done.
func notWritten(results []Result, detail string) []Result {
	for i := range results {
		if results[i].Outcome == Done || results[i].Outcome == DryRun {
			results[i].Outcome, results[i].To = Failed, results[i].From
			results[i].Detail = detail
		}
	}
	return results
}

func (r *originRun) unwritten(results []Result, err error) []Result {
	for i := range results {
		if results[i].Outcome == Done {
			results[i].To = results[i].From
			results[i] = r.failed(results[i], err, actionUpdate)
		}
	}
	return results
}

// originsOf lists what a behaviour may point to.
func originsOf(config *types.DistributionConfig) []string {
	var ids []string
	if config.Origins != nil {
		for _, o := range config.Origins.Items {
			ids = append(ids, aws.ToString(o.Id))
		}
	}
	if config.OriginGroups != nil {
		for _, g := range config.OriginGroups.Items {
			ids = append(ids, aws.ToString(g.Id))
		}
	}
	return ids
}

func behaviorsOf(config *types.DistributionConfig) []behavior {
	var all []behavior
	if config.DefaultCacheBehavior != nil {
		all = append(all, behavior{defaultBehavior, &config.DefaultCacheBehavior.TargetOriginId})
	}
	if config.CacheBehaviors != nil {
		for i := range config.CacheBehaviors.Items {
			b := &config.CacheBehaviors.Items[i]
			all = append(all, behavior{aws.ToString(b.PathPattern), &b.TargetOriginId})
		}
	}
	return all
}

func patternsOf(behaviors []behavior) []string {
	var patterns []string
	for _, b := range behaviors {
		patterns = append(patterns, b.pattern)
	}
	return patterns
}

// find returns the behaviour for a pattern. One that differs only in a slash in front will do.
func find(behaviors []behavior, pattern string) *behavior {
	bare := func(p string) string { return strings.TrimPrefix(p, "/") }
	near := -1
	for i, b := range behaviors {
		if b.pattern == pattern {
			return &behaviors[i]
		}
		if b.pattern != defaultBehavior && bare(b.pattern) == bare(pattern) {
			near = i
		}
	}
	if near < 0 {
		return nil
	}
	return &behaviors[near]
}

// arrive waits, with --wait, until the distribution is deployed everywhere.
func (r *originRun) arrive(ctx context.Context, results []Result) []Result {
	failed := slices.ContainsFunc(results, func(res Result) bool { return res.Outcome.Failure() })
	if !r.call.flags.wait || r.call.flags.dryRun || failed {
		return results
	}
	look := r.newPoll()
	for {
		status, err := r.status(ctx)
		if err == nil && status == statusDeployed {
			return results
		}
		if err != nil {
			return r.notArrived(results, func(res Result) Result {
				return r.failed(res, err, actionGetDistribution)
			})
		}
		look.log(ctx, r.distribution, status)
		if err := look.wait(ctx); err != nil {
			return r.notArrived(results, func(res Result) Result {
				return stillDeploying(res, status, look, err)
			})
		}
	}
}

// stillDeploying ends a wait that err ended.
func stillDeploying(res Result, status string, look *poll, err error) Result {
	accepted := ""
	if res.Outcome == Done {
		accepted = "update accepted, "
	}
	res.Outcome = Failed
	res.Detail = accepted + "still " + status + " after " + minutes(look.waited())
	if !errors.Is(err, errTimeShort) {
		res.Detail = accepted + explain(err) + " while " + status
	}
	return res
}

func (r *originRun) status(ctx context.Context) (status string, err error) {
	err = r.limited(ctx, func() error {
		out, err := r.api.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &r.distribution})
		if err == nil {
			status = aws.ToString(out.Distribution.Status)
		}
		return err
	})
	return status, err
}

func (r *originRun) notArrived(results []Result, end func(Result) Result) []Result {
	for i := range results {
		if results[i].Outcome != Skipped {
			results[i] = end(results[i])
		}
	}
	return results
}
