package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// ec2API holds the calls of the EC2 client that are used here.
type ec2API interface {
	DescribeInstances(context.Context, *ec2.DescribeInstancesInput, ...func(*ec2.Options),
	) (*ec2.DescribeInstancesOutput, error)
	DescribeInstanceStatus(context.Context, *ec2.DescribeInstanceStatusInput, ...func(*ec2.Options),
	) (*ec2.DescribeInstanceStatusOutput, error)
	StartInstances(context.Context, *ec2.StartInstancesInput, ...func(*ec2.Options),
	) (*ec2.StartInstancesOutput, error)
	StopInstances(context.Context, *ec2.StopInstancesInput, ...func(*ec2.Options),
	) (*ec2.StopInstancesOutput, error)
}

// AWS's names of an instance's states (Amazon EC2 API Reference, InstanceState).
const (
	instancePending      = string(types.InstanceStateNamePending)
	instanceRunning      = string(types.InstanceStateNameRunning)
	instanceStopping     = string(types.InstanceStateNameStopping)
	instanceStopped      = string(types.InstanceStateNameStopped)
	instanceShuttingDown = string(types.InstanceStateNameShuttingDown)
	instanceTerminated   = string(types.InstanceStateNameTerminated)
)

// groupTag is the tag that EC2 Auto Scaling puts on the instances of a group, whose name it holds
// (Amazon EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances").
const groupTag = "aws:autoscaling:groupName"

// instance is an EC2 instance as far as stopping and starting go.
type instance struct {
	id, state string
	// reason is AWS's reason for the state, as code and message; "" where it gives none.
	reasonCode, reason string
	tags               map[string]string
	spot               bool
	// instanceStore tells that the root volume is an instance store, which a stop would lose.
	instanceStore bool
}

func fromEC2(i types.Instance) instance {
	in := instance{
		id: aws.ToString(i.InstanceId), tags: make(map[string]string, len(i.Tags)),
		spot:          i.InstanceLifecycle == types.InstanceLifecycleTypeSpot,
		instanceStore: i.RootDeviceType == types.DeviceTypeInstanceStore,
	}
	if i.State != nil {
		in.state = string(i.State.Name)
	}
	if i.StateReason != nil {
		in.reasonCode = aws.ToString(i.StateReason.Code)
		in.reason = aws.ToString(i.StateReason.Message)
		if !strings.HasPrefix(in.reason, in.reasonCode) {
			in.reason = in.reasonCode + ": " + in.reason
		}
	}
	for _, t := range i.Tags {
		in.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return in
}

// gone tells whether the instance is terminated, or about to be: nothing brings it back, and AWS
// shows it for about an hour (Amazon EC2 User Guide, "Instance lifecycle").
func (i instance) gone() bool {
	return i.state == instanceShuttingDown || i.state == instanceTerminated
}

// instanceItem reads the items of the ec2 verbs: instance ids, or tags whose values may hold EC2's
// wildcards.
type instanceItem struct{}

// instanceID is an instance's id: 17 digits, 8 where it is older than 2018 (Amazon EC2 User Guide,
// "Resource IDs").
var instanceID = newPattern(`^i-([0-9a-f]{17}|[0-9a-f]{8})$`)

// tagPattern is a tag's text with the wildcards of EC2's filters: * for any characters, ? for one
// (Amazon EC2 User Guide, "List and filter your resources").
var tagPattern = newPattern(`^[\p{L}\p{Z}\p{N}_.:/=+\-@*?]*$`)

func (instanceItem) parse(text string) (Item, *UsageError) {
	if instanceID.MatchString(text) {
		return Item{Text: text, ID: text}, nil
	}
	if !strings.Contains(text, "=") {
		return Item{}, &UsageError{
			Found:   fmt.Sprintf("%q is no id of an EC2 instance", text),
			Allowed: "one is i- and 17 hexadecimal digits (8 where it is old), such as " + exampleInstance,
			Write:   "or write tags as key=value, such as Name=" + exampleName(text),
		}
	}
	item, err := parseTagsOf(text, tagPattern)
	if err != nil {
		return Item{}, err
	}
	for _, t := range item.Tags {
		if hasWildcard(t.Key) {
			return Item{}, &UsageError{
				Found: fmt.Sprintf("the key %q of a tag has a wildcard", t.Key),
				Write: "write * and ? in values only",
			}
		}
	}
	return item, nil
}

const exampleInstance = "i-0123456789abcdef0"

// exampleName is what to write after Name= where somebody wrote an instance's name.
func exampleName(text string) string {
	lower := strings.ToLower(text)
	if strings.HasPrefix(lower, "i-") || strings.HasPrefix(lower, "arn:") || !tagText.MatchString(text) {
		return "web"
	}
	return text
}

// targetOf names targets as SERVICE/KIND/ID, and by tags as SERVICE/tag/key=value.
func targetOf(service, kind string) func(Item) string {
	return func(item Item) string {
		if item.Tags != nil {
			return service + "/tag/" + joinTags(item.Tags)
		}
		return service + "/" + kind + "/" + item.ID
	}
}

func hasWildcard(text string) bool { return strings.ContainsAny(text, "*?") }

// ec2Statements are the rights of a call on EC2 instances. AWS lets nobody limit the describing
// (Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2").
func ec2Statements(c *Call, scope Scope) []iampolicy.Statement {
	describe := []string{"ec2:DescribeInstances"}
	if c.verb.Effect == Neither {
		describe = append(describe, "ec2:DescribeInstanceStatus")
	}
	out := []iampolicy.Statement{{Action: describe, Resource: []string{"*"}}}
	if c.flags.dryRun {
		return out
	}
	var actions []string
	if c.verb.Effect != Start {
		actions = append(actions, ec2Actions[Stop])
	}
	if c.verb.Effect != Stop {
		actions = append(actions, ec2Actions[Start])
		out = append(out, createGrant(scope))
	}
	for _, item := range c.items {
		s := iampolicy.Statement{Action: actions, Condition: tagPatternCondition(item.Tags)}
		id := "*"
		if item.Tags == nil {
			id = item.ID
		}
		s.Resource = []string{fmt.Sprintf("arn:%s:ec2:%s:%s:instance/%s",
			scope.Partition, scope.Region, scope.Account, id)}
		out = append(out, s)
	}
	return out
}

var ec2Actions = map[Effect]string{Start: "ec2:StartInstances", Stop: "ec2:StopInstances"}

// createGrant lets EC2, and nobody else, open encrypted volumes with a customer managed key. Without
// it AWS accepts the start and the instance stays stopped (AWS re:Post Knowledge Center,
// kms-iam-ec2-permission). A key may be in another account, whose key policy has its say too.
func createGrant(scope Scope) iampolicy.Statement {
	return iampolicy.Statement{
		Action:   []string{"kms:CreateGrant"},
		Resource: []string{fmt.Sprintf("arn:%s:kms:%s:*:key/*", scope.Partition, scope.Region)},
		Condition: map[string]map[string][]string{
			"Bool":         {"kms:GrantIsForAWSResource": {"true"}},
			"StringEquals": {"kms:ViaService": viaEC2(scope)},
		},
	}
}

// viaEC2 are the names that EC2 may have in kms:ViaService. Those of the China Regions end as their
// endpoints do; AWS does not say so anywhere, so there both are allowed. No other service has them.
func viaEC2(scope Scope) []string {
	name := "ec2." + scope.Region + ".amazonaws.com"
	if scope.Partition == "aws-cn" {
		return []string{name, name + ".cn"}
	}
	return []string{name}
}

// tagPatternCondition is tagCondition where a * in a value is a wildcard; nil for no tags.
func tagPatternCondition(tags []Tag) map[string]map[string][]string {
	var condition map[string]map[string][]string
	for _, t := range tags {
		operator := "StringEquals"
		if hasWildcard(t.Value) {
			operator = "StringLike"
		}
		if condition == nil {
			condition = map[string]map[string][]string{}
		}
		if condition[operator] == nil {
			condition[operator] = map[string][]string{}
		}
		condition[operator]["aws:ResourceTag/"+t.Key] = []string{t.Value}
	}
	return condition
}

// The ec2 verbs' own flags.
const (
	flagHibernate = "--hibernate"
	flagForce     = "--force"
)

// ec2Verbs are the verbs of Amazon EC2.
func ec2Verbs() []Verb {
	start := ec2Verb("start-instances", Start, "running")
	start.Short = "start EC2 instances, and wait until they run"
	start.Long = "What runs already is left alone; what is stopping is waited for and then started. " +
		"It always waits for running:\nan instance with an encrypted volume is accepted by AWS and " +
		"stays stopped where kms:CreateGrant is missing.\n" + ec2Exceptions

	stop := ec2Verb("stop-instances", Stop, "stopped")
	stop.Short = "stop EC2 instances"
	stop.Long = "What is stopped already, or on its way there, is left alone. " +
		"An automatic public IPv4 address and the\ndata of instance stores are lost; " +
		"Elastic IP addresses and volumes stay, and cost.\n" + ec2Exceptions
	stop.Flags = []Flag{
		{
			Name: flagHibernate, Short: "hibernate them: they must be set up for it",
			verb: "hibernate",
		},
		{
			Name: flagForce, Short: "stop them though the operating system does not answer",
			verb: "force-stop",
		},
	}
	stop.Examples = append(stop.Examples,
		[]string{"ec2", "stop-instances", "deploy=devel", flagHibernate})

	restart := ec2Verb("restart-instances", Neither, "running")
	restart.Short = "bring EC2 instances back to health"
	restart.Long = "A stopped one is started. A running one is left alone, unless a status check " +
		"says impaired: then it is\nforced to stop and started again; initializing is not impaired. " +
		"A terminated one is only said. Any other\none is stopped and started. " +
		"It always waits for running.\n" + ec2Exceptions
	return []Verb{start, stop, restart}
}

const ec2Exceptions = "Members of Auto Scaling groups, one-time Spot instances, instances with " +
	"stop protection or an\ninstance-store root volume are unsupported. " +
	"Terminated instances are left out."

func ec2Verb(name string, effect Effect, arrived string) Verb {
	word, _, _ := strings.Cut(name, "-")
	return Verb{
		Service: "ec2", Name: name, Effect: effect,
		Items: "instance ids (i-…), or tags as key=value (key=value,key=value for both; " +
			"* and ? in a value are wildcards)",
		Examples: [][]string{
			{"ec2", name, exampleInstance},
			{"ec2", name, "deploy=devel", "--dry-run"},
			{"ec2", name, "deploy=devel,team=web-*", "--wait"},
		},
		phrase:     phrase{word, "EC2 instance", "EC2 instances", arrived},
		targetOf:   targetOf("ec2", "instance"),
		item:       instanceItem{},
		statements: ec2Statements,
		run: func(ctx context.Context, s *session) []Result {
			return (&ec2Run{session: s}).run(ctx)
		},
	}
}
