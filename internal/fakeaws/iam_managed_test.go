package fakeaws

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// A managed policy is read in two calls, which version counts and its document, URL-encoded (IAM API
// Reference, GetPolicy and GetPolicyVersion).
func TestManagedPolicy(t *testing.T) {
	t.Parallel()
	const arn, document = "arn:aws:iam::123456789012:policy/p", `{"Version":"2012-10-17", "Statement":[]}`
	a := Start(t)
	a.IAM().PutManagedPolicy(arn, document)
	client := iam.NewFromConfig(a.Config())
	policy, err := client.GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: aws.String(arn)})
	noError(t, err)
	version, err := client.GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{
		PolicyArn: aws.String(arn), VersionId: policy.Policy.DefaultVersionId,
	})
	noError(t, err)
	got, err := url.PathUnescape(aws.ToString(version.PolicyVersion.Document))
	if err != nil || got != document {
		t.Errorf("%v, document %s", err, got)
	}
	_, err = client.GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: aws.String(arn + "2")})
	wantError(t, err, "NoSuchEntity", "")
}

// A function's ARN may end in an alias, which is not found where there is none of that name (Lambda API
// Reference, GetFunction; error ResourceNotFoundException).
func TestGetFunction_alias(t *testing.T) {
	t.Parallel()
	a := Start(t)
	a.Lambda().PutFunction(Function{FunctionName: "tools", Aliases: []string{"live"}})
	client := lambda.NewFromConfig(a.Config())
	get := func(name string) error {
		_, err := client.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String(name)})
		return err
	}
	noError(t, get("tools"))
	noError(t, get("arn:aws:lambda:us-east-1:123456789012:function:tools:live"))
	wantError(t, get("arn:aws:lambda:us-east-1:123456789012:function:tools:gone"), "ResourceNotFoundException", "")
}
