// Command lambda is the runner: the program that AWS Lambda starts when a schedule fires. On any
// other machine it plays Lambda's local endpoint: serve.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	_ "time/tzdata" // days off are dates in the event's zone; a runtime may lack the zones

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/awsenv"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

const exitUsage = 2

func main() {
	h := &handler{load: fromEnvironment(os.Getenv), clock: command.SystemClock{}}
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		h.log = slog.New(slog.NewJSONHandler(os.Stderr, nil)).With(slog.String("runner", runnerversion.Version))
		lambda.Start(h)
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("savings-runner " + runnerversion.Version)
		return
	}
	if len(os.Args) < 2 || os.Args[1] != "serve" {
		fmt.Fprintln(os.Stderr, "this program runs in AWS Lambda; on this machine, use: "+
			"savings run rds stop-cluster NAME\n"+
			"or let it play Lambda's local endpoint: serve [--port 9000] [--address 127.0.0.1]")
		os.Exit(exitUsage)
	}
	h.log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := serve(ctx, os.Args[2:], h, os.Stderr)
	stop()
	os.Exit(code)
}

// fromEnvironment loads the configuration once, for all events: each HTTP client has connections of its
// own, which stay open for a minute and a half.
func fromEnvironment(getenv func(string) string) func(context.Context) (aws.Config, error) {
	load := sync.OnceValues(func() (aws.Config, error) {
		return awsenv.Load(getenv, "savings-runner/"+runnerversion.Version)
	})
	return func(context.Context) (aws.Config, error) { return load() }
}
