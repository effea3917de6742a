package runnerimage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/smithy-go"
)

// lifecycleRule is one of a lifecycle policy (Amazon ECR User Guide, "Lifecycle policy parameters").
type lifecycleRule struct {
	Priority  int `json:"rulePriority"`
	Selection struct {
		TagStatus      string   `json:"tagStatus"`
		TagPrefixList  []string `json:"tagPrefixList"`
		TagPatternList []string `json:"tagPatternList"`
		CountType      string   `json:"countType"`
		CountUnit      string   `json:"countUnit"`
		CountNumber    int      `json:"countNumber"`
	} `json:"selection"`
	Action struct {
		Type string `json:"type"`
	} `json:"action"`
}

// manyImages is a count that a rule of ours would not reach: one that keeps so many keeps ours.
const manyImages = 1000

// LifecycleRisk tells in words by which rule of its lifecycle policy a repository can expire the
// image that has a tag: Lambda fetches the image again and again, and a function whose image is gone
// stops working (AWS Lambda Developer Guide, "Create a Lambda function using a container image"). It
// is "" where no rule can, on a loopback address, and where the policy may not be read.
func (r *Registry) LifecycleRisk(ctx context.Context, repo Repository, tag string) (string, error) {
	if repo.Loopback() {
		return "", nil
	}
	out, err := r.ecr.GetLifecyclePolicy(ctx, &ecr.GetLifecyclePolicyInput{
		RegistryId: aws.String(repo.Account), RepositoryName: aws.String(repo.Name),
	}, inRegion(repo.Region))
	var api smithy.APIError
	if errors.As(err, &api) && slices.Contains(
		[]string{codeNoLifecycle, codeNoRepository, codeAccessDenied}, api.ErrorCode()) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the lifecycle policy of repository %q: %w", repo.URL, err)
	}
	var policy struct {
		Rules []lifecycleRule `json:"rules"`
	}
	if err := json.Unmarshal([]byte(aws.ToString(out.LifecyclePolicyText)), &policy); err != nil {
		return "", fmt.Errorf("reading the lifecycle policy of repository %q: %w", repo.URL, err)
	}
	return lifecycleRisk(policy.Rules, repo, tag), nil
}

func lifecycleRisk(rules []lifecycleRule, repo Repository, tag string) string {
	rule, ok := ruleFor(rules, tag)
	if !ok || rule.Selection.CountType == "imageCountMoreThan" && rule.Selection.CountNumber >= manyImages {
		return ""
	}
	return fmt.Sprintf("rule %d of the lifecycle policy of repository %q, which %s, can reach the runner's "+
		"image (tag %s), and a function whose image is gone stops working. Put a rule that keeps our tags "+
		`before all others, and renumber them: {"rulePriority": 1, "selection": {"tagStatus": "tagged", `+
		`"tagPatternList": ["%s*"], "countType": "imageCountMoreThan", "countNumber": %d}, `+
		`"action": {"type": "expire"}}`, rule.Priority, repo.Name, rule.words(), tag, TagPrefix, manyImages)
}

// ruleFor returns the rule that decides about an image whose one tag is tag: the first by priority
// that selects it, since no later one can expire what an earlier one selects (Amazon ECR User Guide,
// "Automate the cleanup of images by using lifecycle policies").
func ruleFor(rules []lifecycleRule, tag string) (lifecycleRule, bool) {
	rules = slices.Clone(rules)
	slices.SortFunc(rules, func(a, b lifecycleRule) int { return a.Priority - b.Priority })
	for _, rule := range rules {
		if rule.selects(tag) {
			return rule, true
		}
	}
	return lifecycleRule{}, false
}

// selects tells whether the one tag of an image satisfies all prefixes and patterns, as ECR wants it.
func (l lifecycleRule) selects(tag string) bool {
	switch l.Selection.TagStatus {
	case "any":
		return true
	case "tagged":
		for _, prefix := range l.Selection.TagPrefixList {
			if !strings.HasPrefix(tag, prefix) {
				return false
			}
		}
		for _, pattern := range l.Selection.TagPatternList {
			if !matches(pattern, tag) {
				return false
			}
		}
		return true
	}
	return false
}

// matches knows the one wildcard of tag patterns: "*", zero or more characters.
func matches(pattern, tag string) bool {
	parts := strings.Split(pattern, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(tag)
}

// words says what a rule does: "expires all but the newest 10 images".
func (l lifecycleRule) words() string {
	does := "expires"
	if l.Action.Type == "transition" {
		does = "archives"
	}
	if l.Selection.CountType == "imageCountMoreThan" {
		return fmt.Sprintf("%s all but the newest %d images", does, l.Selection.CountNumber)
	}
	since := map[string]string{
		"sinceImagePushed": "being pushed", "sinceImagePulled": "the last pull",
		"sinceImageTransitioned": "being archived",
	}[l.Selection.CountType]
	if since == "" {
		return does + " images"
	}
	return fmt.Sprintf("%s images %d %s after %s", does, l.Selection.CountNumber, l.Selection.CountUnit, since)
}
