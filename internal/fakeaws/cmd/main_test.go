package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// asProgram makes the test's own program run as the command.
const asProgram = "FAKEAWS_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program is the running command.
type program struct {
	cmd *exec.Cmd
	url string
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), executable, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &program{cmd, strings.TrimSpace(line)}
}

func (p *program) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = p.cmd.Wait() // killed
}

const configuration = `
terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}
resource "savings_runner" "this" {
  name = "tools"
}
resource "savings_schedule" "this" {
  name           = "nightly"
  function_arn   = savings_runner.this.function_arn
  role_arn       = savings_runner.this.scheduler_role_arn
  runner_role_name = savings_runner.this.execution_role_name
  timezone       = "Asia/Tokyo"
  events = {
    stop  = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 ? * MON-FRI *)" }
    start = { args = ["rds", "start-cluster", "db"], cron_expr = "cron(0 8 ? * MON-FRI *)" }
  }
}
`

// TestProgram_killed kills the fake, not what talks to it, while a fifth of the calls fail: what it
// had answered is there afterwards, so that OpenTofu finds its state to be true.
func TestProgram_killed(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "aws.jsonl")
	p := start(t, "-port", "0", "-state", state, "-fail", "0.2", "-seed", "7")
	t.Logf("-fail 0.2 -seed 7")
	c := acctest.NewCLI(t, tfcli.Tofu, "AWS_ENDPOINT_URL="+p.url, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
	c.Write("main.tf", configuration)
	c.Init()
	c.Apply()
	_, port, _ := strings.Cut(strings.TrimPrefix(p.url, "http://"), ":")
	p.kill(t)
	p = start(t, "-port", port, "-state", state)
	c.PlanEmpty()
	c.Destroy()
	p.kill(t)
	p = start(t, "-port", port, "-state", state)
	defer p.kill(t)
	c.Apply() // nothing is in the way
	c.PlanEmpty()
}

func TestRun_flags(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), []string{"-fail", "1"}, func(string) { t.Error("it serves") })
	if err == nil || !strings.Contains(err.Error(), "-fail") {
		t.Errorf("got %v, want an error that names -fail", err)
	}
}

// TestRun_ends stops at the end of its context, on a loopback address.
func TestRun_ends(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	state := filepath.Join(t.TempDir(), "aws.jsonl")
	err := run(ctx, []string{"-port", "0", "-state", state}, func(address string) {
		if !strings.HasPrefix(address, "127.0.0.1:") {
			t.Errorf("listens at %s, want 127.0.0.1 alone", address)
		}
		cancel()
	})
	if err != nil {
		t.Error(err)
	}
}
