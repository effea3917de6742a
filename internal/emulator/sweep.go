package emulator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// Sweep removes what Leftovers names with AccountPrefix: what tests that were killed have left. It
// tries everything, and its error joins what went wrong.
func (s *Server) Sweep(ctx context.Context) (removed []string, err error) {
	cfg, err := s.Config(ctx)
	if err != nil {
		return nil, err
	}
	left, err := s.Leftovers(ctx, AccountPrefix)
	if err != nil {
		return nil, err
	}
	var failures []error
	for _, thing := range left {
		kind, name, _ := strings.Cut(thing, " ")
		if err := remove(ctx, cfg, kind, name); err != nil {
			failures = append(failures, fmt.Errorf("removing %s: %w", thing, err))
			continue
		}
		removed = append(removed, thing)
	}
	return removed, errors.Join(failures...)
}

func remove(ctx context.Context, cfg aws.Config, kind, name string) (err error) {
	switch kind {
	case "schedule":
		group, schedule, ok := strings.Cut(name, "/")
		if !ok {
			group, schedule = "default", name
		}
		_, err = scheduler.NewFromConfig(cfg).DeleteSchedule(ctx,
			&scheduler.DeleteScheduleInput{GroupName: &group, Name: &schedule})
	case "group":
		_, err = scheduler.NewFromConfig(cfg).DeleteScheduleGroup(ctx,
			&scheduler.DeleteScheduleGroupInput{Name: &name})
	case "function":
		_, err = lambda.NewFromConfig(cfg).DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
	case "role":
		err = removeRole(ctx, iam.NewFromConfig(cfg), name)
	case "log-group":
		_, err = cloudwatchlogs.NewFromConfig(cfg).DeleteLogGroup(ctx,
			&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &name})
	default:
		err = errors.New("remove it by hand")
	}
	return err
}

func removeRole(ctx context.Context, client *iam.Client, name string) error {
	policies, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &name})
	if err != nil {
		return err
	}
	for _, policy := range policies.PolicyNames {
		_, err := client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &name, PolicyName: &policy})
		if err != nil {
			return err
		}
	}
	_, err = client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name})
	return err
}
