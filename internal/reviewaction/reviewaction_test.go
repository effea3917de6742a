// Package reviewaction tests the script of the GitHub action that comments on pull requests, against
// a stand-in for GitHub's releases and its comments API.
package reviewaction

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

const (
	marker = "<!-- savings-review: default -->\n"
	token  = "ghs_secret"
)

// The bare configuration is a plan that adds its schedules.
const plan = `{"name":"saving","timezone":"Asia/Tokyo","events":{"rds_stop":{
	"args":["rds","stop-cluster","my-aurora"],"cron_expr":"cron(0 21 ? * MON-FRI *)"}}}`

type comment struct {
	ID   int    `json:"id"`
	Body string `json:"body"`
	User struct {
		Login string `json:"login"`
	} `json:"user"`
}

const author = "github-actions[bot]"

func commentBy(login string, id int, body string) comment {
	c := comment{ID: id, Body: body}
	c.User.Login = login
	return c
}

// github plays GitHub.
type github struct {
	archive []byte
	sums    string

	mu       sync.Mutex
	comments []comment
	requests []string
	// refuse answers each request to the API with this status.
	refuse int
}

func (g *github) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	const releases = "/releases/v0.1.0/"
	switch name, ok := strings.CutPrefix(r.URL.Path, releases); {
	case ok && strings.HasSuffix(name, ".tar.gz"):
		_, _ = w.Write(g.archive)
		return
	case ok:
		_, _ = io.WriteString(w, g.sums)
		return
	}
	g.requests = append(g.requests, r.Method+" "+r.URL.Path)
	switch {
	case r.Header.Get("Authorization") != "Bearer "+token:
		w.WriteHeader(http.StatusUnauthorized)
	case g.refuse != 0:
		w.WriteHeader(g.refuse)
	default:
		g.serveComments(w, r)
	}
}

func (g *github) serveComments(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Body string `json:"body"`
	}
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	const list, one = "/repos/o/r/issues/7/comments", "/repos/o/r/issues/comments/"
	id, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, one))
	switch {
	case r.Method == http.MethodGet && r.URL.Path == list:
		size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		from := min((page-1)*size, len(g.comments))
		_ = json.NewEncoder(w).Encode(g.comments[from:min(from+size, len(g.comments))])
	case r.Method == http.MethodPost && r.URL.Path == list:
		g.comments = append(g.comments, commentBy(author, len(g.comments)+1, in.Body))
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPatch && id > 0 && id <= len(g.comments):
		g.comments[id-1].Body = in.Body
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// job is one run of the action in a job of a workflow.
type job struct {
	*github
	server *httptest.Server
	dir    string
	env    map[string]string
}

func newJob(t *testing.T) *job {
	t.Helper()
	for _, program := range []string{"bash", "curl", "jq", "tar"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the action's script needs %s", program)
		}
	}
	g := &github{archive: archive(t)}
	name := fmt.Sprintf("savings_0.1.0_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	g.sums = fmt.Sprintf("%x  other.tar.gz\n%x  %s\n", sha256.Sum256(nil), sha256.Sum256(g.archive), name)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	j := &job{github: g, server: server, dir: dir, env: map[string]string{
		"INPUT_PLAN": write(t, dir, "plan.json", plan), "INPUT_VERSION": "v0.1.0", "INPUT_LANG": "en",
		"INPUT_FAIL_ON": "", "INPUT_MIN_OFF_HOURS": "", "INPUT_PRICES": "", "INPUT_COMMENT": "default",
		"INPUT_TOKEN": token, "INPUT_AUTHOR": author, "INPUT_DOWNLOAD_URL": server.URL + "/releases",
		"GITHUB_API_URL": server.URL, "GITHUB_REPOSITORY": "o/r", "RUNNER_TEMP": dir,
		"GITHUB_EVENT_PATH":   write(t, dir, "event.json", `{"pull_request":{"number":7}}`),
		"GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary.md"),
		"GITHUB_OUTPUT":       filepath.Join(dir, "output"),
	}}
	return j
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// archive is a release's archive with the command line as it is now.
var archive = func() func(*testing.T) []byte {
	var once sync.Once
	var content []byte
	return func(t *testing.T) []byte {
		t.Helper()
		once.Do(func() { content = buildArchive(t) })
		if content == nil {
			t.Fatal("there is no archive")
		}
		return content
	}
}()

func buildArchive(t *testing.T) []byte {
	t.Helper()
	program := filepath.Join(t.TempDir(), "savings")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/savings")
	cmd.Dir = acctest.Root(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the command line: %v\n%s", err, out)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	return packed(t, content)
}

// packed is a release's archive with a program.
func packed(t *testing.T, program []byte) []byte {
	t.Helper()
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	err := w.WriteHeader(&tar.Header{Name: "savings", Mode: 0o755, Size: int64(len(program))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(program); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return []byte(packed.String())
}

// run runs the script and returns its exit status and what it printed.
func (j *job) run(t *testing.T) (status int, printed string) {
	t.Helper()
	script := filepath.Join(acctest.Root(t), ".github", "actions", "review", "review.sh")
	cmd := exec.CommandContext(t.Context(), "bash", script)
	cmd.Dir, cmd.Env = j.dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + j.dir}
	for name, value := range j.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), token) {
		t.Errorf("the token is in the log:\n%s", out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func (j *job) summary(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(j.env["GITHUB_STEP_SUMMARY"])
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestReview_createsThenUpdatesOneComment(t *testing.T) {
	t.Parallel()
	j := newJob(t)
	for i := range 120 {
		body := fmt.Sprintf("comment %d", i)
		login := "somebody"
		switch i {
		case 3:
			body, login = "> "+marker+"who wrote this?", author
		case 4:
			body = marker + "all is well"
		}
		j.comments = append(j.comments, commentBy(login, i+1, body))
	}
	for round := range 2 {
		if status, printed := j.run(t); status != 0 {
			t.Fatalf("round %d: exit status %d\n%s", round, status, printed)
		}
		if len(j.comments) != 121 {
			t.Fatalf("round %d: %d comments", round, len(j.comments))
		}
		body := j.comments[120].Body
		if !strings.HasPrefix(body, marker) || !strings.Contains(body, "my-aurora") {
			t.Errorf("round %d: comment %q", round, body)
		}
		if !strings.Contains(j.summary(t), strings.TrimPrefix(body, marker)) {
			t.Errorf("round %d: the job's summary is not the comment: %s", round, j.summary(t))
		}
	}
	if got := j.comments[4].Body; got != marker+"all is well" {
		t.Errorf("a stranger's comment is now %q", got)
	}
	want := "GET POST GET GET PATCH"
	var methods []string
	for _, r := range j.requests {
		method, _, _ := strings.Cut(r, " ")
		methods = append(methods, method)
	}
	if got := strings.Join(methods, " "); got != "GET "+want {
		t.Errorf("requests %s, want GET %s", got, want)
	}
}

// The token of a pull request from a fork may only read: the review is in the job's summary.
func TestReview_fork(t *testing.T) {
	t.Parallel()
	j := newJob(t)
	j.refuse = http.StatusForbidden
	status, printed := j.run(t)
	if status != 0 || !strings.Contains(printed, "::warning::no comment") ||
		!strings.Contains(printed, "fork") || !strings.Contains(j.summary(t), "my-aurora") {
		t.Errorf("exit status %d\n%s", status, printed)
	}
}

func TestReview_ruleIsBroken(t *testing.T) {
	t.Parallel()
	j := newJob(t)
	j.env["INPUT_MIN_OFF_HOURS"] = "rds/cluster/my-aurora=60\n"
	status, printed := j.run(t)
	if status != 3 || !strings.Contains(printed, "my-aurora") || len(j.comments) != 1 {
		t.Errorf("exit status %d, %d comments\n%s", status, len(j.comments), printed)
	}
}

// What was downloaded gets neither the token nor a file with it.
func TestReview_tokenIsNotHandedOn(t *testing.T) {
	t.Parallel()
	j := newJob(t)
	j.github.archive = packed(t, []byte("#!/bin/sh\nenv\nfind \"$RUNNER_TEMP\" -type f -exec cat {} +\nexit 0\n"))
	j.sums = fmt.Sprintf("%x  savings_0.1.0_%s_%s.tar.gz\n", sha256.Sum256(j.github.archive), runtime.GOOS, runtime.GOARCH)
	status, printed := j.run(t)
	if summary := j.summary(t); status != 0 || !strings.Contains(summary, "INPUT_VERSION=v0.1.0") ||
		strings.Contains(summary, token) {
		t.Errorf("exit status %d, summary %s\n%s", status, summary, printed)
	}
	if len(j.comments) != 1 {
		t.Errorf("%d comments", len(j.comments))
	}
}

func TestReview_checksum(t *testing.T) {
	t.Parallel()
	for name, sums := range map[string]string{"another": "00  " + "savings_0.1.0_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz\n", "none": ""} {
		j := newJob(t)
		j.sums = sums
		status, printed := j.run(t)
		if status != 1 || !strings.Contains(printed, "::error::savings_0.1.0_") || len(j.requests) != 0 {
			t.Errorf("%s: exit status %d, requests %q\n%s", name, status, j.requests, printed)
		}
	}
}

func TestReview_badInput(t *testing.T) {
	t.Parallel()
	j := newJob(t)
	write(t, j.dir, "plan.json", "no plan")
	if status, printed := j.run(t); status != 2 || len(j.requests) != 0 {
		t.Errorf("exit status %d, requests %q\n%s", status, j.requests, printed)
	}
	j.env["INPUT_VERSION"] = "latest; touch hacked"
	if status, printed := j.run(t); status != 1 || !strings.Contains(printed, "write one such as 0.1.0") {
		t.Errorf("exit status %d\n%s", status, printed)
	}
}

// What an input holds is never run.
func TestReview_inputsAreTexts(t *testing.T) {
	t.Parallel()
	j := newJob(t)
	hostile := `$(touch hacked) "; touch hacked; " ` + "`touch hacked`"
	j.env["INPUT_COMMENT"], j.env["INPUT_PLAN"] = hostile, write(t, j.dir, "-"+`$(touch hacked)`, plan)
	j.env["INPUT_PLAN"] = "-$(touch hacked)"
	if status, printed := j.run(t); status != 0 || len(j.comments) != 1 {
		t.Errorf("exit status %d, %d comments\n%s", status, len(j.comments), printed)
	}
	if _, err := os.Stat(filepath.Join(j.dir, "hacked")); err == nil {
		t.Error("an input was run as a command")
	}
}

func TestReview_notAPullRequest(t *testing.T) {
	t.Parallel()
	j := newJob(t)
	write(t, j.dir, "event.json", `{"ref":"refs/heads/main"}`)
	if status, printed := j.run(t); status != 0 || len(j.requests) != 0 ||
		!strings.Contains(printed, "no pull request") {
		t.Errorf("exit status %d, requests %q\n%s", status, j.requests, printed)
	}
	left, err := filepath.Glob(filepath.Join(j.dir, "savings-review.*", "token"))
	if err != nil || len(left) != 0 {
		t.Errorf("the token's file is left: %q", left)
	}
}
