package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/eks"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// eksAPI holds the calls of the Amazon EKS client that are used here.
type eksAPI interface {
	DescribeNodegroup(context.Context, *eks.DescribeNodegroupInput, ...func(*eks.Options),
	) (*eks.DescribeNodegroupOutput, error)
	UpdateNodegroupConfig(context.Context, *eks.UpdateNodegroupConfigInput, ...func(*eks.Options),
	) (*eks.UpdateNodegroupConfigOutput, error)
	TagResource(context.Context, *eks.TagResourceInput, ...func(*eks.Options),
	) (*eks.TagResourceOutput, error)
	UntagResource(context.Context, *eks.UntagResourceInput, ...func(*eks.Options),
	) (*eks.UntagResourceOutput, error)
}

// The actions as IAM names them.
const (
	actionDescribeNodegroup = "eks:DescribeNodegroup"
	actionUpdateNodegroup   = "eks:UpdateNodegroupConfig"
	actionTagNodegroup      = "eks:TagResource"
	actionUntagNodegroup    = "eks:UntagResource"
)

// eksVerbs are the verbs of Amazon EKS.
func eksVerbs() []Verb {
	stop := nodegroupVerb("stop", actionTagNodegroup)
	stop.Effect = Stop
	stop.Long = "Minimum and desired size are remembered in the node group's tags (savings:…), then " +
		"both are set to 0; the maximum stays. The nodes are terminated. A cluster autoscaler may " +
		"add nodes again for pods that wait: stop it first. An update that is under way is waited for."
	start := nodegroupVerb("start", actionTagNodegroup, actionUntagNodegroup)
	start.Effect = Start
	start.Long = "Minimum and desired size are what stop-nodegroup remembered in the node group's " +
		"tags; with nothing remembered, the item fails. What runs already is never made smaller. " +
		"The end of the update is waited for while time is left, then the tags are removed."
	return []Verb{start, stop}
}

func nodegroupVerb(word string, tagging ...string) Verb {
	name := word + "-nodegroup"
	return Verb{
		Service: "eks", Name: name,
		Short: word + " EKS managed node groups",
		Items: "CLUSTER/NODEGROUP",
		Examples: [][]string{
			{"eks", name, "web/workers"},
			{"eks", name, "web/workers", "web/batch", "--wait"},
			{"eks", name, "web/workers", "--dry-run", "--region", "us-west-2"},
		},
		phrase: phrase{word, "EKS node group", "EKS node groups", "updated"},
		target: "eks/nodegroup",
		item:   nodegroupForm{},
		statements: func(c *Call, scope Scope) []iampolicy.Statement {
			return nodegroupStatements(c, scope, tagging)
		},
		run: runEKS,
	}
}

// nodegroupForm is how the items are written: CLUSTER/NODEGROUP.
type nodegroupForm struct{}

// The naming rules of clusters and node groups (Amazon EKS API Reference, CreateCluster; Amazon EKS
// User Guide, "Create a managed node group for your cluster").
var (
	eksClusterName = newPattern(`^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`)
	nodegroupName  = newPattern(`^[0-9A-Za-z][0-9A-Za-z_-]{0,62}$`)
)

func (nodegroupForm) parse(text string) (Item, *UsageError) {
	const allowed = "an item is CLUSTER/NODEGROUP"
	if strings.HasPrefix(text, "arn:") {
		err := &UsageError{Found: fmt.Sprintf("%q is an ARN", text), Allowed: allowed}
		_, id, _ := strings.Cut(text, ":nodegroup/")
		if parts := strings.Split(id, "/"); len(parts) == 3 {
			err.Write = fmt.Sprintf("write %q", parts[0]+"/"+parts[1])
		}
		return Item{}, err
	}
	cluster, name, ok := strings.Cut(text, "/")
	switch {
	case !ok:
		return Item{}, &UsageError{Found: fmt.Sprintf("%q is no item", text), Allowed: allowed}
	case !eksClusterName.MatchString(cluster):
		return Item{}, &UsageError{
			Found:   fmt.Sprintf("%q in %q is no name of an EKS cluster", cluster, text),
			Allowed: "one has 1 to 100 letters, digits, underscores and hyphens, a letter or digit first",
		}
	case !nodegroupName.MatchString(name):
		return Item{}, &UsageError{
			Found:   fmt.Sprintf("%q in %q is no name of an EKS node group", name, text),
			Allowed: "one has 1 to 63 letters, digits, underscores and hyphens, a letter or digit first",
		}
	}
	return Item{Text: text, ID: text}, nil
}

// nodegroupStatements are the rights of a call. A node group's ARN ends with an identifier that AWS
// makes up (Service Authorization Reference, "Actions, resources, and condition keys for Amazon
// Elastic Kubernetes Service").
func nodegroupStatements(c *Call, scope Scope, tagging []string) []iampolicy.Statement {
	var out []iampolicy.Statement
	for _, item := range c.items {
		resource := []string{ARN{
			scope.Partition, "eks", scope.Region, scope.Account, "nodegroup/" + item.ID + "/*", "",
		}.path()}
		act := iampolicy.Statement{Action: []string{actionDescribeNodegroup}, Resource: resource}
		if !c.flags.dryRun {
			act.Action = append(act.Action, actionUpdateNodegroup)
			out = append(out, iampolicy.Statement{
				Action: tagging, Resource: resource, Condition: ourTagKeys(),
			})
		}
		out = append(out, act)
	}
	return out
}
