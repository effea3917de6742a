package runnerstack

import (
	"strings"
	"testing"
)

func TestRoleNames(t *testing.T) {
	t.Parallel()
	// The hashes are the first 8 digits of `printf %s NAME | sha256sum`.
	long := strings.Repeat("a", 64)
	for _, test := range []struct{ got, want string }{
		{ExecutionRoleName("tools", "ap-northeast-1"), "tools-ap-northeast-1"},
		{SchedulerRoleName("tools", "ap-northeast-1"), "tools-ap-northeast-1-scheduler"},
		{ExecutionRoleName(long[:49], "ap-northeast-1"), long[:49] + "-ap-northeast-1"},
		{ExecutionRoleName(long, "ap-northeast-1"), long[:55] + "-3b01811e"},
		{SchedulerRoleName(long, "ap-northeast-1"), long[:55] + "-c1097e2d"},
		{ExecutionRoleName(long, "us-east-1"), long[:55] + "-0da69570"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
		if len(test.got) > 64 {
			t.Errorf("%s has %d characters", test.got, len(test.got))
		}
	}
}

func TestSameJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":[2]}`, `{ "b": [2], "a": 1 }`, true},
		{`{"a":1}`, `{"a":2}`, false},
		{``, `{"a":2}`, false},
		{`not JSON`, `not JSON`, true},
	} {
		if got := sameJSON(test.a, test.b); got != test.want {
			t.Errorf("sameJSON(%s, %s) is %v, want %v", test.a, test.b, got, test.want)
		}
	}
}

func TestCheckFailureDestination(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ arn, action, wrong string }{
		{arn: "arn:aws:sqs:eu-west-1:123456789012:q", action: "sqs:SendMessage"},
		{arn: "arn:aws-cn:sns:cn-north-1:123456789012:t", action: "sns:Publish"},
		{arn: "arn:aws:events:eu-west-1:123456789012:event-bus/default", action: "events:PutEvents"},
		{arn: "arn:aws:events:eu-west-1:123456789012:rule/x",
			wrong: "is neither an SQS queue, an SNS topic nor an event bus; write the ARN of one"},
		{arn: "arn:aws:s3:::bucket",
			wrong: "is neither an SQS queue, an SNS topic nor an event bus; write the ARN of one"},
		{arn: "arn:aws:sqs:eu-west-1:123456789012:q.fifo", wrong: "is a FIFO queue or topic, which " +
			"Lambda does not send failed events to; write a standard one's ARN"},
		{arn: "my-queue",
			wrong: "is no ARN; write the ARN of an SQS queue, an SNS topic or an event bus"},
	} {
		err := CheckFailureDestination(test.arn)
		switch {
		case test.wrong == "" && err != nil:
			t.Errorf("%s: %v", test.arn, err)
		case test.wrong == "":
			if got := sendAction(test.arn); got != test.action {
				t.Errorf("%s needs %s, want %s", test.arn, got, test.action)
			}
		case err == nil || err.Error() != `"`+test.arn+`" `+test.wrong:
			t.Errorf("got error %v, want %q %s", err, test.arn, test.wrong)
		}
	}
}

func TestInWords(t *testing.T) {
	t.Parallel()
	place := Place{"aws", "us-east-1", "123456789012"}
	stack := Stack{Name: "tools", DeadLetterARN: "arn:aws:sqs:us-east-1:123456789012:q"}
	for _, test := range []struct{ document, want string }{
		{schedulerTrust(place), "allow Service:scheduler.amazonaws.com sts:AssumeRole " +
			"if aws:SourceArn ArnLike arn:aws:scheduler:us-east-1:123456789012:schedule-group/* " +
			"if aws:SourceAccount StringEquals 123456789012"},
		{stack.schedulerPolicy(place), "allow lambda:InvokeFunction on " +
			"arn:aws:lambda:us-east-1:123456789012:function:tools, " +
			"arn:aws:lambda:us-east-1:123456789012:function:tools:*; " +
			"allow sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:q"},
		{`{"Statement":{"Effect":"Deny","NotAction":["a:b"],"NotResource":"*","Principal":"*"}}`,
			"deny * all but a:b on all but *"},
		{`{"Statement":[]}`, "empty"},
		{`{`, "unreadable"},
	} {
		if got := inWords(test.document); got != test.want {
			t.Errorf("inWords(%s)\n got %s\nwant %s", test.document, got, test.want)
		}
	}
}

func TestLiveOf(t *testing.T) {
	t.Parallel()
	place := Place{"aws", "us-east-1", "123456789012"}
	role := func(arn string, tags map[string]string) *Role { return &Role{ARN: arn, Tags: tags} }
	live := &Live{
		ExecutionRole: role(place.ExecutionRoleARN("tools", ""), nil),
		SchedulerRole: role(place.SchedulerRoleARN("tools", ""), nil),
	}
	given := Stack{Name: "tools", ExecutionRoleARN: "arn:aws:iam::123456789012:role/mine",
		SchedulerRoleARN: place.SchedulerRoleARN("tools", "")}
	of := live.Of(given, "us-east-1")
	if of.ExecutionRole != nil || of.SchedulerRole == nil || of.Empty() {
		t.Errorf("got roles %v and %v, want only the scheduler's", of.ExecutionRole, of.SchedulerRole)
	}
	given.SchedulerRoleARN = "arn:aws:iam::123456789012:role/other"
	if !live.Of(given, "us-east-1").Empty() {
		t.Error("strangers' roles count as the stack's")
	}
	live.ExecutionRole.Tags = map[string]string{creatingTag: "token"}
	if live.Of(given, "us-east-1").ExecutionRole == nil {
		t.Error("a role that an unfinished write left is not the stack's")
	}
}
