package provider

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// Patterns of the Scheduler, Lambda and IAM API references.
var (
	functionARNPattern = regexp.MustCompile(
		`^arn:aws(-[a-z]+)*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]{1,64}(:(\$LATEST|[a-zA-Z0-9-_]+))?$`)
	roleARNPattern  = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::\d{12}:role/([\w+=,.@/-]+/)?[\w+=,.@-]{1,64}$`)
	queueARNPattern = regexp.MustCompile(`^arn:aws(-[a-z]+)*:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9-_]+$`)
	roleNamePattern = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
)

const (
	functionARNExample = "arn:aws:lambda:ap-northeast-1:123456789012:function:sample-ai-tools"
	roleARNExample     = "arn:aws:iam::123456789012:role/sample-ai-tools-scheduler"
	queueARNExample    = "arn:aws:sqs:ap-northeast-1:123456789012:sample-ai-dead-letters"
)

func (v *scheduleValidator) arns() {
	v.matches("function_arn", v.model.FunctionARN, functionARNPattern, "ARN of a Lambda function", functionARNExample)
	v.partition()
	v.matches("role_arn", v.model.RoleARN, roleARNPattern, "ARN of an IAM role", roleARNExample)
	if q := v.model.DeadLetterARN; isKnown(q) && strings.HasSuffix(q.ValueString(), ".fifo") {
		v.attributeError("dead_letter_arn", "Invalid dead_letter_arn", fmt.Sprintf(
			"dead_letter_arn %s is a FIFO queue; EventBridge Scheduler takes standard queues only. Write the ARN of one.", quoted(q)))
	} else {
		v.matches("dead_letter_arn", q, queueARNPattern, "ARN of a standard SQS queue", queueARNExample)
	}
	if n := v.model.RunnerRoleName; isKnown(n) && !roleNamePattern.MatchString(n.ValueString()) {
		remedy := "Write its name, such as \"sample-ai-tools-ap-northeast-1\"."
		if i := strings.LastIndex(n.ValueString(), "/"); strings.HasPrefix(n.ValueString(), "arn:") && i > 0 {
			remedy = fmt.Sprintf("Write its name, %q.", n.ValueString()[i+1:])
		}
		v.attributeError("runner_role_name", "Invalid runner_role_name", fmt.Sprintf(
			"runner_role_name %s is no name of an IAM role, which has 1 to 64 of A-Z, a-z, digits and _+=,.@-. %s",
			quoted(n), remedy))
	}
	v.sameAccount()
	v.permissions(v.model.Permissions)
}

// sameAccount refuses a role of another account than the function's, since EventBridge Scheduler
// assumes roles of its own account alone (EventBridge Scheduler User Guide, "Troubleshooting"), and a
// queue of another partition, which nothing of this one reaches.
func (v *scheduleValidator) sameAccount() {
	function, err := arn.Parse(v.model.FunctionARN.ValueString())
	if err != nil || v.diags.HasError() {
		return
	}
	if role, err := arn.Parse(v.model.RoleARN.ValueString()); err == nil &&
		(role.AccountID != function.AccountID || role.Partition != function.Partition) {
		v.attributeError("role_arn", "Role in another account", fmt.Sprintf("role_arn %s is in account %s of partition "+
			"%s, and function_arn is in account %s of %s. EventBridge Scheduler assumes roles of the function's account "+
			"alone: write the ARN of one, such as savings_runner.….scheduler_role_arn.", quoted(v.model.RoleARN),
			role.AccountID, role.Partition, function.AccountID, function.Partition))
	}
	if queue, err := arn.Parse(v.model.DeadLetterARN.ValueString()); err == nil && queue.Partition != function.Partition {
		v.attributeError("dead_letter_arn", "Queue in another partition", fmt.Sprintf("dead_letter_arn %s is in partition "+
			"%s, and function_arn is in %s. Write the ARN of a queue of there.", quoted(v.model.DeadLetterARN),
			queue.Partition, function.Partition))
	}
}

// partition refuses a function whose ARN names a region of another partition.
func (v *scheduleValidator) partition() {
	scope, err := scopeOf(v.model.FunctionARN)
	if err != nil || scope.Partition == command.PartitionOf(scope.Region) || v.diags.HasError() {
		return
	}
	v.attributeError("function_arn", "Invalid function_arn", fmt.Sprintf("function_arn %s is in partition %s, and region "+
		"%s is in partition %s. Write an ARN that begins with arn:%[4]s:, or another region.",
		quoted(v.model.FunctionARN), scope.Partition, scope.Region, command.PartitionOf(scope.Region)))
}

func (v *scheduleValidator) permissions(p types.String) {
	if isKnown(p) && p.ValueString() != permissionsManaged && p.ValueString() != permissionsExternal {
		v.attributeError("permissions", "Invalid permissions", fmt.Sprintf("permissions is %s; write %q (this "+
			"resource grants what the events need, given runner_role_name) or %q (you grant it).",
			quoted(p), permissionsManaged, permissionsExternal))
	}
	if p.ValueString() == permissionsExternal && isKnown(v.model.RunnerRoleName) {
		v.attributeError("permissions", "Contradicting permissions", "permissions = \"external\" says that you grant the "+
			"runner its rights, and runner_role_name asks this resource to do it. Remove one of them.")
	}
}

func (v *scheduleValidator) matches(attribute string, s types.String, pattern *regexp.Regexp, what, example string) {
	if isKnown(s) && !pattern.MatchString(s.ValueString()) {
		v.attributeError(attribute, "Invalid "+attribute, fmt.Sprintf("%s %s is no %s, such as %q.",
			attribute, quoted(s), what, example))
	}
}

// maxEventAge is AWS's bound for the age of an event (Scheduler API Reference, RetryPolicy).
const maxEventAge = 24 * time.Hour

func (v *scheduleValidator) retry() {
	v.bounded("maximum_attempts", 0, 185, "")
	v.bounded("maximum_event_age_seconds", 60, int64(maxEventAge/time.Second), " seconds")
}

func (v *scheduleValidator) bounded(member string, least, most int64, unit string) {
	n, ok := v.model.Retry.Attributes()[member].(types.Int64)
	if !ok || n.IsNull() || n.IsUnknown() {
		return
	}
	if got := n.ValueInt64(); got < least || got > most {
		v.attributeError("retry", "Invalid "+member, fmt.Sprintf("retry.%s is %d; AWS allows %d to %d%s.",
			member, got, least, most, unit))
	}
}

// maxTags is how many tags a group may have: AWS allows 50, and two are ours while a group is made.
const maxTags = 48

func (v *scheduleValidator) tags() {
	tags := v.model.Tags
	if tags.IsNull() || tags.IsUnknown() {
		return
	}
	if !v.model.GroupName.IsNull() && len(tags.Elements()) > 0 {
		v.attributeError("tags", "Tags without a group", "tags go on the schedule group, and group_name says that the "+
			"group is not this resource's own. AWS knows no tags on schedules. Remove tags, or group_name.")
	}
	if n := len(tags.Elements()); n > maxTags {
		v.attributeError("tags", "Too many tags", tooManyTags(n))
	}
	elements := tags.Elements()
	for _, k := range sortedKeys(elements) {
		value, _ := elements[k].(types.String)
		v.tag(k, value)
	}
}

func tooManyTags(n int) string {
	return fmt.Sprintf("The group would have %d tags; AWS allows 50, of which two are this provider's. Write %d or "+
		"fewer, default_tags included.", n, maxTags)
}

func (v *scheduleValidator) tag(key string, value types.String) {
	if fault := tagFault(key, value); fault != "" {
		v.attributeError("tags", "Invalid tag", fmt.Sprintf("tags[%s] %s", quote(key), fault))
	}
}
