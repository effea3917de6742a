package provider_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const boundaryARN = "arn:aws:iam::" + account + ":policy/boundary"

// enforced is the tutorial's stack on an AWS that judges every request.
type enforced struct {
	*fakeaws.AWS
	name string
}

func newEnforced(t *testing.T, name string) (e enforced, env []string) {
	t.Helper()
	e = enforced{fakeaws.Start(t, fakeaws.WithRegion(region)), name}
	e.Enforce(t)
	e.IAM().PutManagedPolicy(boundaryARN, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*",`+
		`"Action":["application-autoscaling:*","ec2:*","ecs:*","kms:CreateGrant","lambda:InvokeFunction",`+
		`"logs:*","rds:*","scheduler:ListTagsForResource"]}}`)
	rights := deployer.Deployment{
		Partition: "aws", Region: region, Account: account,
		Runner: name, Groups: []string{name + "-saving"}, BoundaryARN: boundaryARN,
	}
	return e, e.env(e.UserKey(iampolicy.Document(rights.Statements())))
}

func (e enforced) env(accessKey string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + e.URL(), "AWS_REGION=" + region, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=secret",
	}
}

func (e enforced) config() string {
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	return header + fmt.Sprintf(`
resource "savings_runner" "tools" {
  name                     = %[1]q
  architecture             = %[2]q
  permissions_boundary_arn = %[3]q
}

resource "savings_schedule" "this" {
  name             = "%[1]s-saving"
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"
  events = {
    rds_stop  = { args = ["rds", "stop-cluster", "my-aurora"], cron_expr = "cron(0 21 ? * Mon-Sun *)" }
    rds_start = { args = ["rds", "start-cluster", "my-aurora", "--wait"], cron_expr = "cron(0 8 ? * MON-FRI *)" }
    devel_stop = {
      steps     = [["ec2", "stop-instances", "deploy=devel"], ["ecs", "stop-services", "web/api"]]
      cron_expr = "cron(0 22 ? * MON-FRI *)"
    }
  }
}
`, e.name, architecture, boundaryARN)
}

// plant makes what the events name, and a neighbour of each.
func (e enforced) plant() {
	for _, id := range []string{"my-aurora", "other"} {
		e.RDS().PutCluster(fakeaws.DBCluster{ID: id})
	}
	for id, deploy := range map[string]string{"i-0123456789abcdef0": "devel", "i-0123456789abcdef1": "prod"} {
		e.EC2().Put(fakeaws.Instance{ID: id, Tags: map[string]string{"deploy": deploy}})
	}
	for _, name := range []string{"api", "worker"} {
		e.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: name, Desired: 2})
		e.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/" + name, Min: 1, Max: 4})
	}
}

// states shows what plant made.
func (e enforced) states() []string {
	var all []string
	for _, id := range []string{"my-aurora", "other"} {
		c, _ := e.RDS().Cluster(id)
		all = append(all, id+" "+c.Status)
	}
	for _, id := range []string{"i-0123456789abcdef0", "i-0123456789abcdef1"} {
		i, _ := e.EC2().Instance(id)
		all = append(all, id+" "+i.State)
	}
	for _, key := range []string{"web/api", "web/worker"} {
		s, _ := e.ECS().Service(key)
		all = append(all, fmt.Sprint(key, " ", s.Desired))
	}
	return all
}

// fire invokes the function as EventBridge Scheduler does at an event's time.
func (e enforced) fire(t *testing.T, event string) string {
	t.Helper()
	schedule, ok := e.Scheduler().Schedule(e.name+"-saving", event)
	if !ok {
		t.Fatalf("there is no schedule %s", event)
	}
	role := schedule.Target.RoleArn[strings.LastIndex(schedule.Target.RoleArn, "/")+1:]
	if !e.RoleMay(role, "lambda:InvokeFunction", schedule.Target.Arn) {
		t.Errorf("%s may not invoke %s", role, schedule.Target.Arn)
	}
	now := time.Now().UTC().Format(time.RFC3339)
	return e.invoke(t, strings.ReplaceAll(schedule.Target.Input, "<aws.scheduler.scheduled-time>", now))
}

// invoke runs the program that was deployed, with the rights of the function's role. It returns the
// answer, and keeps the log.
func (e enforced) invoke(t *testing.T, event string) string {
	t.Helper()
	f, _ := e.Lambda().Function(e.name)
	role := f.Role[strings.LastIndex(f.Role, "/")+1:]
	packed := f.Zip
	if f.PackageType == "Image" { // the image holds the same program
		packed, _, _ = bundle.Zip(f.Architectures[0])
	}
	answer, log := overRuntimeAPI(t, program(t, packed), f.FunctionArn, e.env(e.RoleKey(role)), event)
	for line := range strings.Lines(log) {
		e.Logs().PutEvents(f.LoggingConfig.LogGroup, fakeaws.LogEvent{Time: time.Now(), Message: line})
	}
	return answer
}

// overRuntimeAPI runs a runner for one event. It returns the answer, and what Lambda would put into
// the log.
func overRuntimeAPI(t *testing.T, path, functionARN string, env []string, event string) (answer, log string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	api := acctest.StartLambdaRuntime(t, functionARN, time.Minute, event)
	var lines bytes.Buffer
	cmd := exec.CommandContext(ctx, path)
	cmd.Stdout, cmd.Stderr = &lines, &lines
	cmd.Env = append(slices.Clone(env), api.Env())
	err := cmd.Run() // it ends with an error: there is no second event
	answers := api.Answers()
	if len(answers) != 1 {
		t.Fatalf("the runner gave %d answers and ended, %v:\n%s", len(answers), err, &lines)
	}
	return answers[0].Body, lines.String()
}

// program unpacks a function's package.
func program(t *testing.T, packed []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open("bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bootstrap")
	acctest.WriteProgram(t, path, content)
	return path
}

// The tutorial from start to end where every request is judged: who has the deployer's policy
// applies, the events do what they say, what they do not say is denied, and all is removed.
func TestAccTutorial_underEnforcement(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		e, env := newEnforced(t, "enforced-"+string(tool))
		c := acctest.NewCLI(t, tool, env...)
		e.plant()
		c.Write("main.tf", e.config())
		c.Init()
		c.Apply()
		c.PlanEmpty()
		for _, step := range []struct {
			event string
			want  []string
		}{
			{"rds_stop", []string{"my-aurora stopped", "other available",
				"i-0123456789abcdef0 running", "i-0123456789abcdef1 running", "web/api 2", "web/worker 2"}},
			{"devel_stop", []string{"my-aurora stopped", "other available",
				"i-0123456789abcdef0 stopped", "i-0123456789abcdef1 running", "web/api 0", "web/worker 2"}},
			{"rds_start", []string{"my-aurora available", "other available",
				"i-0123456789abcdef0 stopped", "i-0123456789abcdef1 running", "web/api 0", "web/worker 2"}},
		} {
			answer := e.fire(t, step.event)
			if d := cmp.Diff(step.want, e.states()); d != "" {
				t.Errorf("after %s (-want +got):\n%s%s", step.event, d, answer)
			}
		}
		e.wantHeld(t)
		before := e.states()
		for _, args := range []string{
			`["rds","stop-cluster","other"]`, `["rds","stop-instance","my-aurora"]`,
			`["ec2","stop-instances","deploy=prod"]`, `["ec2","start-instances","deploy=devel"]`,
			`["ecs","stop-services","web/worker"]`, `["ecs","stop-services","deploy=devel"]`,
			`["asg","stop","web"]`, `["rds","stop-cluster","my-aurora","--region","us-east-1"]`,
		} {
			if answer := e.invoke(t, `{"args":`+args+`}`); !strings.Contains(answer, "access denied") {
				t.Errorf("%s: %s", args, answer)
			}
		}
		if d := cmp.Diff(before, e.states()); d != "" {
			t.Errorf("after what no event says (-before +after):\n%s", d)
		}
		c.Destroy()
		for _, left := range e.Leftovers() {
			if strings.Contains(left, e.name) {
				t.Errorf("left behind: %s", left)
			}
		}
	})
}

// wantHeld checks that the runner may read the holds of its schedules' group.
func (e enforced) wantHeld(t *testing.T) {
	t.Helper()
	group, _ := e.Scheduler().Group(e.name + "-saving")
	tags := group.Tags
	tags["savings:hold"] = "2099-01-01T00:00:00Z stops month end"
	e.Scheduler().PutGroup(group.Name, tags)
	before := e.states()
	if answer := e.fire(t, "rds_stop"); !strings.Contains(answer, "month end") {
		t.Errorf("a held stop answers %s", answer)
	}
	if d := cmp.Diff(before, e.states()); d != "" {
		t.Errorf("after a held stop (-before +after):\n%s", d)
	}
}
