package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// cloudfrontAPI holds the calls of the Amazon CloudFront client that are used here.
type cloudfrontAPI interface {
	GetDistribution(context.Context, *cloudfront.GetDistributionInput, ...func(*cloudfront.Options),
	) (*cloudfront.GetDistributionOutput, error)
	GetDistributionConfig(context.Context, *cloudfront.GetDistributionConfigInput,
		...func(*cloudfront.Options)) (*cloudfront.GetDistributionConfigOutput, error)
	UpdateDistribution(context.Context, *cloudfront.UpdateDistributionInput,
		...func(*cloudfront.Options)) (*cloudfront.UpdateDistributionOutput, error)
}

// defaultBehavior is how the default cache behaviour is written.
const defaultBehavior = "default"

// cloudfrontVerbs are the verbs of Amazon CloudFront.
func cloudfrontVerbs() []Verb {
	return []Verb{{
		Service: "cloudfront", Name: "update-origin", Effect: Neither,
		Short: "give cache behaviours of a CloudFront distribution another origin",
		Long: "All path patterns are changed in one write. Nothing is written where the distribution " +
			"lacks the origin or one of the patterns, or where nothing would change. A change by " +
			"somebody else meanwhile is read again.\nWith --wait it waits until the distribution is " +
			"deployed, which needs cloudfront:GetDistribution too.",
		Leads: []string{"DISTRIBUTION", "ORIGIN"},
		Items: "the distribution's ID, the ID of one of its origins or origin groups, then path " +
			"patterns of its cache behaviours, default for the default one",
		Examples: [][]string{
			{"cloudfront", "update-origin", "E2QWRUHEXAMPLE", "maintenance-page", "default"},
			{"cloudfront", "update-origin", "E2QWRUHEXAMPLE", "app", "default", "/api/*", "--dry-run"},
			{"cloudfront", "update-origin", "E2QWRUHEXAMPLE", "app", "*.jpg", "--wait"},
		},
		phrase:    phrase{verb: "switch", arrived: "deployed"},
		objects:   originObjects,
		targetOf:  func(item Item) string { return "cloudfront/distribution/" + behaviorName(item) },
		checkLead: checkOriginLead, item: pathPattern{}, global: true,
		statements: cloudfrontStatements,
		run: func(ctx context.Context, s *session) []Result {
			return (&originRun{session: s}).run(ctx)
		},
	}}
}

// behaviorName is "E2QWRUHEXAMPLE/default" or "E2QWRUHEXAMPLE/api/*". A slash in front of a pattern
// means nothing to AWS (Amazon CloudFront Developer Guide, "Path pattern").
func behaviorName(item Item) string {
	return item.Within[0] + "/" + strings.TrimPrefix(item.ID, "/")
}

// originObjects is "default and /api/* of CloudFront distribution E1 to origin app".
func originObjects(items []Item) string {
	return fmt.Sprintf("%s of CloudFront distribution %s to origin %s",
		language.English.List(spoken(once(items))), items[0].Within[0], inSentence(items[0].Within[1]))
}

// distributionID is the form of the IDs that AWS gives: E2QWRUHEXAMPLE.
var distributionID = newPattern(`^[A-Z0-9]{5,32}$`)

// maxOriginID is the longest ID of an origin (Amazon CloudFront API Reference, data type Origin).
const maxOriginID = 128

func checkOriginLead(i int, text string) *UsageError {
	switch {
	case i == 0 && strings.HasPrefix(text, "arn:"):
		return &UsageError{
			Found: fmt.Sprintf("%q is an ARN", text),
			Write: fmt.Sprintf("write the distribution's ID: %q", text[strings.LastIndex(text, "/")+1:]),
		}
	case i == 0 && !distributionID.MatchString(text):
		return &UsageError{
			Found:   fmt.Sprintf("%q is no ID of a CloudFront distribution", text),
			Allowed: "one has upper-case letters and digits, such as E2QWRUHEXAMPLE",
			Write:   "write distribution, origin, path patterns, in this order",
		}
	case i == 1 && len([]rune(text)) > maxOriginID:
		return &UsageError{
			Found:   fmt.Sprintf("the origin's ID %q is too long", text),
			Allowed: fmt.Sprintf("one has at most %d characters", maxOriginID),
		}
	}
	return nil
}

// pathPattern reads path patterns (Amazon CloudFront Developer Guide, "Path pattern": at most 255
// of these characters, and the wildcards * and ?).
type pathPattern struct{}

var pathPatternForm = newPattern(`^[A-Za-z0-9_.*$/~"'@:+&?-]{1,255}$`)

func (pathPattern) parse(text string) (Item, *UsageError) {
	if !pathPatternForm.MatchString(text) {
		return Item{}, &UsageError{
			Found: fmt.Sprintf("%q is no path pattern", text),
			Allowed: "one has 1 to 255 letters, digits and _ - . * $ / ~ \" ' @ : + & ?; " +
				"default is the default behaviour",
		}
	}
	return Item{Text: text, ID: text}, nil
}

// cloudfrontStatements name the distribution, whose ARN has no region.
func cloudfrontStatements(c *Call, scope Scope) []iampolicy.Statement {
	actions := []string{actionGetConfig}
	if !c.flags.dryRun {
		actions = append(actions, actionUpdate)
	}
	if c.flags.wait && !c.flags.dryRun {
		actions = append(actions, actionGetDistribution)
	}
	return []iampolicy.Statement{{
		Action: actions,
		Resource: []string{"arn:" + scope.Partition + ":cloudfront::" + scope.Account +
			":distribution/" + c.items[0].Within[0]},
	}}
}

// The actions as IAM names them.
const (
	actionGetConfig       = "cloudfront:GetDistributionConfig"
	actionGetDistribution = "cloudfront:GetDistribution"
	actionUpdate          = "cloudfront:UpdateDistribution"
)
