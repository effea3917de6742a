package fakeaws

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
)

func newTestAppScaling(t *testing.T) (*AWS, *applicationautoscaling.Client) {
	t.Helper()
	a := Start(t)
	return a, applicationautoscaling.NewFromConfig(a.Config())
}

func registration(service string) *applicationautoscaling.RegisterScalableTargetInput {
	return &applicationautoscaling.RegisterScalableTargetInput{
		ServiceNamespace:  types.ServiceNamespaceEcs,
		ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
		ResourceId:        aws.String("service/" + service),
	}
}

// A registration pulls the count into the bounds at once, even one without bounds; what it does not
// name stays (API Reference, RegisterScalableTarget).
func TestRegisterScalableTarget(t *testing.T) {
	t.Parallel()
	a, client := newTestAppScaling(t)
	a.ECS().PutService(ECSService{Cluster: "web", Name: "api", Desired: 1})
	_, err := client.RegisterScalableTarget(t.Context(), registration("web/api"))
	wantError(t, err, "ValidationException",
		"MinCapacity and MaxCapacity are required for a new target")
	_, err = client.RegisterScalableTarget(t.Context(), registration("web/none"))
	wantError(t, err, "ValidationException", "ECS service doesn't exist: service/web/none")

	bounds := registration("web/api")
	bounds.MinCapacity, bounds.MaxCapacity = aws.Int32(2), aws.Int32(5)
	_, err = client.RegisterScalableTarget(t.Context(), bounds)
	noError(t, err)
	suspend := registration("web/api")
	suspend.SuspendedState = &types.SuspendedState{DynamicScalingOutSuspended: aws.Bool(true)}
	for _, tt := range []struct{ before, after int }{{1, 2}, {0, 2}, {3, 3}, {9, 5}} {
		a.ECS().PutService(ECSService{Cluster: "web", Name: "api", Desired: tt.before})
		_, err = client.RegisterScalableTarget(t.Context(), suspend)
		noError(t, err)
		if s, _ := a.ECS().Service("web/api"); s.Desired != tt.after {
			t.Errorf("%d tasks became %d, want %d", tt.before, s.Desired, tt.after)
		}
	}
	want := ScalableTarget{Service: "web/api", Min: 2, Max: 5, Out: true}
	if got, _ := a.AppScaling().Target("web/api"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	bounds.MinCapacity = aws.Int32(6)
	_, err = client.RegisterScalableTarget(t.Context(), bounds)
	wantError(t, err, "ValidationException", "Maximum capacity cannot be less than minimum capacity")
}

// A scale-out lifts a count below the minimum to it, a scale-in leaves it (Amazon ECS Developer
// Guide, "Automatically scale your Amazon ECS service"). What is suspended does not happen.
func TestAlarm(t *testing.T) {
	t.Parallel()
	a := New()
	for _, tt := range []struct {
		in, out       bool
		before, by, n int
	}{
		{false, false, 0, 1, 2}, {false, false, 1, -1, 1}, {false, false, 3, 1, 4},
		{false, false, 5, 1, 5}, {false, false, 4, -9, 2}, {false, true, 3, 1, 3},
		{false, true, 3, -1, 2}, {true, false, 3, -1, 3},
	} {
		a.ECS().PutService(ECSService{Cluster: "web", Name: "api", Desired: tt.before})
		a.AppScaling().PutTarget(ScalableTarget{
			Service: "web/api", Min: 2, Max: 5, In: tt.in, Out: tt.out,
		})
		a.AppScaling().Alarm("web/api", tt.by)
		if s, _ := a.ECS().Service("web/api"); s.Desired != tt.n {
			t.Errorf("%+v: got %d", tt, s.Desired)
		}
	}
}

// Targets are found by resource ID, at most 50 at once, in pages (API Reference,
// DescribeScalableTargets).
func TestDescribeScalableTargets(t *testing.T) {
	t.Parallel()
	a, client := newTestAppScaling(t)
	a.AppScaling().SetPageSize(2)
	in := &applicationautoscaling.DescribeScalableTargetsInput{
		ServiceNamespace: types.ServiceNamespaceEcs,
	}
	for i := range 5 {
		a.AppScaling().PutTarget(ScalableTarget{Service: fmt.Sprint("web/", i), Min: i, Max: 9, In: true})
		in.ResourceIds = append(in.ResourceIds, fmt.Sprint("service/web/", i))
	}
	in.ResourceIds[4] = "service/web/none"
	var found []string
	for {
		out, err := client.DescribeScalableTargets(t.Context(), in)
		noError(t, err)
		for _, target := range out.ScalableTargets {
			found = append(found, fmt.Sprint(*target.ResourceId, *target.MinCapacity, *target.MaxCapacity,
				*target.SuspendedState.DynamicScalingInSuspended,
				*target.SuspendedState.ScheduledScalingSuspended))
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	want := "[service/web/00 9 true false service/web/11 9 true false service/web/22 9 true false " +
		"service/web/33 9 true false]"
	if fmt.Sprint(found) != want {
		t.Errorf("got %v, want %s", found, want)
	}
	in.ResourceIds = make([]string, 51)
	_, err := client.DescribeScalableTargets(t.Context(), in)
	wantError(t, err, "ValidationException", "1 validation error detected")
}
