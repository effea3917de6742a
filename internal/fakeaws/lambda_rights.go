package fakeaws

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// rights by the page "AWS Lambda": each is on the function, and a list on no resource. Beside the page,
// a role that a request brings has to be passed, be it the one there was (AWS's answer in chalice issue
// 479), and alsoCreate and alsoImage say what else.
func (l *Lambda) rights() rights {
	function := func(action string) right {
		return right{action: action, on: l.named, keys: resourceTags}
	}
	set := func(c *call) judge.Context { return ofTags(l.input(c).Tags) }
	create := right{action: "lambda:CreateFunction", on: l.named, keys: tagKeys, given: set, also: l.alsoCreate}
	configure := function("lambda:UpdateFunctionConfiguration")
	configure.also = l.alsoPass
	code := function("lambda:UpdateFunctionCode")
	code.also = l.alsoImage
	return rights{
		"CreateFunction":                  create,
		"ListFunctions":                   {action: "lambda:ListFunctions"},
		"GetFunction":                     function("lambda:GetFunction"),
		"DeleteFunction":                  function("lambda:DeleteFunction"),
		"GetFunctionConfiguration":        function("lambda:GetFunctionConfiguration"),
		"UpdateFunctionConfiguration":     configure,
		"UpdateFunctionCode":              code,
		"Invoke":                          function("lambda:InvokeFunction"),
		"ListTags":                        function("lambda:ListTags"),
		"PutFunctionConcurrency":          function("lambda:PutFunctionConcurrency"),
		"DeleteFunctionConcurrency":       function("lambda:DeleteFunctionConcurrency"),
		"PutFunctionEventInvokeConfig":    function("lambda:PutFunctionEventInvokeConfig"),
		"UpdateFunctionEventInvokeConfig": function("lambda:UpdateFunctionEventInvokeConfig"),
		"GetFunctionEventInvokeConfig":    function("lambda:GetFunctionEventInvokeConfig"),
		"DeleteFunctionEventInvokeConfig": function("lambda:DeleteFunctionEventInvokeConfig"),
		"TagResource":                     {action: "lambda:TagResource", on: l.named, keys: bothTags, given: set},
		"UntagResource": {
			action: "lambda:UntagResource", on: l.named, keys: []string{"aws:ResourceTag/", "aws:TagKeys"},
			given: func(c *call) judge.Context { return ofTagKeys(c.params["tagKeys"]) },
		},
	}
}

// lambdaInput has what the rights of all operations depend on.
type lambdaInput struct {
	FunctionName, Role string
	Tags               map[string]string
	code
	Code code
}

func (l *Lambda) input(c *call) lambdaInput {
	var in lambdaInput
	_ = c.decode(&in) // the operation reports what is wrong with the body
	return in
}

// named is the function of a request: in its path by name or ARN, in its body where it is new.
func (l *Lambda) named(c *call) []thing {
	name := c.param("FunctionName") + c.param("Resource")
	if name == "" {
		name = l.input(c).FunctionName
	}
	_, bare, isARN := strings.Cut(name, ":function:")
	if isARN {
		name = bare
	}
	name, _, _ = strings.Cut(name, ":")
	t := thing{arn: l.aws.arnIn(c, "lambda", "function:"+name)}
	if f := l.functions[name]; f != nil {
		t.tags = f.Tags
	}
	return []thing{t}
}

func (l *Lambda) alsoPass(c *call) []access {
	if role := l.input(c).Role; role != "" {
		return []access{passRole(role, "lambda.amazonaws.com")}
	}
	return nil
}

// alsoCreate: tags of a new function need the right to tag it (AWS's answer in public reports).
func (l *Lambda) alsoCreate(c *call) []access {
	needs := append(l.alsoPass(c), l.alsoImage(c)...)
	if tags := l.input(c).Tags; len(tags) > 0 {
		needs = append(needs, access{"lambda:TagResource", l.named(c)[0].arn, tagKeys, ofTags(tags)})
	}
	return needs
}

// alsoImage: who gives a function its image has to be able to read it, and to read and write the
// policy of its repository, since Lambda adds a statement of its own there (Developer Guide, "Create a
// Lambda function using a container image", "Amazon ECR permissions").
func (l *Lambda) alsoImage(c *call) []access {
	in := l.input(c)
	image := in.ImageURI + in.Code.ImageURI
	if image == "" {
		return nil
	}
	repository := l.aws.repositoryOf(c, image)
	var needs []access
	for _, action := range []string{
		"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy", "ecr:SetRepositoryPolicy",
	} {
		needs = append(needs, access{action: action, resource: repository, keys: resourceTags})
	}
	return needs
}
