package acctest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestRunning_killProvider kills the provider in the middle of an AWS call that never ends; the
// program survives and reports it.
func TestRunning_killProvider(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	called := make(chan struct{})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(called) })
		_, _ = io.Copy(io.Discard, r.Body) // before, the server does not see that the client is gone
		<-r.Context().Done()
	}))
	defer server.Close()
	c := NewCLI(t, tfcli.Tofu, "AWS_ENDPOINT_URL="+server.URL, "AWS_REGION=ap-northeast-1",
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
	c.Write("main.tf", `
terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}
resource "savings_schedule" "this" {
  name         = "killed"
  function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role_arn     = "arn:aws:iam::123456789012:role/tools-scheduler"
  timezone     = "Asia/Tokyo"
  permissions  = "external"
  events = {
    stop = { args = ["rds", "stop-cluster", "db"], cron_expr = "cron(0 21 * * ? *)" }
  }
}
`)
	c.Init()
	run := c.Start("apply", "-auto-approve")
	select {
	case <-called:
	case <-time.After(time.Minute):
		t.Fatal("the provider called nothing")
	}
	killed, err := run.KillProvider()
	if err != nil || killed != 1 {
		t.Errorf("got %d killed and %v, want 1", killed, err)
	}
	res, err := run.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if res.ExitCode != 1 {
		t.Errorf("exit status: got %d, want 1:\n%s%s", res.ExitCode, res.Stdout, res.Stderr)
	}
}
