package fakeaws

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/google/go-cmp/cmp"
)

// Names and the values that retention may have are the API Reference's (CreateLogGroup,
// PutRetentionPolicy); a new group never expires.
func TestLogGroup(t *testing.T) {
	t.Parallel()
	a := Start(t, WithClock(NewClock(testTime).Now))
	client := cloudwatchlogs.NewFromConfig(a.Config())
	create := func(name string) error {
		_, err := client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{
			LogGroupName: aws.String(name), Tags: map[string]string{"a": "1", "b": "2", "c": "3"},
		})
		return err
	}
	retain := func(name string, days int32) error {
		_, err := client.PutRetentionPolicy(t.Context(), &cloudwatchlogs.PutRetentionPolicyInput{
			LogGroupName: aws.String(name), RetentionInDays: aws.Int32(days),
		})
		return err
	}
	describe := func() (int32, string) {
		out, err := client.DescribeLogGroups(t.Context(), nil)
		noError(t, err)
		if len(out.LogGroups) != 1 {
			t.Fatalf("%d log groups, want 1", len(out.LogGroups))
		}
		return aws.ToInt32(out.LogGroups[0].RetentionInDays), *out.LogGroups[0].LogGroupArn
	}
	noError(t, create("/aws/lambda/f"))
	wantError(t, create("/aws/lambda/f"), "ResourceAlreadyExistsException",
		"The specified log group already exists")
	wantError(t, create("a b"), "InvalidParameterException", "")
	days, arn := describe()
	if days != 0 || arn != "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f" {
		t.Errorf("retention %d, ARN %s", days, arn)
	}
	noError(t, retain("/aws/lambda/f", 7))
	wantError(t, retain("/aws/lambda/f", 8), "InvalidParameterException", "")
	wantError(t, retain("none", 7), "ResourceNotFoundException", "")
	if days, _ := describe(); days != 7 {
		t.Errorf("retention %d, want 7", days)
	}
	_, err := client.DeleteRetentionPolicy(t.Context(),
		&cloudwatchlogs.DeleteRetentionPolicyInput{LogGroupName: aws.String("/aws/lambda/f")})
	noError(t, err)

	_, err = client.UntagResource(t.Context(), &cloudwatchlogs.UntagResourceInput{
		ResourceArn: aws.String(arn), TagKeys: []string{"a", "b"},
	})
	noError(t, err)
	_, err = client.TagResource(t.Context(), &cloudwatchlogs.TagResourceInput{
		ResourceArn: aws.String(arn), Tags: map[string]string{"d": ""},
	})
	noError(t, err)
	tags, err := client.ListTagsForResource(t.Context(),
		&cloudwatchlogs.ListTagsForResourceInput{ResourceArn: aws.String(arn)})
	noError(t, err)
	if diff := cmp.Diff(map[string]string{"c": "3", "d": ""}, tags.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if group, _ := a.Logs().Group("/aws/lambda/f"); group.RetentionDays != 0 {
		t.Errorf("retention %d after it was deleted", group.RetentionDays)
	}
	_, err = client.DeleteLogGroup(t.Context(),
		&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("/aws/lambda/f")})
	noError(t, err)
	if !a.Empty() {
		t.Errorf("left: %q", a.Leftovers())
	}
}

// A page holds at most 50; a prefix selects (API Reference, DescribeLogGroups).
func TestDescribeLogGroupsPages(t *testing.T) {
	t.Parallel()
	a := Start(t)
	for i := range 60 {
		a.Logs().PutGroup(LogGroup{Name: fmt.Sprintf("/a/%02d", i)})
	}
	a.Logs().PutGroup(LogGroup{Name: "/b"})
	var sizes []int
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(a.Config()),
		&cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("/a/")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		noError(t, err)
		sizes = append(sizes, len(page.LogGroups))
	}
	if diff := cmp.Diff([]int{50, 10}, sizes); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}
