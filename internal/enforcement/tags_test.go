package enforcement_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	autoscalingtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/smithy-go"
)

// wantDenied checks that AWS refused for a missing right.
func wantDenied(t *testing.T, what string, err error) {
	t.Helper()
	var api smithy.APIError
	codes := []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
	if !errors.As(err, &api) || !slices.Contains(codes, api.ErrorCode()) {
		t.Errorf("%s: got %v, want it denied", what, err)
	}
}

// The runner may write its own tags and nobody else's: a key beside its own spoils the call.
func TestVerbs_otherTagsAreDenied(t *testing.T) {
	t.Parallel()
	for _, x := range trials() {
		if strings.Contains(x.args, "--") || !slices.Contains([]string{"asg", "ecs", "eks"}, x.service) ||
			x.verb == "set-desired-count" {
			continue
		}
		t.Run(x.command(), func(t *testing.T) {
			t.Parallel()
			s := x.prepare(t)
			cfg := s.as(x.statements(t))
			for _, keys := range [][]string{{"team"}, {"savings:x", "team"}, {"savingsx"}} {
				set, remove := tagWrites(t, cfg, x.service, keys)
				wantDenied(t, "setting "+strings.Join(keys, ", "), set)
				wantDenied(t, "removing "+strings.Join(keys, ", "), remove)
			}
			if set, _ := tagWrites(t, cfg, x.service, []string{"savings:x"}); set != nil {
				t.Errorf("setting savings:x: %v", set)
			}
		})
	}
}

// tagWrites sets, and removes, tags of what the events of a service name.
func tagWrites(t *testing.T, cfg aws.Config, service string, keys []string) (set, remove error) {
	t.Helper()
	switch service {
	case "asg":
		var tags []autoscalingtypes.Tag
		for _, key := range keys {
			tags = append(tags, autoscalingtypes.Tag{
				Key: aws.String(key), Value: aws.String("x"), ResourceId: aws.String("mine"),
				ResourceType: aws.String("auto-scaling-group"), PropagateAtLaunch: aws.Bool(false),
			})
		}
		client := autoscaling.NewFromConfig(cfg)
		_, set = client.CreateOrUpdateTags(t.Context(), &autoscaling.CreateOrUpdateTagsInput{Tags: tags})
		_, remove = client.DeleteTags(t.Context(), &autoscaling.DeleteTagsInput{Tags: tags})
	case "ecs":
		var tags []ecstypes.Tag
		for _, key := range keys {
			tags = append(tags, ecstypes.Tag{Key: aws.String(key), Value: aws.String("x")})
		}
		arn := aws.String("arn:aws:ecs:us-east-1:123456789012:service/web/api")
		client := ecs.NewFromConfig(cfg)
		_, set = client.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: arn, Tags: tags})
		_, remove = client.UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: arn, TagKeys: keys})
	case "eks":
		tags := map[string]string{}
		for _, key := range keys {
			tags[key] = "x"
		}
		client := eks.NewFromConfig(cfg)
		group, err := client.DescribeNodegroup(t.Context(), &eks.DescribeNodegroupInput{
			ClusterName: aws.String("web"), NodegroupName: aws.String("mine"),
		})
		if err != nil {
			t.Fatal(err)
		}
		arn := group.Nodegroup.NodegroupArn
		_, set = client.TagResource(t.Context(), &eks.TagResourceInput{ResourceArn: arn, Tags: tags})
		_, remove = client.UntagResource(t.Context(), &eks.UntagResourceInput{ResourceArn: arn, TagKeys: keys})
	}
	return set, remove
}

// Nothing that changes something is allowed on everything without a condition.
func TestVerbs_writesAreBounded(t *testing.T) {
	t.Parallel()
	for _, x := range trials() {
		for _, s := range x.statements(t) {
			wide := slices.ContainsFunc(s.Resource, func(r string) bool {
				return r == "*" || strings.HasSuffix(r, "/*") && !strings.Contains(r, ":nodegroup/") ||
					strings.HasSuffix(r, ":*")
			})
			for _, action := range s.Action {
				// An item CLUSTER/* names all services of one cluster.
				ofCluster := slices.Contains(s.Resource, "arn:aws:ecs:us-east-1:123456789012:service/web/*")
				if wide && !looks(action) && !ofCluster && len(s.Condition) == 0 {
					t.Errorf("%s: %s on %q without a condition", x.command(), action, s.Resource)
				}
			}
		}
	}
}
