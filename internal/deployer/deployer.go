// Package deployer says which rights who applies a savings_runner and its savings_schedules needs,
// and who works on them by hand, and why. The guide on security prints them; tests work with them, and
// with each one less.
package deployer

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// Deployment is what somebody applies.
type Deployment struct {
	Partition, Region, Account string
	// Runner is the name of the savings_runner. RolePath is the path of its roles, "" for "/".
	Runner, RolePath string
	// Groups are the names of the savings_schedules that have schedule groups of their own.
	Groups []string
	// BoundaryARN is the managed policy that bounds the runner's roles.
	BoundaryARN string
	// Repository is the Amazon ECR repository that the runner's image is pushed to; "" for none.
	Repository string
	// DeadLetters is the name of the queue for what could not be delivered; "" for none.
	DeadLetters string
}

// Grant is some rights with their reason.
type Grant struct {
	Why string
	iampolicy.Statement
}

// Statements are the rights of all grants.
func (d Deployment) Statements() []iampolicy.Statement {
	var all []iampolicy.Statement
	for _, g := range d.Grants() {
		all = append(all, g.Statement)
	}
	return all
}

// Grants are the deployer's least rights.
func (d Deployment) Grants() []Grant {
	all := append(d.schedules(), d.function()...)
	all = append(all, d.roles()...)
	if d.Repository != "" {
		all = append(all, d.image()...)
	}
	return all
}

func (d Deployment) arn(service, region, resource string) string {
	return strings.Join([]string{"arn", d.Partition, service, region, d.Account, resource}, ":")
}

func (d Deployment) regional(service string, resources ...string) []string {
	var arns []string
	for _, r := range resources {
		arns = append(arns, d.arn(service, d.Region, r))
	}
	return arns
}

func grant(why string, on []string, actions ...string) Grant {
	return Grant{why, iampolicy.Statement{Action: actions, Resource: on}}
}

var everything = []string{"*"}

// scheduleARNs are the ARNs of the groups, and of all schedules in them.
func (d Deployment) scheduleARNs() (schedules, groups []string) {
	for _, name := range d.Groups {
		groups = append(groups, d.arn("scheduler", d.Region, "schedule-group/"+name))
		schedules = append(schedules, d.arn("scheduler", d.Region, "schedule/"+name+"/*"))
	}
	return schedules, groups
}

func (d Deployment) schedules() []Grant {
	schedules, groups := d.scheduleARNs()
	return []Grant{
		grant("write and read the schedules of its own groups", schedules,
			"scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule",
			"scheduler:UpdateSchedule"),
		grant("make and remove the groups, and tag them", groups,
			"scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup",
			"scheduler:GetScheduleGroup", "scheduler:ListTagsForResource", "scheduler:TagResource",
			"scheduler:UntagResource"),
		grant("find strangers in its own groups; AWS has no smaller right", everything,
			"scheduler:ListSchedules"),
	}
}

func (d Deployment) function() []Grant {
	log := "log-group:" + runnerstack.LogGroupName(d.Runner)
	return []Grant{
		grant("make, change and remove the function; without `lambda:ListTags` AWS hides its tags",
			d.regional("lambda", "function:"+d.Runner),
			"lambda:CreateFunction", "lambda:DeleteFunction", "lambda:DeleteFunctionConcurrency",
			"lambda:DeleteFunctionEventInvokeConfig", "lambda:GetFunction",
			"lambda:GetFunctionEventInvokeConfig", "lambda:ListTags",
			"lambda:PutFunctionEventInvokeConfig", "lambda:TagResource", "lambda:UntagResource",
			"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
		grant("make and remove its log group, with retention and tags; AWS spells its ARN both ways",
			d.regional("logs", log, log+":*"),
			"logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:ListTagsForResource",
			"logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"),
		grant("find its log group; AWS has no smaller right", everything, "logs:DescribeLogGroups"),
	}
}

func (d Deployment) roles() []Grant {
	place := d.arn("iam", "", "role"+rolePath(d.RolePath))
	runs := place + runnerstack.ExecutionRoleName(d.Runner, d.Region)
	invokes := place + runnerstack.SchedulerRoleName(d.Runner, d.Region)
	both := []string{runs, invokes}
	bounded := grant("make, change and remove the two roles of the runner, only while the boundary is on them",
		both, "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary",
		"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy")
	bounded.Condition = ifEqual("iam:PermissionsBoundary", d.BoundaryARN)
	toLambda := grant("give the function its role", []string{runs}, "iam:PassRole")
	toLambda.Condition = ifEqual("iam:PassedToService", "lambda.amazonaws.com")
	toScheduler := grant("give the schedules their role", []string{invokes}, "iam:PassRole")
	toScheduler.Condition = ifEqual("iam:PassedToService", "scheduler.amazonaws.com")
	return []Grant{
		grant("read the two roles of the runner, and tag them", both,
			"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies",
			"iam:TagRole", "iam:UntagRole"),
		bounded, toLambda, toScheduler,
	}
}

func rolePath(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

func ifEqual(key, value string) map[string]map[string][]string {
	return map[string]map[string][]string{"StringEquals": {key: {value}}}
}

// image is the pushing of the runner's image (Amazon ECR User Guide, "IAM permissions for pushing an
// image"), the giving of it to the function (AWS Lambda Developer Guide, "Amazon ECR permissions"),
// and its removal.
func (d Deployment) image() []Grant {
	return []Grant{
		grant("push the runner's image, give it to the function, and remove it",
			d.regional("ecr", "repository/"+d.Repository),
			"ecr:BatchCheckLayerAvailability", "ecr:BatchDeleteImage", "ecr:BatchGetImage",
			"ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer", "ecr:GetLifecyclePolicy",
			"ecr:InitiateLayerUpload", "ecr:ListImages", "ecr:PutImage", "ecr:UploadLayerPart"),
		grant("let AWS Lambda add a statement to the repository's policy, by which it reads the image",
			d.regional("ecr", "repository/"+d.Repository), "ecr:GetRepositoryPolicy", "ecr:SetRepositoryPolicy"),
		grant("log in to Amazon ECR; AWS has no smaller right", everything, "ecr:GetAuthorizationToken"),
	}
}
