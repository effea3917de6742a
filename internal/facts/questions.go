package facts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// atInGap is a local time that Berlin's clocks skip.
func atInGap(ctx context.Context, p *Place) (string, error) {
	return p.takes(ctx, func(in *scheduler.CreateScheduleInput) {
		in.ScheduleExpression = aws.String("at(2098-03-30T02:30:00)")
		in.ScheduleExpressionTimezone = aws.String("Europe/Berlin")
	})
}

func endBeforeStart(ctx context.Context, p *Place) (string, error) {
	return p.takes(ctx, func(in *scheduler.CreateScheduleInput) {
		in.StartDate, in.EndDate = aws.Time(time.Now().AddDate(1, 0, 0)), aws.Time(time.Now().AddDate(0, 1, 0))
	})
}

func endInThePast(ctx context.Context, p *Place) (string, error) {
	return p.takes(ctx, func(in *scheduler.CreateScheduleInput) { in.EndDate = aws.Time(time.Now().AddDate(-1, 0, 0)) })
}

func otherRegion(ctx context.Context, p *Place) (string, error) {
	return p.takes(ctx, func(in *scheduler.CreateScheduleInput) {
		in.Target.Arn = aws.String("arn:aws:lambda:eu-north-1:" + p.Account + ":function:none")
	})
}

func tokenReuse(ctx context.Context, p *Place) (string, error) {
	in := p.schedule("token")
	in.ClientToken = aws.String("savings-acc-token")
	if _, err := p.Scheduler.CreateSchedule(ctx, in); err != nil {
		return "", err
	}
	in.ScheduleExpression = aws.String("cron(0 22 * * ? *)")
	_, err := p.Scheduler.CreateSchedule(ctx, in)
	answer, failed := refusal(err)
	if failed != nil {
		return "", failed
	}
	return answer, p.remove(ctx, "token")
}

func conflict(ctx context.Context, p *Place) (string, error) {
	if _, err := p.Scheduler.CreateSchedule(ctx, p.schedule("twice")); err != nil {
		return "", err
	}
	_, err := p.Scheduler.CreateSchedule(ctx, p.schedule("twice"))
	answer, failed := refusal(err)
	if failed != nil {
		return "", failed
	}
	return answer, p.remove(ctx, "twice")
}

func order(ctx context.Context, p *Place) (string, error) {
	made := []string{"order-b", "order-a", "order-c"}
	for _, name := range made {
		if _, err := p.Scheduler.CreateSchedule(ctx, p.schedule(name)); err != nil {
			return "", err
		}
	}
	page, err := p.Scheduler.ListSchedules(ctx, &scheduler.ListSchedulesInput{
		GroupName: &p.Group, NamePrefix: aws.String("order-"),
	})
	if err != nil {
		return "", err
	}
	var names []string
	for _, s := range page.Schedules {
		names = append(names, strings.TrimPrefix(aws.ToString(s.Name), "order-"))
	}
	return strings.Join(names, ", "), p.remove(ctx, made...)
}

func defaultGroup(ctx context.Context, p *Place) (string, error) {
	group, err := p.Scheduler.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: aws.String("default")})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("made: %t, changed: %t", group.CreationDate != nil, group.LastModificationDate != nil), nil
}

// policyTooLarge writes above the 10,240 characters that a role's inline policies may have together.
func policyTooLarge(ctx context.Context, p *Place) (string, error) {
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":["` +
		strings.Repeat("a", 10_300) + `"]}]}`
	name := p.Group + "-large"
	_, err := p.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &p.RoleName, PolicyName: &name, PolicyDocument: &document,
	})
	if err != nil {
		return refusal(err)
	}
	_, err = p.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &p.RoleName, PolicyName: &name})
	return "nothing: it is taken", err
}

// contextAttributes lets a schedule tag its own group, without any function.
func contextAttributes(ctx context.Context, p *Place) (string, error) {
	group := "arn:aws:scheduler:" + p.Region + ":" + p.Account + ":schedule-group/" + p.Group
	policy := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"scheduler:TagResource",`+
		`"Resource":%q}]}`, group)
	name := p.Group + "-tag"
	_, err := p.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &p.RoleName, PolicyName: &name, PolicyDocument: &policy,
	})
	if err != nil {
		return "", err
	}
	in := p.schedule("context")
	in.State = types.ScheduleStateEnabled
	in.ScheduleExpression = aws.String(time.Now().UTC().Add(time.Minute).Format("at(2006-01-02T15:04:05)"))
	in.Target.Arn = aws.String("arn:aws:scheduler:::aws-sdk:scheduler:tagResource")
	in.Target.Input = aws.String(`{"ResourceArn":"` + group + `","Tags":[` +
		`{"Key":"plain","Value":"<aws.scheduler.scheduled-time>"},` +
		`{"Key":"escaped","Value":"\u003caws.scheduler.scheduled-time\u003e"}]}`)
	if _, err := p.Scheduler.CreateSchedule(ctx, in); err != nil {
		return "", err
	}
	answer := "it did not fire"
	err = p.until(ctx, func() (bool, error) {
		tags, err := p.Scheduler.ListTagsForResource(ctx, &scheduler.ListTagsForResourceInput{ResourceArn: &group})
		if err != nil {
			return false, err
		}
		found := map[string]string{}
		for _, tag := range tags.Tags {
			found[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		if found["plain"] == "" {
			return false, nil
		}
		answer = fmt.Sprintf("plain: %s, escaped: %s", found["plain"], found["escaped"])
		return true, nil
	})
	if err != nil {
		return "", err
	}
	if err := p.remove(ctx, "context"); err != nil {
		return "", err
	}
	_, err = p.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &p.RoleName, PolicyName: &name})
	return answer, err
}

// createWhileDeleting is the last question: it deletes the group, and says how long that took.
func createWhileDeleting(ctx context.Context, p *Place) (string, error) {
	for i := range 30 {
		if _, err := p.Scheduler.CreateSchedule(ctx, p.schedule(fmt.Sprintf("last-%02d", i))); err != nil {
			return "", err
		}
	}
	started := time.Now()
	_, err := p.Scheduler.DeleteScheduleGroup(ctx, &scheduler.DeleteScheduleGroupInput{Name: &p.Group})
	if err != nil {
		return "", err
	}
	_, err = p.Scheduler.CreateSchedule(ctx, p.schedule("late"))
	answer, failed := refusal(err)
	if failed != nil {
		return "", failed
	}
	gone := false
	err = p.until(ctx, func() (bool, error) {
		_, err := p.Scheduler.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: &p.Group})
		gone = isMissing(err)
		if gone {
			return true, nil
		}
		return false, err
	})
	return fmt.Sprintf("%s (a group of 30: gone %t after %d s)", answer, gone, int(time.Since(started).Seconds())), err
}
