// Command lambda is the runner: the program that AWS Lambda starts when a schedule fires.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	_ "time/tzdata" // days off are dates in the event's zone; a runtime may lack the zones

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

func main() {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		fmt.Fprintln(os.Stderr,
			"this program runs in AWS Lambda only; on this machine, use: savings run rds stop-cluster NAME")
		os.Exit(2)
	}
	lambda.Start(&handler{
		load:  loadConfig,
		clock: command.SystemClock{},
		log:   slog.New(slog.NewJSONHandler(os.Stderr, nil)),
	})
}

func loadConfig(ctx context.Context) (aws.Config, error) {
	return awsconfig.Load(ctx, awsconfig.Options{UserAgent: "savings-runner/" + runnerversion.Version})
}
