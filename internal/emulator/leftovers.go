package emulator

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// Leftovers names what is there of the kinds of things that the provider makes, where the name
// begins with prefix: "schedule g/s", "role r". It is for the end of a test, when all should be gone.
func (s *Server) Leftovers(ctx context.Context, prefix string) ([]string, error) {
	cfg, err := s.Config(ctx)
	if err != nil {
		return nil, err
	}
	var left []string
	for _, list := range []func(context.Context, aws.Config) ([]string, error){
		schedules, scheduleGroups, functions, roles, logGroups, images,
	} {
		names, err := list(ctx, cfg)
		if err != nil {
			return nil, fmt.Errorf("looking for leftovers: %w", err)
		}
		left = append(left, slices.DeleteFunc(names, func(kindAndName string) bool {
			_, name, _ := strings.Cut(kindAndName, " ")
			return !strings.HasPrefix(strings.TrimPrefix(name, "/aws/lambda/"), prefix)
		})...)
	}
	return left, nil
}

func schedules(ctx context.Context, cfg aws.Config) ([]string, error) {
	var names []string
	pages := scheduler.NewListSchedulesPaginator(scheduler.NewFromConfig(cfg), &scheduler.ListSchedulesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Schedules {
			name := aws.ToString(s.Name)
			if group := aws.ToString(s.GroupName); group != "default" {
				name = group + "/" + name
			}
			names = append(names, "schedule "+name)
		}
	}
	return names, nil
}

func scheduleGroups(ctx context.Context, cfg aws.Config) ([]string, error) {
	var names []string
	pages := scheduler.NewListScheduleGroupsPaginator(scheduler.NewFromConfig(cfg),
		&scheduler.ListScheduleGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.ScheduleGroups {
			names = append(names, "group "+aws.ToString(g.Name))
		}
	}
	return names, nil
}

func functions(ctx context.Context, cfg aws.Config) ([]string, error) {
	var names []string
	pages := lambda.NewListFunctionsPaginator(lambda.NewFromConfig(cfg), &lambda.ListFunctionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, f := range page.Functions {
			names = append(names, "function "+aws.ToString(f.FunctionName))
		}
	}
	return names, nil
}

func roles(ctx context.Context, cfg aws.Config) ([]string, error) {
	var names []string
	pages := iam.NewListRolesPaginator(iam.NewFromConfig(cfg), &iam.ListRolesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Roles {
			names = append(names, "role "+aws.ToString(r.RoleName))
		}
	}
	return names, nil
}

func logGroups(ctx context.Context, cfg aws.Config) ([]string, error) {
	var names []string
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(cfg),
		&cloudwatchlogs.DescribeLogGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.LogGroups {
			names = append(names, "log-group "+aws.ToString(g.LogGroupName))
		}
	}
	return names, nil
}

// images lists those of all repositories; the repositories themselves are never the provider's.
func images(ctx context.Context, cfg aws.Config) ([]string, error) {
	client := ecr.NewFromConfig(cfg)
	var names []string
	repositories := ecr.NewDescribeRepositoriesPaginator(client, &ecr.DescribeRepositoriesInput{})
	for repositories.HasMorePages() {
		page, err := repositories.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Repositories {
			pages := ecr.NewDescribeImagesPaginator(client, &ecr.DescribeImagesInput{RepositoryName: r.RepositoryName})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					return nil, err
				}
				for _, i := range page.ImageDetails {
					names = append(names, "image "+aws.ToString(r.RepositoryName)+"@"+aws.ToString(i.ImageDigest))
				}
			}
		}
	}
	return names, nil
}
