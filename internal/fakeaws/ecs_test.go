package fakeaws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	gocmp "github.com/google/go-cmp/cmp"
)

func newTestECS(t *testing.T) (*AWS, *ecs.Client) {
	t.Helper()
	a := Start(t)
	return a, ecs.NewFromConfig(a.Config())
}

const apiARN = "arn:aws:ecs:us-east-1:123456789012:service/web/api"

// Tags come only where they are asked for, what is missing is named, and more than ten are refused
// (API Reference, DescribeServices).
func TestDescribeServices(t *testing.T) {
	t.Parallel()
	a, client := newTestECS(t)
	a.ECS().PutService(ECSService{
		Cluster: "web", Name: "api", Desired: 2, Tags: map[string]string{"team": "web"},
	})
	for _, include := range [][]types.ServiceField{nil, {types.ServiceFieldTags}} {
		out, err := client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{
			Cluster: aws.String("web"), Services: []string{"api", apiARN, "none"}, Include: include,
		})
		noError(t, err)
		var tags []types.Tag
		if include != nil {
			tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}}
		}
		for _, got := range out.Services {
			if *got.ServiceArn != apiARN || *got.ServiceName != "api" || *got.Status != "ACTIVE" ||
				*got.ClusterArn != "arn:aws:ecs:us-east-1:123456789012:cluster/web" ||
				got.SchedulingStrategy != types.SchedulingStrategyReplica ||
				got.DesiredCount != 2 || got.RunningCount != 2 || got.PendingCount != 0 {
				t.Errorf("include %v: got %+v", include, got)
			}
			if diff := gocmp.Diff(tags, got.Tags, shapes); diff != "" {
				t.Errorf("include %v: tags %s", include, diff)
			}
		}
		if len(out.Services) != 2 || len(out.Failures) != 1 || *out.Failures[0].Reason != "MISSING" ||
			*out.Failures[0].Arn != "arn:aws:ecs:us-east-1:123456789012:service/web/none" {
			t.Errorf("%d services, failures %v", len(out.Services), out.Failures)
		}
	}
	_, err := client.DescribeServices(t.Context(),
		&ecs.DescribeServicesInput{Cluster: aws.String("web"), Services: make([]string, 11)})
	wantError(t, err, "InvalidParameterException", "Services must have 1 to 10 members")
	_, err = client.DescribeServices(t.Context(),
		&ecs.DescribeServicesInput{Services: []string{"api"}})
	wantError(t, err, "ClusterNotFoundException", "Cluster not found.")
}

// Lists come in pages, of ten services unless the request says otherwise, of at most 100 (API
// Reference, ListServices). Deleted services are not in them.
func TestListServices(t *testing.T) {
	t.Parallel()
	a, client := newTestECS(t)
	for i := range 25 {
		a.ECS().PutService(ECSService{Cluster: "web", Name: fmt.Sprintf("s%02d", i)})
	}
	a.ECS().PutService(ECSService{Cluster: "web", Name: "gone", Status: "INACTIVE"})
	a.ECS().PutService(ECSService{Cluster: "db", Name: "other"})
	for _, tt := range []struct {
		size  *int32
		pages []int
	}{{nil, []int{10, 10, 5}}, {aws.Int32(100), []int{25}}, {aws.Int32(20), []int{20, 5}}} {
		var pages []int
		in := &ecs.ListServicesInput{Cluster: aws.String("web"), MaxResults: tt.size}
		for {
			out, err := client.ListServices(t.Context(), in)
			noError(t, err)
			pages = append(pages, len(out.ServiceArns))
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if !slices.Equal(pages, tt.pages) {
			t.Errorf("pages of %d, want %d", pages, tt.pages)
		}
	}
	_, err := client.ListServices(t.Context(),
		&ecs.ListServicesInput{Cluster: aws.String("web"), MaxResults: aws.Int32(101)})
	wantError(t, err, "InvalidParameterException", "maxResults must be 1 to 100")
	_, err = client.ListServices(t.Context(), &ecs.ListServicesInput{Cluster: aws.String("none")})
	wantError(t, err, "ClusterNotFoundException", "Cluster not found.")
	clusters, err := client.ListClusters(t.Context(), nil)
	noError(t, err)
	want := []string{
		"arn:aws:ecs:us-east-1:123456789012:cluster/db", "arn:aws:ecs:us-east-1:123456789012:cluster/web",
	}
	if !slices.Equal(clusters.ClusterArns, want) {
		t.Errorf("clusters %v", clusters.ClusterArns)
	}
}

// Repeating a count succeeds; a DAEMON service has none (the error's text is AWS's), a deleted one
// is not active (API Reference, UpdateService).
func TestUpdateService(t *testing.T) {
	t.Parallel()
	a, client := newTestECS(t)
	update := func(service string, count int32) error {
		_, err := client.UpdateService(t.Context(), &ecs.UpdateServiceInput{
			Cluster: aws.String("web"), Service: &service, DesiredCount: &count,
		})
		return err
	}
	a.ECS().SlowTasks(1)
	a.ECS().PutService(ECSService{Cluster: "web", Name: "api", Desired: 2})
	a.ECS().PutService(ECSService{Cluster: "web", Name: "agent", Strategy: "DAEMON"})
	a.ECS().PutService(ECSService{Cluster: "web", Name: "old", Status: "INACTIVE"})
	noError(t, update("api", 5))
	noError(t, update(apiARN, 5))
	for _, running := range []int32{2, 5} {
		out, err := client.DescribeServices(t.Context(),
			&ecs.DescribeServicesInput{Cluster: aws.String("web"), Services: []string{"api"}})
		noError(t, err)
		if s := out.Services[0]; s.DesiredCount != 5 || s.RunningCount != running ||
			s.PendingCount != 5-running {
			t.Errorf("got %d of %d running, want %d", s.RunningCount, s.DesiredCount, running)
		}
	}
	wantError(t, update("agent", 0), "InvalidParameterException", "The daemon scheduling strategy "+
		"does not support a desired count for services. Remove the desired count value and try again")
	wantError(t, update("old", 0), "ServiceNotActiveException", "Service was not ACTIVE.")
	wantError(t, update("none", 0), "ServiceNotFoundException", "Service not found.")
	wantError(t, update("api", -1), "InvalidParameterException", "desiredCount cannot be negative")
}

// Tags are set all or none, at most 50; the short form of an ARN cannot be tagged (API Reference,
// TagResource).
func TestTagService(t *testing.T) {
	t.Parallel()
	a, client := newTestECS(t)
	a.ECS().PutService(ECSService{
		Cluster: "web", Name: "api", Tags: map[string]string{"team": "web", "x": "1"},
	})
	tag := func(arn string, tags ...types.Tag) error {
		_, err := client.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: &arn, Tags: tags})
		return err
	}
	one := types.Tag{Key: aws.String("x"), Value: aws.String("2")}
	noError(t, tag(apiARN, one))
	wantError(t, tag("arn:aws:ecs:us-east-1:123456789012:service/api", one),
		"InvalidParameterException", "Long arn format must be used for tagging operations")
	wantError(t, tag("arn:aws:ecs:us-east-1:123456789012:service/web/no", one),
		"ServiceNotFoundException", "Service not found.")
	many := []types.Tag{{Key: aws.String("x"), Value: aws.String("3")}}
	for i := range 49 {
		many = append(many, types.Tag{Key: aws.String(fmt.Sprint("k", i)), Value: aws.String("v")})
	}
	wantError(t, tag(apiARN, many...), "InvalidParameterException",
		"The maximum number of tags is 50.")
	_, err := client.UntagResource(t.Context(),
		&ecs.UntagResourceInput{ResourceArn: aws.String(apiARN), TagKeys: []string{"team", "none"}})
	noError(t, err)
	s, _ := a.ECS().Service("web/api")
	if diff := gocmp.Diff(map[string]string{"x": "2"}, s.Tags); diff != "" {
		t.Error(diff)
	}
	if left := strings.Join(a.Leftovers(), ", "); left != "ECS cluster web, ECS service web/api" {
		t.Errorf("leftovers: %s", left)
	}
}
