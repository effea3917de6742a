package command

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// sagemakerAPI holds the calls of the Amazon SageMaker client that are used here.
type sagemakerAPI interface {
	DescribeNotebookInstance(context.Context, *sagemaker.DescribeNotebookInstanceInput,
		...func(*sagemaker.Options)) (*sagemaker.DescribeNotebookInstanceOutput, error)
	ListNotebookInstances(context.Context, *sagemaker.ListNotebookInstancesInput,
		...func(*sagemaker.Options)) (*sagemaker.ListNotebookInstancesOutput, error)
	ListTags(context.Context, *sagemaker.ListTagsInput, ...func(*sagemaker.Options),
	) (*sagemaker.ListTagsOutput, error)
	StartNotebookInstance(context.Context, *sagemaker.StartNotebookInstanceInput,
		...func(*sagemaker.Options)) (*sagemaker.StartNotebookInstanceOutput, error)
	StopNotebookInstance(context.Context, *sagemaker.StopNotebookInstanceInput,
		...func(*sagemaker.Options)) (*sagemaker.StopNotebookInstanceOutput, error)
}

// codeValidation is SageMaker's code for a name that does not exist, and for a state that it
// refuses.
const codeValidation = "ValidationException"

// notebookStates are those of the API Reference, DescribeNotebookInstance; Updating is of a stopped
// one. A failed one may be started: "Status … not in ([Stopped, Failed])" is the error with which
// AWS refuses any other.
var notebookStates = states{
	up: "InService", starting: "Pending", down: "Stopped", stopping: "Stopping",
	broken: []string{"Deleting", "Failed"}, startable: []string{"Failed"},
	examples: "Pending, Updating",
}

func notebooks() *resourceKind {
	return &resourceKind{
		noun: "notebook instance", arnService: "sagemaker", arnPrefix: "notebook-instance/",
		describeAction: describeNotebook, tagsAction: "sagemaker:ListTags",
		listAction: "sagemaker:ListNotebookInstances",
		actions: map[Effect]string{
			Start: "sagemaker:StartNotebookInstance", Stop: "sagemaker:StopNotebookInstance",
		},
		notFoundCode: codeValidation, stateCodes: []string{codeValidation},
		states: &notebookStates,
		connect: func(r *Runner, cfg aws.Config) fleet {
			return notebookFleet{r.clients.sagemaker(cfg)}
		},
		look: lookAtNotebooks, lookAgain: lookAtNotebooksAgain,
	}
}

// lookAtNotebooks are the rights to find notebook instances. A list knows no resources (Service
// Authorization Reference, "Actions for Amazon SageMaker").
func lookAtNotebooks(item Item, arns arnsOf) []iampolicy.Statement {
	if item.Tags == nil {
		return []iampolicy.Statement{{Action: []string{describeNotebook}, Resource: arns(item.ID)}}
	}
	return []iampolicy.Statement{
		{Action: []string{"sagemaker:ListNotebookInstances"}, Resource: []string{"*"}},
		{Action: []string{"sagemaker:ListTags"}, Resource: arns("*")},
	}
}

// lookAtNotebooksAgain is the right to describe what a list has shown.
func lookAtNotebooksAgain(item Item, arns arnsOf) []iampolicy.Statement {
	if item.Tags == nil {
		return nil
	}
	return []iampolicy.Statement{{
		Action: []string{describeNotebook}, Resource: arns("*"), Condition: ifTagged(item.Tags),
	}}
}

const describeNotebook = "sagemaker:DescribeNotebookInstance"

// notebookName is the rule of the API Reference, CreateNotebookInstance.
var notebookName = nameRule{
	form: newPattern(`^[a-zA-Z0-9](-*[a-zA-Z0-9])*$`), max: 63,
	text: "1 to 63 letters, digits and hyphens, no hyphen first or last",
}

// sagemakerVerbs are the verbs of Amazon SageMaker.
func sagemakerVerbs() []Verb {
	return resourceVerbs(notebooks(), resourceWords{
		service: "sagemaker", word: "notebook", target: "sagemaker/notebook-instance",
		one:   "SageMaker notebook instance",
		items: "names of notebook instances, or tags as key=value (key=value,key=value for both)",
		form:  itemForm{noun: "notebook instance", name: notebookName},
		verbs: map[Effect]string{Start: "start", Stop: "stop"},
		long: map[Effect]string{
			Stop: "Its volume is kept, and paid for; what is only in memory is lost.",
		},
	})
}

// notebookFleet are the notebook instances of a region.
type notebookFleet struct{ api sagemakerAPI }

func (f notebookFleet) describe(ctx context.Context, id, marker *string) (page, error) {
	if id == nil {
		return f.list(ctx, marker)
	}
	out, err := f.api.DescribeNotebookInstance(ctx,
		&sagemaker.DescribeNotebookInstanceInput{NotebookInstanceName: id})
	if err != nil {
		return page{}, err
	}
	r := resource{
		id:  aws.ToString(out.NotebookInstanceName),
		arn: aws.ToString(out.NotebookInstanceArn), status: string(out.NotebookInstanceStatus),
	}
	if out.NotebookInstanceStatus == types.NotebookInstanceStatusFailed {
		r.note = "its failure: " + aws.ToString(out.FailureReason)
	}
	return page{resources: []resource{r}}, nil
}

func (f notebookFleet) list(ctx context.Context, token *string) (page, error) {
	out, err := f.api.ListNotebookInstances(ctx, &sagemaker.ListNotebookInstancesInput{
		NextToken: token, MaxResults: aws.Int32(100),
	})
	if err != nil {
		return page{}, err
	}
	p := page{marker: out.NextToken}
	for _, n := range out.NotebookInstances {
		p.resources = append(p.resources, resource{
			id: aws.ToString(n.NotebookInstanceName), arn: aws.ToString(n.NotebookInstanceArn),
			status: string(n.NotebookInstanceStatus),
		})
	}
	return p, nil
}

func (f notebookFleet) act(ctx context.Context, effect Effect, id string) (err error) {
	if effect == Start {
		_, err = f.api.StartNotebookInstance(ctx,
			&sagemaker.StartNotebookInstanceInput{NotebookInstanceName: &id})
	} else {
		_, err = f.api.StopNotebookInstance(ctx,
			&sagemaker.StopNotebookInstanceInput{NotebookInstanceName: &id})
	}
	return err
}

// tags implements tagger.
func (f notebookFleet) tags(ctx context.Context, arn string) (map[string]string, error) {
	tags := map[string]string{}
	in := &sagemaker.ListTagsInput{ResourceArn: &arn}
	for {
		out, err := f.api.ListTags(ctx, in)
		if hasCode(err, codeValidation) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, t := range out.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		if aws.ToString(out.NextToken) == "" || aws.ToString(out.NextToken) == aws.ToString(in.NextToken) {
			return tags, nil
		}
		in.NextToken = out.NextToken
	}
}
