package runnerstack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// RetentionDays are the retentions that CloudWatch Logs knows (API reference, PutRetentionPolicy).
var RetentionDays = []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096,
	1827, 2192, 2557, 2922, 3288, 3653}

// maxRoleName is IAM's limit (IAM User Guide, "IAM and AWS STS quotas").
const maxRoleName = 64

// LogGroupName returns the name of a function's log group.
func LogGroupName(function string) string { return "/aws/lambda/" + function }

// ExecutionRoleName returns the name of the execution role that is ours. Role names are one space
// for all regions of an account, so it carries the region.
func ExecutionRoleName(function, region string) string {
	return cut(function+"-"+region, maxRoleName)
}

// SchedulerRoleName returns the name of the scheduler's role that is ours.
func SchedulerRoleName(function, region string) string {
	return cut(function+"-"+region+"-scheduler", maxRoleName)
}

// cut shortens a name to limit. A hash of the whole keeps names apart that begin alike.
func cut(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := hex.EncodeToString(sum[:])[:8]
	return name[:limit-1-len(hash)] + "-" + hash
}

// Place is where a stack lives; it completes ARNs.
type Place struct{ Partition, Region, Account string }

// PlaceOf reads a place from an ARN of the stack. IAM's ARNs have no region, so the caller knows it.
func PlaceOf(text, region string) (Place, error) {
	a, err := arn.Parse(text)
	if err != nil {
		return Place{}, fmt.Errorf("reading ARN %q: %w", text, err)
	}
	return Place{Partition: a.Partition, Region: region, Account: a.AccountID}, nil
}

// FunctionPlace reads the place from a function's ARN.
func FunctionPlace(functionARN string) (Place, error) {
	a, err := arn.Parse(functionARN)
	if err != nil {
		return Place{}, fmt.Errorf("reading ARN %q: %w", functionARN, err)
	}
	return Place{Partition: a.Partition, Region: a.Region, Account: a.AccountID}, nil
}

// FunctionARN returns the ARN of a function, without a qualifier.
func (p Place) FunctionARN(function string) string {
	return p.arn("lambda", p.Region, "function:"+function)
}

// ExecutionRoleARN returns the ARN of the execution role that is ours under an IAM path, where ""
// is "/".
func (p Place) ExecutionRoleARN(function, path string) string {
	return p.roleARN(path, ExecutionRoleName(function, p.Region))
}

// SchedulerRoleARN returns the ARN of the scheduler's role that is ours under an IAM path.
func (p Place) SchedulerRoleARN(function, path string) string {
	return p.roleARN(path, SchedulerRoleName(function, p.Region))
}

func (p Place) roleARN(path, name string) string {
	return p.arn("iam", "", "role"+cmp.Or(path, "/")+name)
}

func (p Place) arn(service, region, resource string) string {
	return strings.Join([]string{"arn", p.Partition, service, region, p.Account, resource}, ":")
}

// RoleName returns the name in a role's ARN, without its path.
func RoleName(roleARN string) string { return roleARN[strings.LastIndex(roleARN, "/")+1:] }

// RolePath returns the path in a role's ARN, which begins and ends with "/".
func RolePath(roleARN string) string {
	_, resource, _ := strings.Cut(roleARN, ":role")
	return strings.TrimSuffix(resource, RoleName(roleARN))
}

// Place finds out where the stack lives from whatever exists of it; ok is false if nothing does.
func (l *Live) Place(region string) (place Place, ok bool) {
	var texts []string
	if l.Function != nil {
		texts = append(texts, l.Function.ARN)
	}
	if l.LogGroup != nil {
		texts = append(texts, l.LogGroup.ARN)
	}
	for _, role := range []*Role{l.ExecutionRole, l.SchedulerRole} {
		if role != nil {
			texts = append(texts, role.ARN)
		}
	}
	for _, text := range texts {
		if place, err := PlaceOf(text, region); err == nil {
			return place, true
		}
	}
	return Place{}, false
}

// own returns the stack with a given role that is really ours left out, as if it had not been
// given: an import cannot tell the two apart, and ownership goes by name, which is unique in an
// account whatever the path.
func (s Stack) own(place Place) Stack {
	if RoleName(s.ExecutionRoleARN) == ExecutionRoleName(s.Name, place.Region) {
		s.ExecutionRoleARN = ""
	}
	if RoleName(s.SchedulerRoleARN) == SchedulerRoleName(s.Name, place.Region) {
		s.SchedulerRoleARN = ""
	}
	return s
}

// outcome names what the stack consists of at place.
func (s Stack) outcome(place Place) Outcome {
	return Outcome{
		FunctionARN:      place.FunctionARN(s.Name),
		ExecutionRoleARN: s.executionRole(place),
		SchedulerRoleARN: s.schedulerRole(place),
	}
}

func (s Stack) executionRole(place Place) string {
	if s.ExecutionRoleARN != "" {
		return s.ExecutionRoleARN
	}
	return place.ExecutionRoleARN(s.Name, s.Path)
}

func (s Stack) schedulerRole(place Place) string {
	if s.SchedulerRoleARN != "" {
		return s.SchedulerRoleARN
	}
	return place.SchedulerRoleARN(s.Name, s.Path)
}
