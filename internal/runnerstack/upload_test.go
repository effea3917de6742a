package runnerstack_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// slowLine sends the uploads through a client whose own time limit they exceed.
type slowLine struct {
	runnerstack.Lambda
	impatient *lambda.Client
}

func (l slowLine) CreateFunction(ctx context.Context, in *lambda.CreateFunctionInput,
	opts ...func(*lambda.Options)) (*lambda.CreateFunctionOutput, error) {
	return l.impatient.CreateFunction(ctx, in, opts...)
}

func (l slowLine) UpdateFunctionCode(ctx context.Context, in *lambda.UpdateFunctionCodeInput,
	opts ...func(*lambda.Options)) (*lambda.UpdateFunctionCodeOutput, error) {
	return l.impatient.UpdateFunctionCode(ctx, in, opts...)
}

func TestUpload_outlastsOtherCalls(t *testing.T) {
	t.Parallel()
	a := start(t)
	cfg, err := awsconfig.Load(t.Context(), awsconfig.Options{
		Region: "us-east-1", EndpointURL: a.aws.URL(), RequestTimeout: time.Nanosecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Credentials = a.aws.Config().Credentials
	a.Lambda = slowLine{a.Lambda, lambda.NewFromConfig(cfg)}

	mustCreate(t, a, other(t))
	if _, err := a.Update(t.Context(), other(t), full(t)); err != nil {
		t.Fatal(err)
	}
	wantComplete(t, a)
}
