package provider_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// Everything at its most talkative, with credentials that are marked, on an AWS that refuses,
// throttles and hangs up: no output, log, state, plan or file holds one of them.
func TestAccSecrets(t *testing.T) {
	t.Parallel()
	t.Run("an access key, with tofu", func(t *testing.T) {
		t.Parallel()
		testSecrets(t, tfcli.Tofu, "", []string{
			"AWS_ACCESS_KEY_ID=" + markedKey, "AWS_SECRET_ACCESS_KEY=" + markedSecret, "AWS_SESSION_TOKEN=" + markedSession,
		}, markedKey, "Basic")
	})
	t.Run("a web identity and a role, with terraform", func(t *testing.T) {
		t.Parallel()
		token := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(token, []byte(markedWebToken), 0o600); err != nil {
			t.Fatal(err)
		}
		testSecrets(t, tfcli.Terraform, `assume_role { role_arn = "arn:aws:iam::123456789012:role/deployer" }`, []string{
			"AWS_ROLE_ARN=arn:aws:iam::123456789012:role/ci", "AWS_WEB_IDENTITY_TOKEN_FILE=" + token,
		}, stsAnswers["AssumeRoleWithWebIdentity"][0], stsAnswers["AssumeRole"][0], "Basic")
	})
}

// testSecrets lives the life of a stack. used are the marks that must have been seen at work.
func testSecrets(t *testing.T, tool tfcli.Tool, provider string, env []string, used ...string) {
	m := newMarkedCloud(t)
	m.ECR().PutRepository(fakeaws.ECRRepository{Name: "runners", Immutable: true})
	m.RDS().PutCluster(fakeaws.DBCluster{ID: "db"})
	env = append(env, "AWS_ENDPOINT_URL="+m.url, "AWS_REGION="+region, "AWS_EC2_METADATA_DISABLED=true")
	log := filepath.Join(t.TempDir(), "trace.log")
	all := slices.Concat(env, m.ownNames(t), []string{"TF_LOG=TRACE", "TF_LOG_PATH=" + log})
	s := &secretsRun{t: t, cloud: m, cli: acctest.NewCLI(t, tool, all...), provider: provider, env: all}
	s.create()
	s.update()
	s.adopt()
	s.commands()
	s.runner()
	s.destroy()
	for _, mark := range used {
		if !m.used[mark] {
			t.Errorf("nothing was authorized with %s, so this proves nothing", mark)
		}
	}
	trace, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(trace), "[TRACE] provider.terraform-provider-savings") {
		t.Error("the log has no line of the provider at TRACE")
	}
	for name, text := range map[string]string{"the log": string(trace), "what was printed": s.printed.String()} {
		for _, found := range append(leaks(m.known, text), shownHeaders(text)...) {
			t.Errorf("%s: %s", name, found)
		}
	}
	s.searchFiles(filepath.Dir(s.cli.Dir))
}

// headers are those that no log may show, whatever they hold.
var headers = regexp.MustCompile(`(?i)x-amz-security-token|authorization["']?\s*[:=]|AWS4-HMAC-SHA256|Basic [a-z0-9+/]{16}`)

// shownHeaders returns the first places of a text that show one of these headers.
func shownHeaders(text string) []string {
	var found []string
	for _, at := range headers.FindAllStringIndex(text, 5) {
		found = append(found, "a header: "+strconv.Quote(text[max(0, at[0]-60):min(at[1]+60, len(text))]))
	}
	return found
}

// secretsRun is a stack and all that was printed of it.
type secretsRun struct {
	t        *testing.T
	cloud    *markedCloud
	cli      *acctest.CLI
	provider string
	env      []string
	printed  strings.Builder
}

func (s *secretsRun) config(hour int, runner ...string) {
	s.cli.Write("main.tf", fmt.Sprintf(`provider "savings" {
  %s
}
output "next" {
  value = provider::savings::schedule_next("cron(0 21 ? * MON-FRI *)", "Asia/Tokyo", "2026-12-01T00:00:00Z", 2)
}
output "policy" {
  value = provider::savings::events_policy({ a = { args = ["rds", "stop-cluster", "db"], cron_expr = "rate(1 day)" } },
    { partition = "aws", region = "ap-northeast-1", account = "123456789012" })
}
`, s.provider)+strings.ReplaceAll(imageRunner(runner...), "cron(0 21", fmt.Sprintf("cron(0 %d", hour)))
}

func (s *secretsRun) image() string {
	return fmt.Sprintf("repository_url = %q", s.cloud.ECR().URL("runners"))
}

// run runs the program; whether it fails is part of what is said.
func (s *secretsRun) run(ok bool, args ...string) string {
	s.t.Helper()
	r := s.cli.Run(args...)
	s.printed.WriteString(r.Stdout + r.Stderr)
	if (r.ExitCode == 0) != ok {
		s.t.Fatalf("%v: exit status %d\n%s", args, r.ExitCode, r.Stderr)
	}
	return r.Stdout
}

func (s *secretsRun) apply(ok bool) {
	s.t.Helper()
	s.run(ok, "apply", "-no-color", "-auto-approve")
}

// failing applies with one call that always meets a fault, and fails.
func (s *secretsRun) failing(service, operation string, fault fakeaws.Fault) {
	s.t.Helper()
	s.cloud.Fail(fakeaws.Match{Service: service, Operation: operation}, fault)
	s.apply(false)
	s.cloud.ClearFaults()
}

func denied(code string) fakeaws.Fault {
	return fakeaws.Fault{Code: code, Message: "not authorized", Status: http.StatusForbidden}
}

// create makes a runner from an image and its schedule: refused, then with trouble on the way.
func (s *secretsRun) create() {
	s.t.Helper()
	s.config(21, s.image())
	s.run(true, "init", "-no-color")
	s.run(true, "validate", "-no-color")
	s.failing("ecr", "GetAuthorizationToken", denied("AccessDeniedException"))
	s.failing("ecr", "InitiateLayerUpload", denied("DENIED"))
	s.failing("ecr", "PutImage", fakeaws.Fault{Reset: true})
	s.failing("iam", "CreateRole", denied("AccessDenied"))
	for operation, fault := range map[string]fakeaws.Fault{
		"CreateSchedule": fakeaws.Throttled(), "CreateFunction": fakeaws.ServerError(),
		"CreateScheduleGroup": {Lost: true}, "UploadLayerPart": {Reset: true},
	} {
		s.cloud.Fail(fakeaws.Match{Operation: operation, Nth: 1}, fault)
	}
	s.apply(true)
	s.cloud.ClearFaults()
}

// update changes all that can be changed, and looks at plan and state in every form.
func (s *secretsRun) update() {
	s.t.Helper()
	s.config(22)
	s.run(true, "plan", "-no-color", "-out=zip.plan")
	s.run(true, "show", "-no-color", "zip.plan")
	s.run(true, "apply", "-no-color", "zip.plan")
	s.config(23, s.image())
	s.failing("lambda", "GetFunction", denied("AccessDeniedException"))
	s.failing("scheduler", "UpdateSchedule", denied("AccessDeniedException"))
	s.apply(true)
	s.run(true, "show", "-json")
	s.run(true, "state", "pull")
	s.run(true, "output", "-json")
}

// adopt forgets both resources and imports them.
func (s *secretsRun) adopt() {
	s.t.Helper()
	for address, id := range map[string]string{"savings_runner.tools": "tools", "savings_schedule.night": "night"} {
		s.run(true, "state", "rm", address)
		s.cloud.Fail(fakeaws.Match{Name: id}, denied("AccessDeniedException"))
		s.run(false, "import", "-no-color", address, id)
		s.cloud.ClearFaults()
		s.run(true, "import", "-no-color", address, id)
	}
	s.apply(true)
}

// commands runs the command line.
func (s *secretsRun) commands() {
	s.t.Helper()
	s.config(20, s.image())
	s.run(true, "plan", "-no-color", "-out=raw.plan")
	s.cli.Write("plan.json", s.run(true, "show", "-json", "raw.plan"))
	plan := filepath.Join(s.cli.Dir, "plan.json")
	if err := os.Remove(filepath.Join(s.cli.Dir, "main.tf")); err != nil {
		s.t.Fatal(err)
	}
	for _, line := range []string{
		"review " + plan + " --format markdown", "review " + plan + " --format json", "review " + plan + " --format html",
		"review " + plan + " --format svg", "simulate " + plan + " --days 3", "policy " + plan, "import-config --name night",
		"holds", "hold --name night --until 2099-01-01T00:00 --reason late", "holds --name night", "release --name night",
		"doctor --name night", "run rds stop-cluster db --dry-run", "run rds stop-cluster db",
		"runner image --arch arm64 --output " + filepath.Join(s.cli.Dir, "image"),
	} {
		s.command(0, line)
	}
	s.command(1, "fire --name night --event stop --dry-run") // the fake's function runs nothing and answers null
	s.command(1, "run rds stop-cluster no-such")
	s.cloud.Fail(fakeaws.Match{}, denied("AccessDeniedException"))
	for _, line := range []string{
		"run rds start-cluster db", "fire --name night --event stop", "holds --name night", "import-config --name night",
	} {
		s.command(1, line)
	}
	s.command(2, "doctor --name night") // it could look at nothing
	s.cloud.ClearFaults()
	s.cloud.Fail(fakeaws.Match{}, fakeaws.Fault{Reset: true})
	s.command(1, "run rds start-cluster db")
	s.cloud.ClearFaults()
}

// command runs a command line, which ends with the exit status: 2 would be a wrong one.
func (s *secretsRun) command(status int, line string) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), filepath.Join(acctest.Root(s.t), "bin", "savings"), strings.Fields(line)...)
	cmd.Env = append([]string{"HOME=" + filepath.Dir(s.cli.Dir)}, s.env...)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != status {
		s.t.Errorf("savings %s: exit status %d, want %d (%v)\n%s", line, got, status, err, out)
	}
	s.printed.Write(out)
}

// runner runs the program of the function, whose log goes to CloudWatch Logs.
func (s *secretsRun) runner() {
	s.t.Helper()
	packed, _, err := bundle.Zip(map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH])
	if err != nil {
		s.t.Fatal(err)
	}
	path := program(s.t, packed)
	env := []string{
		"AWS_ENDPOINT_URL=" + s.cloud.url, "AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + markedKey,
		"AWS_SECRET_ACCESS_KEY=" + markedSecret, "AWS_SESSION_TOKEN=" + markedSession,
		"AWS_LAMBDA_LOG_LEVEL=TRACE", "AWS_LAMBDA_LOG_FORMAT=JSON",
	}
	fire := func(fault *fakeaws.Fault) {
		if fault != nil {
			s.cloud.Fail(fakeaws.Match{Service: "rds"}, *fault)
		}
		answer, log := overRuntimeAPI(s.t, path, "arn:aws:lambda:ap-northeast-1:123456789012:function:tools", env,
			`{"args":["rds","stop-cluster","db"]}`)
		s.cloud.ClearFaults()
		if log == "" {
			s.t.Error("the runner logs nothing")
		}
		s.printed.WriteString(answer + log)
	}
	refused, reset := denied("AccessDenied"), fakeaws.Fault{Reset: true}
	fire(nil)
	fire(&refused)
	fire(&reset)
}

func (s *secretsRun) destroy() {
	s.t.Helper()
	s.config(20, s.image())
	s.cloud.Fail(fakeaws.Match{Operation: "DeleteSchedule"}, denied("AccessDeniedException"))
	s.run(false, "destroy", "-no-color", "-auto-approve")
	s.cloud.ClearFaults()
	s.run(true, "destroy", "-no-color", "-auto-approve")
}

// searchFiles looks into all that the programs have left in a folder, plans too, which are archives.
func (s *secretsRun) searchFiles(dir string) {
	s.t.Helper()
	seen := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen[filepath.Base(path)] = true
		for _, text := range append(unzipped(content), string(content)) {
			for _, found := range leaks(s.cloud.known, text) {
				s.t.Errorf("%s: %s", path, found)
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup", "raw.plan", "zip.plan", "plan.json"} {
		if !seen[name] {
			s.t.Errorf("there is no %s to search", name)
		}
	}
}

// unzipped returns the files of an archive, none where content is no archive.
func unzipped(content []byte) []string {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil
	}
	var texts []string
	for _, entry := range archive.File {
		file, err := entry.Open()
		if err != nil {
			continue
		}
		text, err := io.ReadAll(file)
		if err == nil {
			texts = append(texts, string(text))
		}
	}
	return texts
}

// leaks says which secrets a text holds, in which form and where.
func leaks(secrets map[string]string, text string) []string {
	var found []string
	for secret, name := range secrets {
		for form, written := range map[string]string{
			"as it is": secret, "in base64": base64.StdEncoding.EncodeToString([]byte(secret)),
			"in hexadecimal": hex.EncodeToString([]byte(secret)), "in an address": url.QueryEscape(secret),
		} {
			if at := strings.Index(text, written); at >= 0 {
				found = append(found, fmt.Sprintf("%s %s: %q", name, form, text[max(0, at-100):at+len(written)]))
				break
			}
		}
	}
	return found
}

func TestLeaks(t *testing.T) {
	t.Parallel()
	const secret = "marked/secret+key"
	known := map[string]string{secret: "key"}
	for _, text := range []string{
		"a log: marked/secret+key", "bWFya2VkL3NlY3JldCtrZXk=", "6d61726b65642f7365637265742b6b6579",
		"?token=marked%2Fsecret%2Bkey&x=y",
	} {
		if len(leaks(known, text)) != 1 {
			t.Errorf("%q is not found", text)
		}
	}
	if texts := unzipped(acctest.Zip(t, "tfplan", secret)); len(texts) != 1 || len(leaks(known, texts[0])) != 1 {
		t.Error("a secret in an archive is not found")
	}
	for _, text := range []string{"secret", "marked/secret", ""} {
		if got := leaks(known, text); len(got) > 0 {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, line := range []string{
		"Authorization: Bearer x", `"X-Amz-Security-Token":["x"]`, "AWS4-HMAC-SHA256 Credential=A/20260101",
		"Authorization=[Basic QVdTOnBhc3N3b3JkMTIz]",
	} {
		if len(shownHeaders(line)) == 0 {
			t.Errorf("%q is no header", line)
		}
	}
}
