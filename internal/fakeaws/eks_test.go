package fakeaws

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
	gocmp "github.com/google/go-cmp/cmp"
)

type testEKS struct {
	*EKS
	t      *testing.T
	client *eks.Client
}

func newTestEKS(t *testing.T) testEKS {
	t.Helper()
	a := Start(t)
	a.EKS().PutNodegroup(Nodegroup{
		Cluster: "web", Name: "workers", Min: 1, Max: 4, Desired: 2,
		Tags: map[string]string{"team": "web"},
	})
	return testEKS{a.EKS(), t, eks.NewFromConfig(a.Config())}
}

func (e testEKS) resize(lowest, highest, desired *int32) error {
	_, err := e.client.UpdateNodegroupConfig(e.t.Context(), &eks.UpdateNodegroupConfigInput{
		ClusterName: aws.String("web"), NodegroupName: aws.String("workers"),
		ScalingConfig: &types.NodegroupScalingConfig{
			MinSize: lowest, MaxSize: highest, DesiredSize: desired,
		},
	})
	return err
}

// look describes the node group: its status and sizes.
func (e testEKS) look() string {
	e.t.Helper()
	out, err := e.client.DescribeNodegroup(e.t.Context(), &eks.DescribeNodegroupInput{
		ClusterName: aws.String("web"), NodegroupName: aws.String("workers"),
	})
	noError(e.t, err)
	s := out.Nodegroup.ScalingConfig
	return fmt.Sprint(out.Nodegroup.Status, *s.MinSize, *s.MaxSize, *s.DesiredSize)
}

// An update is asynchronous, and there is one at a time; sizes that the request leaves out stay
// (API Reference, UpdateNodegroupConfig, NodegroupScalingConfig).
func TestUpdateNodegroupConfig(t *testing.T) {
	t.Parallel()
	for early, during := range map[bool]string{false: "UPDATING1 4 2", true: "UPDATING0 4 0"} {
		e := newTestEKS(t)
		e.SlowUpdates(2, early)
		noError(t, e.resize(aws.Int32(0), nil, aws.Int32(0)))
		wantError(t, e.resize(aws.Int32(0), nil, nil), "ResourceInUseException",
			"Nodegroup cannot be updated as it is currently not in Active State")
		for _, want := range []string{during, during, "ACTIVE0 4 0"} {
			if got := e.look(); got != want {
				t.Errorf("early %t: got %s, want %s", early, got, want)
			}
		}
	}
}

// The maximum is at least 1, and the desired size between the others (API Reference,
// NodegroupScalingConfig).
func TestUpdateNodegroupConfig_refuses(t *testing.T) {
	t.Parallel()
	e := newTestEKS(t)
	for _, sizes := range [][3]int32{{0, 0, 0}, {1, 4, 0}, {1, 4, 5}, {-1, 4, 2}} {
		if err := e.resize(&sizes[0], &sizes[1], &sizes[2]); err == nil {
			t.Errorf("%v is accepted", sizes)
		}
	}
	if got := e.look(); got != "ACTIVE1 4 2" {
		t.Errorf("refused updates left %s", got)
	}
	noError(t, e.resize(nil, nil, aws.Int32(3)))
	e.FailUpdate("web/workers")
	if got := e.look(); got != "ACTIVE1 4 2" {
		t.Errorf("a failed update left %s", got)
	}
}

func TestTagNodegroup(t *testing.T) {
	t.Parallel()
	e := newTestEKS(t)
	out, err := e.client.DescribeNodegroup(t.Context(), &eks.DescribeNodegroupInput{
		ClusterName: aws.String("web"), NodegroupName: aws.String("workers"),
	})
	noError(t, err)
	_, err = e.client.TagResource(t.Context(), &eks.TagResourceInput{
		ResourceArn: out.Nodegroup.NodegroupArn, Tags: map[string]string{"savings:min-size": "1"},
	})
	noError(t, err)
	_, err = e.client.UntagResource(t.Context(), &eks.UntagResourceInput{
		ResourceArn: out.Nodegroup.NodegroupArn, TagKeys: []string{"team", "none"},
	})
	noError(t, err)
	n, _ := e.Nodegroup("web/workers")
	if diff := gocmp.Diff(map[string]string{"savings:min-size": "1"}, n.Tags); diff != "" {
		t.Error(diff)
	}
	_, err = e.client.TagResource(t.Context(), &eks.TagResourceInput{
		ResourceArn: aws.String("arn:none"), Tags: map[string]string{"a": "b"},
	})
	wantError(t, err, "NotFoundException", "No resource found for arn:none")
	for cluster, want := range map[string]string{
		"web": "No node group found for name: none.", "no": "No cluster found for name: no.",
	} {
		_, err = e.client.DescribeNodegroup(t.Context(), &eks.DescribeNodegroupInput{
			ClusterName: &cluster, NodegroupName: aws.String("none"),
		})
		wantError(t, err, "ResourceNotFoundException", want)
	}
}
