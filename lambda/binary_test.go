package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

// build builds the runner as the release does, and returns its path.
func build(t *testing.T, goos, goarch string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false",
		"-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the runner: %v\n%s", err, out)
	}
	return path
}

func TestBinaryOutsideLambda(t *testing.T) {
	t.Parallel()
	program := build(t, runtime.GOOS, runtime.GOARCH)
	version, err := exec.CommandContext(t.Context(), program, "--version").Output()
	if want := "savings-runner " + runnerversion.Version + "\n"; err != nil || string(version) != want {
		t.Errorf("--version: got %q, %v; want %q", version, err, want)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = []string{"PATH=/nonexistent"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err = cmd.Run()
	const want = "this program runs in AWS Lambda; on this machine, use: " +
		"savings run rds stop-cluster NAME\n" +
		"or let it play Lambda's local endpoint: serve [--port 9000] [--address 127.0.0.1]\n"
	if cmd.ProcessState.ExitCode() != 2 || stderr.String() != want {
		t.Errorf("%v, stderr %q; want exit code 2 and %q", err, stderr.String(), want)
	}
}

func TestBinaryInLambda(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	busy := fakeaws.DBCluster{ID: "busy"}
	busy.Status = "backing-up"
	a.RDS().PutCluster(busy)
	api := acctest.StartLambdaRuntime(t, "arn:aws:lambda:us-east-1:123456789012:function:tools",
		10*time.Second, // so polling is over before it begins
		`{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`,
		`{"args":["rds","stop-cluster","busy","sample-ai-aurora-cluster"]}`,
		`{}`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, build(t, runtime.GOOS, runtime.GOARCH))
	cmd.Env = []string{
		api.Env(), "AWS_ENDPOINT_URL=" + a.URL(), "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	err := cmd.Run() // it ends with an error: there is no fourth event
	answers := api.Answers()
	if len(answers) != 3 {
		t.Fatalf("answers %v, error %v; log:\n%s", answers, err, log.String())
	}
	if got := answers[0]; got.Failed || got.Body != stopped {
		t.Errorf("first answer %v, want %s", got, stopped)
	}
	failure := struct{ ErrorMessage, ErrorType string }{}
	if err := json.Unmarshal([]byte(answers[1].Body), &failure); err != nil {
		t.Fatal(err)
	}
	sentence, results, _ := strings.Cut(failure.ErrorMessage, "\n")
	if !answers[1].Failed || failure.ErrorType != "runError" ||
		sentence != "1 of 2 failed: busy: still backing-up after 0s" || !json.Valid([]byte(results)) {
		t.Errorf("second answer %v", answers[1])
	}
	if got := answers[2]; !got.Failed || !strings.Contains(got.Body, `event without`) {
		t.Errorf("third answer %v", got)
	}
	if strings.Contains(log.String(), "AKIDEXAMPLE") {
		t.Errorf("the log holds a key:\n%s", log.String())
	}
}
