package deployer

import (
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// ofRoles are the actions of a runner's two roles beside those of verbs: its log, its image, a failure
// destination of each kind, the holds of a schedule group, and the scheduler's.
var ofRoles = []string{
	"logs:CreateLogStream", "logs:PutLogEvents",
	"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
	"events:PutEvents", "sns:Publish", "sqs:SendMessage",
	"scheduler:ListTagsForResource",
	"lambda:InvokeFunction",
}

// Boundary is a permissions boundary for the roles of any runner: all that its verbs may ever need,
// whatever they are to act on. What a role really may is what its own policies say within it.
func Boundary() []iampolicy.Statement {
	scope := command.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}
	actions := append([]string{}, ofRoles...)
	for _, v := range command.Verbs() {
		for _, args := range v.Examples {
			call, err := command.Parse(args)
			if err != nil {
				panic(err) // a test parses every example
			}
			for _, s := range call.Statements(scope) {
				actions = append(actions, s.Action...)
			}
		}
	}
	return iampolicy.Normalize([]iampolicy.Statement{{Action: actions, Resource: everything}})
}
