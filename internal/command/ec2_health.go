package command

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// plan sets what is to be brought about for each target.
func (r *ec2Run) plan(ctx context.Context) {
	var running []*ec2Target
	for _, t := range r.open() {
		t.plan()
		if t.result.Outcome == "" && t.want == Neither {
			running = append(running, t)
		}
	}
	if len(running) == 0 {
		return
	}
	impaired, err := r.impaired(ctx)
	for _, t := range running {
		switch {
		case err != nil:
			t.fail(err, "ec2:DescribeInstanceStatus")
		case impaired[t.id]:
			t.want, t.then, t.force = Stop, true, true
		default:
			t.end(Already, "no status check says impaired")
		}
	}
}

// impaired returns the ids of the running instances that fail a status check. Few do, so AWS is
// asked for those alone: a call that names instances takes a hundred, and fails for one unknown
// (Amazon EC2 API Reference, DescribeInstanceStatus).
func (r *ec2Run) impaired(ctx context.Context) (map[string]bool, error) {
	ids := map[string]bool{}
	for _, check := range []string{"instance-status.status", "system-status.status"} {
		in := &ec2.DescribeInstanceStatusInput{
			Filters: []types.Filter{{
				Name: aws.String(check), Values: []string{string(types.SummaryStatusImpaired)},
			}},
			MaxResults: aws.Int32(instancePage),
		}
		for {
			var out *ec2.DescribeInstanceStatusOutput
			err := r.limited(ctx, func() (err error) {
				out, err = r.api.DescribeInstanceStatus(ctx, in)
				return err
			})
			if err != nil {
				return nil, err
			}
			for _, s := range out.InstanceStatuses {
				if isImpaired(s.InstanceStatus) || isImpaired(s.SystemStatus) {
					ids[aws.ToString(s.InstanceId)] = true
				}
			}
			if aws.ToString(out.NextToken) == "" {
				break
			}
			in.NextToken = out.NextToken
		}
	}
	return ids, nil
}

func isImpaired(s *types.InstanceStatusSummary) bool {
	return s != nil && s.Status == types.SummaryStatusImpaired
}
