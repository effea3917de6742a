package runnerstack

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// policyName is the inline policy that this package writes on a role of ours. Every inline policy
// of this provider's begins with policyPrefix, those of savings_schedule too.
const (
	policyName   = "savings-runner"
	policyPrefix = "savings-"
)

type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Effect    string
	Principal map[string]string `json:",omitempty"`
	Action    []string
	Resource  []string                     `json:",omitempty"`
	Condition map[string]map[string]string `json:",omitempty"`
}

func (d document) json() string {
	d.Version = "2012-10-17"
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings only
	}
	return string(text)
}

// executionTrust lets Lambda run the function with the role.
func executionTrust() string {
	return document{Statement: []statement{{
		Effect:    "Allow",
		Principal: map[string]string{"Service": "lambda.amazonaws.com"},
		Action:    []string{"sts:AssumeRole"},
	}}}.json()
}

// schedulerTrust lets the schedules of this account and region use the role. Scheduler passes the
// schedule group's ARN as the source, never a schedule's (EventBridge Scheduler User Guide,
// "Confused deputy prevention").
func schedulerTrust(place Place) string {
	return document{Statement: []statement{{
		Effect:    "Allow",
		Principal: map[string]string{"Service": "scheduler.amazonaws.com"},
		Action:    []string{"sts:AssumeRole"},
		Condition: map[string]map[string]string{
			"StringEquals": {"aws:SourceAccount": place.Account},
			"ArnLike": {
				"aws:SourceArn": place.arn("scheduler", place.Region, "schedule-group/*"),
			},
		},
	}}}.json()
}

// executionPolicy lets the function write its own log, pull its image from the ECR repositories with
// these ARNs and send to its failure destination. The pull takes no login (Lambda Developer Guide,
// "Create a Lambda function using a container image").
func (s Stack) executionPolicy(place Place, repositories ...string) string {
	group := place.arn("logs", place.Region, "log-group:"+LogGroupName(s.Name))
	statements := []statement{{
		Effect:   "Allow",
		Action:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resource: []string{group + ":*"},
	}}
	if len(repositories) > 0 {
		statements = append(statements, statement{
			Effect:   "Allow",
			Action:   []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
			Resource: repositories,
		})
	}
	if s.FailureDestinationARN != "" {
		statements = append(statements, statement{
			Effect:   "Allow",
			Action:   []string{sendAction(s.FailureDestinationARN)},
			Resource: []string{s.FailureDestinationARN},
		})
	}
	return document{Statement: statements}.json()
}

// schedulerPolicy lets schedules invoke the function and send to the dead-letter queue.
func (s Stack) schedulerPolicy(place Place) string {
	function := place.FunctionARN(s.Name)
	statements := []statement{{
		Effect:   "Allow",
		Action:   []string{"lambda:InvokeFunction"},
		Resource: []string{function, function + ":*"},
	}}
	if s.DeadLetterARN != "" {
		statements = append(statements, statement{
			Effect:   "Allow",
			Action:   []string{sendToQueue},
			Resource: []string{s.DeadLetterARN},
		})
	}
	return document{Statement: statements}.json()
}

const sendToQueue = "sqs:SendMessage"

// sendAction is the action that a destination asks of the function's role (Lambda Developer Guide,
// "Capturing records of Lambda asynchronous invocations").
func sendAction(destination string) string {
	a, _ := arn.Parse(destination) // CheckFailureDestination refuses what cannot be read
	switch a.Service {
	case "sns":
		return "sns:Publish"
	case "events":
		return "events:PutEvents"
	}
	return sendToQueue
}

// The parts of an ARN of a queue, a topic or an event bus (Amazon SQS, Amazon SNS and Amazon
// EventBridge API References).
var (
	regionForm   = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
	accountForm  = regexp.MustCompile(`^[0-9]{12}$`)
	resourceForm = regexp.MustCompile(`^(event-bus/)?[\w./-]+$`)
)

// CheckFailureDestination returns an error that says what is allowed, unless text is the ARN of an
// SQS standard queue, an SNS standard topic or an event bus.
func CheckFailureDestination(text string) error {
	a, err := arn.Parse(text)
	if err != nil {
		return fmt.Errorf("%.200q is no ARN; write the ARN of an SQS queue, an SNS topic or an "+
			"event bus", text)
	}
	bus := strings.HasPrefix(a.Resource, "event-bus/")
	switch {
	case a.Service != "sqs" && a.Service != "sns" && !(a.Service == "events" && bus):
		return fmt.Errorf("%.200q is neither an SQS queue, an SNS topic nor an event bus; write the ARN of "+
			"one", text)
	case strings.HasSuffix(a.Resource, ".fifo"):
		return fmt.Errorf("%.200q is a FIFO queue or topic, which Lambda does not send failed "+
			"events to; write a standard one's ARN", text)
	case !regionForm.MatchString(a.Region), !accountForm.MatchString(a.AccountID), !resourceForm.MatchString(a.Resource):
		return fmt.Errorf("%.200q is no complete ARN; write one such as %q", text,
			"arn:aws:sqs:ap-northeast-1:123456789012:sample-ai-failures")
	}
	return nil
}

// sameJSON tells whether two documents mean the same, whatever their spacing and order of members.
func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	return reflect.DeepEqual(x, y)
}

// DeadLetterARN reads from the scheduler's role which queue it may send to; "" if none. An import
// learns it nowhere else.
func (l *Live) DeadLetterARN() string {
	if l.SchedulerRole == nil {
		return ""
	}
	var doc document
	if json.Unmarshal([]byte(l.SchedulerRole.Policy), &doc) != nil {
		return ""
	}
	for _, s := range doc.Statement {
		if len(s.Action) == 1 && s.Action[0] == sendToQueue && len(s.Resource) == 1 {
			return s.Resource[0]
		}
	}
	return ""
}
