package fakeaws

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	gocmp "github.com/google/go-cmp/cmp"
)

type testASG struct {
	*AutoScaling
	t      *testing.T
	client *autoscaling.Client
}

func newTestASG(t *testing.T) testASG {
	t.Helper()
	a := Start(t)
	return testASG{a.AutoScaling(), t, autoscaling.NewFromConfig(a.Config())}
}

func (s testASG) update(in autoscaling.UpdateAutoScalingGroupInput) error {
	in.AutoScalingGroupName = aws.String("web")
	_, err := s.client.UpdateAutoScalingGroup(s.t.Context(), &in)
	return err
}

func (s testASG) names(in autoscaling.DescribeAutoScalingGroupsInput) []string {
	s.t.Helper()
	out, err := s.client.DescribeAutoScalingGroups(s.t.Context(), &in)
	noError(s.t, err)
	var names []string
	for _, g := range out.AutoScalingGroups {
		names = append(names, *g.AutoScalingGroupName)
	}
	return names
}

func TestDescribeAutoScalingGroups(t *testing.T) {
	t.Parallel()
	s := newTestASG(t)
	s.Put(ScalingGroup{
		Name: "web", Min: 1, Desired: 1, Max: 3, Suspended: []string{"AZRebalance"},
		Status: "Delete in progress", Tags: map[string]string{"deploy": "devel"},
	})
	out, err := s.client.DescribeAutoScalingGroups(t.Context(),
		&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"web", "none"}})
	noError(t, err)
	if len(out.AutoScalingGroups) != 1 {
		t.Fatalf("%d groups; a name that nobody has is left out", len(out.AutoScalingGroups))
	}
	got := out.AutoScalingGroups[0]
	want := types.AutoScalingGroup{
		AutoScalingGroupName: aws.String("web"), AutoScalingGroupARN: got.AutoScalingGroupARN,
		MinSize: aws.Int32(1), MaxSize: aws.Int32(3), DesiredCapacity: aws.Int32(1),
		Status:             aws.String("Delete in progress"),
		SuspendedProcesses: []types.SuspendedProcess{{ProcessName: aws.String("AZRebalance")}},
		Instances: []types.Instance{{
			InstanceId: got.Instances[0].InstanceId, LifecycleState: types.LifecycleStateInService,
		}},
		Tags: []types.TagDescription{{
			Key: aws.String("deploy"), Value: aws.String("devel"), ResourceId: aws.String("web"),
			ResourceType: aws.String("auto-scaling-group"), PropagateAtLaunch: aws.Bool(false),
		}},
	}
	if diff := gocmp.Diff(want, got, shapes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Filters are by tag, joined by AND, without wildcards; a page holds 50, or up to 100 (API
// Reference, DescribeAutoScalingGroups and Filter).
func TestDescribeAutoScalingGroups_filtersAndPages(t *testing.T) {
	t.Parallel()
	s := newTestASG(t)
	for i := range 60 {
		s.Put(ScalingGroup{
			Name: fmt.Sprintf("g%02d", i),
			Tags: map[string]string{"n": fmt.Sprint(i), "odd": fmt.Sprint(i % 2)},
		})
	}
	by := func(filters ...string) autoscaling.DescribeAutoScalingGroupsInput {
		in := autoscaling.DescribeAutoScalingGroupsInput{}
		for i := 0; i < len(filters); i += 2 {
			in.Filters = append(in.Filters,
				types.Filter{Name: &filters[i], Values: []string{filters[i+1]}})
		}
		return in
	}
	for _, tt := range []struct {
		in   autoscaling.DescribeAutoScalingGroupsInput
		want int
	}{
		{by(), 50},
		{autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(100)}, 60},
		{by("tag:n", "7"), 1},
		{by("tag:n", "7", "tag:odd", "0"), 0},
		{by("tag:n", "7", "tag:odd", "1"), 1},
		{by("tag:n", "*"), 0},
		{by("tag-key", "odd", "tag-value", "59"), 1},
	} {
		if got := len(s.names(tt.in)); got != tt.want {
			t.Errorf("%v: %d groups, want %d", tt.in.Filters, got, tt.want)
		}
	}
	s.SetPageSize(25)
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(s.client,
		&autoscaling.DescribeAutoScalingGroupsInput{})
	var sizes []int
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		noError(t, err)
		sizes = append(sizes, len(page.AutoScalingGroups))
	}
	if diff := gocmp.Diff([]int{25, 25, 10}, sizes); diff != "" {
		t.Error(diff)
	}
	_, err := s.client.DescribeAutoScalingGroups(t.Context(),
		&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: make([]string, 51)})
	wantError(t, err, "ValidationError", "")
	in := by("name", "x")
	_, err = s.client.DescribeAutoScalingGroups(t.Context(), &in)
	wantError(t, err, "ValidationError", "The filter name is not valid")
}

// What the request does not name stays; a minimum above the desired capacity lifts it (API
// Reference, UpdateAutoScalingGroup).
func TestUpdateAutoScalingGroup(t *testing.T) {
	t.Parallel()
	s := newTestASG(t)
	s.SlowScaling(1)
	s.Put(ScalingGroup{Name: "web", Min: 1, Desired: 2, Max: 4})
	wantSize := func(low, desired, high, instances int) {
		t.Helper()
		g, _ := s.Group("web")
		if g.Min != low || g.Desired != desired || g.Max != high || g.Instances != instances {
			t.Errorf("got %d/%d/%d with %d", g.Min, g.Desired, g.Max, g.Instances)
		}
	}
	noError(t, s.update(autoscaling.UpdateAutoScalingGroupInput{
		MinSize: aws.Int32(0), DesiredCapacity: aws.Int32(0),
	}))
	wantSize(0, 0, 4, 2)
	s.names(autoscaling.DescribeAutoScalingGroupsInput{})
	wantSize(0, 0, 4, 2)
	s.names(autoscaling.DescribeAutoScalingGroupsInput{})
	wantSize(0, 0, 4, 0)
	noError(t, s.update(autoscaling.UpdateAutoScalingGroupInput{MinSize: aws.Int32(3)}))
	wantSize(3, 3, 4, 0)
	wantError(t, s.update(autoscaling.UpdateAutoScalingGroupInput{DesiredCapacity: aws.Int32(1)}),
		"ValidationError", "Desired capacity:1 must be between the specified min size:3 and max size:4")
	wantError(t, s.update(autoscaling.UpdateAutoScalingGroupInput{
		MinSize: aws.Int32(5), DesiredCapacity: aws.Int32(5),
	}), "ValidationError", "")
	s.Deny("web")
	wantError(t, s.update(autoscaling.UpdateAutoScalingGroupInput{}), "AccessDenied", "")
	_, err := s.client.UpdateAutoScalingGroup(t.Context(),
		&autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("none")})
	wantError(t, err, "ValidationError", "AutoScalingGroup name not found - null")
}

func TestAutoScalingTags(t *testing.T) {
	t.Parallel()
	s := newTestASG(t)
	s.Put(ScalingGroup{Name: "web"})
	tag := types.Tag{
		ResourceId: aws.String("web"), ResourceType: aws.String("auto-scaling-group"),
		Key: aws.String("k"), Value: aws.String("v"), PropagateAtLaunch: aws.Bool(true),
	}
	put := func(tag types.Tag) error {
		_, err := s.client.CreateOrUpdateTags(t.Context(),
			&autoscaling.CreateOrUpdateTagsInput{Tags: []types.Tag{tag}})
		return err
	}
	noError(t, put(tag))
	tag.Value = aws.String("w")
	noError(t, put(tag))
	if g, _ := s.Group("web"); g.Tags["k"] != "w" || !g.Propagated["k"] {
		t.Errorf("tags %v, propagated %v", g.Tags, g.Propagated)
	}
	_, err := s.client.DeleteTags(t.Context(), &autoscaling.DeleteTagsInput{Tags: []types.Tag{tag}})
	noError(t, err)
	if g, _ := s.Group("web"); len(g.Tags) != 0 {
		t.Errorf("tags %v", g.Tags)
	}
	for i := range 50 {
		tag.Key = aws.String(fmt.Sprint(i))
		noError(t, put(tag))
	}
	tag.Key = aws.String("one too many")
	wantError(t, put(tag), "LimitExceeded", "")
	tag.ResourceType = aws.String("instance")
	wantError(t, put(tag), "ValidationError", "")
	s.Deny("web")
	tag.ResourceType = aws.String("auto-scaling-group")
	wantError(t, put(tag), "AccessDenied", "")
	if diff := gocmp.Diff([]string{"autoscaling group web"}, s.aws.Leftovers()); diff != "" {
		t.Error(diff)
	}
}
