package fakeaws

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	gocmp "github.com/google/go-cmp/cmp"
)

func newTestLambda(t *testing.T, opts ...Option) (*AWS, *lambda.Client) {
	t.Helper()
	clock := NewClock(testTime)
	a := Start(t, append([]Option{WithClock(clock.Now)}, opts...)...)
	a.IAM().PutRole(Role{Name: "runner", Trust: TrustService("lambda.amazonaws.com")})
	return a, lambda.NewFromConfig(a.Config())
}

func zipOf(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("bootstrap")
	noError(t, err)
	_, err = f.Write([]byte(text))
	noError(t, err)
	noError(t, w.Close())
	return b.Bytes()
}

func createFunction(
	t *testing.T, client *lambda.Client, change func(*lambda.CreateFunctionInput),
) (*lambda.CreateFunctionOutput, error) {
	t.Helper()
	in := &lambda.CreateFunctionInput{
		FunctionName: aws.String("f"), Role: aws.String("arn:aws:iam::123456789012:role/runner"),
		Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Code: &types.FunctionCode{ZipFile: zipOf(t, "one")},
	}
	if change != nil {
		change(in)
	}
	return client.CreateFunction(t.Context(), in)
}

// Defaults are those of the API Reference (CreateFunction); Text, the log group, SnapStart Off and
// Pending with the reason Creating as recorded from AWS (LocalStack's snapshot tests).
func TestCreateFunction(t *testing.T) {
	t.Parallel()
	_, client := newTestLambda(t)
	code := zipOf(t, "one")
	got, err := createFunction(t, client, func(in *lambda.CreateFunctionInput) {
		in.Architectures = []types.Architecture{types.ArchitectureArm64}
		in.Environment = &types.Environment{Variables: map[string]string{"A": "b"}}
	})
	noError(t, err)
	sum := sha256.Sum256(code)
	want := &lambda.CreateFunctionOutput{
		FunctionName:     aws.String("f"),
		FunctionArn:      aws.String("arn:aws:lambda:us-east-1:123456789012:function:f"),
		Role:             aws.String("arn:aws:iam::123456789012:role/runner"),
		Runtime:          types.RuntimeProvidedal2023,
		Handler:          aws.String("bootstrap"),
		Description:      aws.String(""),
		Timeout:          aws.Int32(3),
		MemorySize:       aws.Int32(128),
		PackageType:      types.PackageTypeZip,
		Architectures:    []types.Architecture{types.ArchitectureArm64},
		Environment:      &types.EnvironmentResponse{Variables: map[string]string{"A": "b"}},
		EphemeralStorage: &types.EphemeralStorage{Size: aws.Int32(512)},
		LoggingConfig: &types.LoggingConfig{
			LogFormat: types.LogFormatText, LogGroup: aws.String("/aws/lambda/f"),
		},
		TracingConfig: &types.TracingConfigResponse{Mode: types.TracingModePassThrough},
		SnapStart: &types.SnapStartResponse{
			ApplyOn: types.SnapStartApplyOnNone, OptimizationStatus: types.SnapStartOptimizationStatusOff,
		},
		CodeSha256:      aws.String(base64.StdEncoding.EncodeToString(sum[:])),
		CodeSize:        int64(len(code)),
		Version:         aws.String("$LATEST"),
		LastModified:    aws.String("2026-03-02T09:00:00.000+0000"),
		RevisionId:      got.RevisionId,
		State:           types.StatePending,
		StateReasonCode: types.StateReasonCodeCreating,
		StateReason:     aws.String("The function is being created."),
		ResultMetadata:  got.ResultMetadata,
	}
	if diff := gocmp.Diff(want, got, shapes); diff != "" {
		t.Errorf("CreateFunction (-want +got):\n%s", diff)
	}
}

func TestCreateFunctionRefuses(t *testing.T) {
	t.Parallel()
	a, client := newTestLambda(t)
	a.Lambda().PutFunction(Function{FunctionName: "taken"})
	invalid := "InvalidParameterValueException"
	tests := map[string]struct {
		change        func(*lambda.CreateFunctionInput)
		code, message string
	}{
		// The text that a fresh role meets (terraform-provider-aws issue 14285).
		"role that nobody knows": {
			func(in *lambda.CreateFunctionInput) {
				in.Role = aws.String("arn:aws:iam::123456789012:role/x")
			},
			invalid, "The role defined for the function cannot be assumed by Lambda.",
		},
		"no zip": {
			func(in *lambda.CreateFunctionInput) { in.Code.ZipFile = []byte("text") }, invalid, "",
		},
		// Developer Guide, "Lambda quotas": 128 to 10,240 MB, 1 to 900 s, 4 KB of environment.
		"memory": {
			func(in *lambda.CreateFunctionInput) { in.MemorySize = aws.Int32(64) }, invalid, "",
		},
		"timeout": {
			func(in *lambda.CreateFunctionInput) { in.Timeout = aws.Int32(901) }, "ValidationException", "",
		},
		"environment": {
			func(in *lambda.CreateFunctionInput) {
				in.Environment = &types.Environment{
					Variables: map[string]string{"A": strings.Repeat("x", maxEnvironment)},
				}
			}, invalid, "",
		},
		"no handler": {
			func(in *lambda.CreateFunctionInput) { in.Handler = nil }, invalid, "",
		},
		"two architectures": {
			func(in *lambda.CreateFunctionInput) {
				in.Architectures = []types.Architecture{"arm64", "x86_64"}
			}, invalid, "",
		},
		"runtime beside an image": {
			func(in *lambda.CreateFunctionInput) {
				in.PackageType, in.Code = "Image", &types.FunctionCode{ImageUri: aws.String("r:t")}
			}, invalid, "",
		},
		"name": {
			func(in *lambda.CreateFunctionInput) { in.FunctionName = aws.String("a b") },
			"ValidationException", "",
		},
		"name that is taken": {
			func(in *lambda.CreateFunctionInput) { in.FunctionName = aws.String("taken") },
			"ResourceConflictException", "Function already exist: taken",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := createFunction(t, client, tt.change)
			wantError(t, err, tt.code, tt.message)
		})
	}
}

func TestFreshRoleIsRefused(t *testing.T) {
	t.Parallel()
	a, client := newTestLambda(t)
	a.IAM().RefuseAssume("runner", 1)
	_, err := createFunction(t, client, nil)
	wantError(t, err, "InvalidParameterValueException",
		"The role defined for the function cannot be assumed by Lambda.")
	_, err = createFunction(t, client, nil)
	noError(t, err)
}

// While Pending, and while an update is InProgress, changes are refused; TagResource too (Developer
// Guide, "Lambda function states").
func TestFunctionStates(t *testing.T) {
	t.Parallel()
	a, client := newTestLambda(t)
	a.Lambda().SlowCreate(2)
	a.Lambda().SlowUpdate(3)
	_, err := createFunction(t, client, nil)
	noError(t, err)
	update := func() error {
		_, err := client.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{
			FunctionName: aws.String("f"), ZipFile: zipOf(t, "two"),
		})
		return err
	}
	configuration := func() *lambda.GetFunctionConfigurationOutput {
		out, err := client.GetFunctionConfiguration(t.Context(),
			&lambda.GetFunctionConfigurationInput{FunctionName: aws.String("f")})
		noError(t, err)
		return out
	}
	wantError(t, update(), "ResourceConflictException", "The operation cannot be performed at this "+
		"time. The function is currently in the following state: Pending")
	if got := configuration().State; got != types.StatePending {
		t.Errorf("state %s, want Pending", got)
	}
	if got := configuration(); got.State != types.StateActive || got.LastUpdateStatus != "Successful" {
		t.Errorf("state %s, last update %s", got.State, got.LastUpdateStatus)
	}
	noError(t, update())
	const inProgress = "The operation cannot be performed at this time. " +
		"An update is in progress for resource: arn:aws:lambda:us-east-1:123456789012:function:f"
	_, err = client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("f"), Timeout: aws.Int32(60),
	})
	wantError(t, err, "ResourceConflictException", inProgress)
	_, err = client.TagResource(t.Context(), &lambda.TagResourceInput{
		Resource: aws.String(a.lambda.arn("f")), Tags: map[string]string{"a": "b"},
	})
	wantError(t, err, "ResourceConflictException", inProgress)
	if got := configuration().LastUpdateStatus; got != types.LastUpdateStatusInProgress {
		t.Errorf("last update %s, want InProgress", got)
	}
	if got := configuration().LastUpdateStatus; got != types.LastUpdateStatusSuccessful {
		t.Errorf("last update %s, want Successful", got)
	}
}

// UpdateFunctionConfiguration changes what it names and nothing else (API Reference).
func TestUpdateFunctionConfiguration(t *testing.T) {
	t.Parallel()
	a, client := newTestLambda(t)
	_, err := createFunction(t, client, func(in *lambda.CreateFunctionInput) {
		in.Description, in.Timeout = aws.String("d"), aws.Int32(60)
	})
	noError(t, err)
	before, _ := a.Lambda().Function("f")
	_, err = client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String(before.FunctionArn), MemorySize: aws.Int32(256),
	})
	noError(t, err)
	after, _ := a.Lambda().Function("f")
	if after.MemorySize != 256 || after.Timeout != 60 || after.Description != "d" ||
		after.RevisionID == before.RevisionID {
		t.Errorf("after the update: %+v", after)
	}
	_, err = client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("f"), Role: aws.String("arn:aws:iam::123456789012:role/x"),
	})
	wantError(t, err, "InvalidParameterValueException", "")
	_, err = client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("none"),
	})
	wantError(t, err, "ResourceNotFoundException",
		"Function not found: arn:aws:lambda:us-east-1:123456789012:function:none")
}

func TestFunctionTagsAndDelete(t *testing.T) {
	t.Parallel()
	a, client := newTestLambda(t)
	_, err := createFunction(t, client, func(in *lambda.CreateFunctionInput) {
		in.Tags = map[string]string{"a": "1", "b": "2", "c": "3"}
	})
	noError(t, err)
	arn := aws.String(a.lambda.arn("f"))
	_, err = client.UntagResource(t.Context(),
		&lambda.UntagResourceInput{Resource: arn, TagKeys: []string{"a", "b"}})
	noError(t, err)
	_, err = client.TagResource(t.Context(),
		&lambda.TagResourceInput{Resource: arn, Tags: map[string]string{"d": ""}})
	noError(t, err)
	tags, err := client.ListTags(t.Context(), &lambda.ListTagsInput{Resource: arn})
	noError(t, err)
	if diff := gocmp.Diff(map[string]string{"c": "3", "d": ""}, tags.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	remove := func() error {
		_, err := client.DeleteFunction(t.Context(),
			&lambda.DeleteFunctionInput{FunctionName: aws.String("f")})
		return err
	}
	want := []string{"iam role runner", "lambda function f"}
	if diff := gocmp.Diff(want, a.Leftovers()); diff != "" {
		t.Errorf("leftovers (-want +got):\n%s", diff)
	}
	noError(t, remove())
	wantError(t, remove(), "ResourceNotFoundException", "")
}

// 0 to 2 attempts, 60 to 21,600 seconds; Put replaces all, Update what it names (API Reference,
// PutFunctionEventInvokeConfig and UpdateFunctionEventInvokeConfig).
func TestEventInvokeConfig(t *testing.T) {
	t.Parallel()
	a, client := newTestLambda(t)
	a.Lambda().PutFunction(Function{FunctionName: "f"})
	name := aws.String("f")
	get := func() (*lambda.GetFunctionEventInvokeConfigOutput, error) {
		return client.GetFunctionEventInvokeConfig(t.Context(),
			&lambda.GetFunctionEventInvokeConfigInput{FunctionName: name})
	}
	put := func(in lambda.PutFunctionEventInvokeConfigInput) error {
		in.FunctionName = name
		_, err := client.PutFunctionEventInvokeConfig(t.Context(), &in)
		return err
	}
	_, err := get()
	wantError(t, err, "ResourceNotFoundException", "")
	err = put(lambda.PutFunctionEventInvokeConfigInput{MaximumRetryAttempts: aws.Int32(3)})
	wantError(t, err, "InvalidParameterValueException", "")
	err = put(lambda.PutFunctionEventInvokeConfigInput{
		MaximumRetryAttempts: aws.Int32(0),
		DestinationConfig: &types.DestinationConfig{
			OnFailure: &types.OnFailure{Destination: aws.String("arn:q")},
		},
	})
	noError(t, err)
	_, err = client.UpdateFunctionEventInvokeConfig(t.Context(),
		&lambda.UpdateFunctionEventInvokeConfigInput{
			FunctionName: name, MaximumEventAgeInSeconds: aws.Int32(60),
		})
	noError(t, err)
	got, err := get()
	noError(t, err)
	if *got.MaximumRetryAttempts != 0 || *got.MaximumEventAgeInSeconds != 60 ||
		*got.DestinationConfig.OnFailure.Destination != "arn:q" || !got.LastModified.Equal(testTime) {
		t.Errorf("config %+v", got)
	}
	err = put(lambda.PutFunctionEventInvokeConfigInput{MaximumRetryAttempts: aws.Int32(1)})
	noError(t, err)
	got, err = get()
	noError(t, err)
	if got.MaximumEventAgeInSeconds != nil || got.DestinationConfig != nil {
		t.Errorf("config after Put %+v", got)
	}
	_, err = client.DeleteFunctionEventInvokeConfig(t.Context(),
		&lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: name})
	noError(t, err)
	_, err = get()
	wantError(t, err, "ResourceNotFoundException", "")
}

// A page holds at most 50, and states are left out (API Reference, ListFunctions).
func TestListFunctionsPages(t *testing.T) {
	t.Parallel()
	a, client := newTestLambda(t)
	for i := range 60 {
		a.Lambda().PutFunction(Function{FunctionName: fmt.Sprintf("f%02d", i)})
	}
	var sizes []int
	pages := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		noError(t, err)
		sizes = append(sizes, len(page.Functions))
		if page.Functions[0].State != "" {
			t.Errorf("state %s in a list", page.Functions[0].State)
		}
	}
	if diff := gocmp.Diff([]int{50, 10}, sizes); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}
