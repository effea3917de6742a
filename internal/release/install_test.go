package release_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const (
	source = "spin-dd/savings"
	region = "ap-northeast-1"
)

// hashes are those of a platform's zip in the lock file: h1 of what is in it, zh of the file itself.
func (r release) hashes(t *testing.T, platform string) (h1, zh string) {
	t.Helper()
	path := r.file(project, platform+".zip")
	h1, err := dirhash.HashZip(path, dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	return h1, "zh:" + hash(read(t, path))
}

// filesystemMirror lays the zips out as a mirror in a folder ("CLI Configuration File", packed layout) and
// returns the method that installs from it.
func (r release) filesystemMirror(t *testing.T, tool tfcli.Tool) (dir, method string) {
	t.Helper()
	dir = t.TempDir()
	packages := filepath.Join(dir, tool.Registry(), filepath.FromSlash(source))
	if err := os.MkdirAll(packages, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, platform := range platforms() {
		path := r.file(project, platform+".zip")
		if err := os.WriteFile(filepath.Join(packages, filepath.Base(path)), read(t, path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, fmt.Sprintf("filesystem_mirror { path = %q }", dir)
}

// networkMirror serves the zips over HTTPS ("Provider Network Mirror Protocol"), each as change makes it. It
// returns the method that installs from it, and the environment in which its certificate is trusted.
func (r release) networkMirror(
	t *testing.T, tool tfcli.Tool, change func(*testing.T, []byte) []byte,
) (url, method string, env []string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux does SSL_CERT_FILE say which certificates are trusted")
	}
	type archive struct {
		URL    string   `json:"url"`
		Hashes []string `json:"hashes"`
	}
	archives := map[string]archive{}
	for _, platform := range platforms() {
		h1, zh := r.hashes(t, platform)
		archives[platform] = archive{filepath.Base(r.file(project, platform+".zip")), []string{h1, zh}}
	}
	answers := map[string]any{
		"index.json":        map[string]any{"versions": map[string]any{r.Version: struct{}{}}},
		r.Version + ".json": map[string]any{"archives": archives},
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		name, ok := strings.CutPrefix(req.URL.Path, "/mirror/"+tool.Registry()+"/"+source+"/")
		if !ok {
			http.NotFound(w, req)
			return
		}
		if answer, ok := answers[name]; ok {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer)
			return
		}
		content, err := os.ReadFile(filepath.Join(r.Dir, filepath.Base(name)))
		if err != nil {
			http.NotFound(w, req)
			return
		}
		_, _ = w.Write(change(t, content))
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	url = server.URL + "/mirror/"
	return url, fmt.Sprintf("network_mirror { url = %q }", url), []string{"SSL_CERT_FILE=" + file}
}

func asItIs(_ *testing.T, content []byte) []byte { return content }

// damaged is the zip with one more file in it.
func damaged(t *testing.T, content []byte) []byte {
	t.Helper()
	old, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Error(err)
		return nil
	}
	var changed bytes.Buffer
	archive := zip.NewWriter(&changed)
	for _, file := range old.File {
		if err := archive.Copy(file); err != nil {
			t.Error(err)
		}
	}
	if _, err := archive.Create("more"); err != nil {
		t.Error(err)
	}
	if err := archive.Close(); err != nil {
		t.Error(err)
	}
	return changed.Bytes()
}

func (r release) configuration() string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    savings = {
      source  = %q
      version = %q
    }
  }
}

resource "savings_runner" "tools" {
  name         = "tools"
  architecture = "arm64"
}

resource "savings_schedule" "this" {
  name             = "dev"
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"
  events = {
    stop = { args = ["rds", "stop-cluster", "web"], cron_expr = "cron(0 21 ? * MON-FRI *)" }
  }
}
`, source, r.Version)
}

// cli is a program in a folder with the configuration, and a fake AWS to plan against.
func (r release) cli(t *testing.T, tool tfcli.Tool, method string, env ...string) *acctest.CLI {
	t.Helper()
	aws := fakeaws.Start(t, fakeaws.WithRegion(region))
	c := acctest.NewCLI(t, tool, append(env,
		"AWS_ENDPOINT_URL="+aws.URL(), "AWS_REGION="+region, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing")...)
	c.InstallFrom(method)
	c.Write("main.tf", r.configuration())
	return c
}

// installed fails the test unless the provider in the folder is the release's: locked with hashes, and with
// the release's runner in its plan.
func (r release) installed(t *testing.T, c *acctest.CLI, hashes ...string) {
	t.Helper()
	lock := string(read(t, filepath.Join(c.Dir, ".terraform.lock.hcl")))
	for _, want := range append(hashes, `provider "`+c.Tool.Registry()+"/"+source+`"`, `"`+r.Version+`"`) {
		if !strings.Contains(lock, want) {
			t.Errorf("the lock file is without %s:\n%s", want, lock)
		}
	}
	plan := c.Plan()
	code := bundle.Digest(read(t, r.file(runner, "arm64.zip")))
	if !strings.Contains(plan.Text, "Plan: 2 to add") || !strings.Contains(plan.Text, code) {
		t.Errorf("the plan is without two resources and the digest %s:\n%s", code, plan.Text)
	}
}

func TestInstall_filesystemMirror(t *testing.T) {
	t.Parallel()
	r := open(t)
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		dir, method := r.filesystemMirror(t, tool)
		c := r.cli(t, tool, method)
		c.Init()
		h1, _ := r.hashes(t, host)
		r.installed(t, c, h1)

		r.lockAll(t, c, "-fs-mirror="+dir)
	})
}

func TestInstall_networkMirror(t *testing.T) {
	t.Parallel()
	r := open(t)
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		url, method, env := r.networkMirror(t, tool, asItIs)
		c := r.cli(t, tool, method, env...)
		c.Init()
		h1, zh := r.hashes(t, host)
		r.installed(t, c, h1)
		if tool == tfcli.Tofu { // Terraform takes the zips' own sums from registries alone
			r.installed(t, c, zh)
		}

		r.lockAll(t, c, "-net-mirror="+url)
	})
}

// lockAll locks all platforms, as a team does whose machines differ, and installs again from that.
func (r release) lockAll(t *testing.T, c *acctest.CLI, mirror string) {
	t.Helper()
	args := []string{"providers", "lock", mirror}
	var hashes []string
	for _, platform := range platforms() {
		args = append(args, "-platform="+platform)
		h1, _ := r.hashes(t, platform)
		hashes = append(hashes, h1)
	}
	if err := os.Remove(filepath.Join(c.Dir, ".terraform.lock.hcl")); err != nil {
		t.Fatal(err)
	}
	if result := c.Run(args...); result.ExitCode != 0 {
		t.Fatalf("%s: %s%s", args, result.Stdout, result.Stderr)
	}
	c.Init()
	r.installed(t, c, hashes...)
}

// A mirror that serves other bytes than it announces is refused.
func TestInstall_damaged(t *testing.T) {
	t.Parallel()
	r := open(t)
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, method, env := r.networkMirror(t, tool, damaged)
		c := r.cli(t, tool, method, env...)
		result := c.Run("init", "-no-color")
		if result.ExitCode == 0 || !strings.Contains(acctest.Flat(result.Stderr), "checksum") {
			t.Errorf("init: exit code %d, want the checksum to be refused\n%s%s", result.ExitCode, result.Stdout, result.Stderr)
		}
	})
}
