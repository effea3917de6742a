package provider_test

import (
	"encoding/json"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// The tutorial's way with its modules: the image goes to the ECR repository that module.tools takes,
// module.saving passes the rights on, and after two applies with -target the runner may do what the
// events say, and nothing to a neighbour.
func TestAccTutorial_modulesUnderEnforcement(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		prefix := "modules-" + string(tool)
		e := enforced{fakeaws.Start(t, fakeaws.WithRegion(region)), prefix + "-tool"}
		e.Enforce(t)
		e.ECR().PutRepository(fakeaws.ECRRepository{Name: prefix + "-tools", Immutable: true})
		for _, id := range []string{prefix + "-cluster", "other"} {
			e.RDS().PutCluster(fakeaws.DBCluster{ID: id})
		}
		registry := strings.TrimPrefix(e.URL(), "http://")
		c := acctest.NewCLI(t, tool, append(e.env("AKIDEXAMPLE"), "ECR_REGISTRY="+registry)...)
		c.UseStandInAWS()
		c.Copy(filepath.Join("..", "examples"), "examples")
		c.Dir = filepath.Join(c.Dir, "examples", "rag")
		variables, err := json.Marshal(map[string]any{
			"symbol":         map[string]string{"service": "ai", "env": "sample", "prefix": prefix},
			"aurora_cluster": map[string]string{"cluster_identifier": prefix + "-cluster"},
			"architecture":   map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH],
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Write("terraform.tfvars.json", string(variables))
		c.Init()
		for _, target := range []string{"module.tools", "module.saving"} {
			p := c.Plan("-target=" + target)
			c.Apply(p.File)
		}
		c.PlanEmpty()
		f, _ := e.Lambda().Function(e.name)
		if want := registry + "/" + prefix + "-tools@sha256:"; f.PackageType != "Image" || !strings.HasPrefix(f.ImageURI, want) {
			t.Errorf("the function runs %s %q, want an image of %s", f.PackageType, f.ImageURI, want)
		}
		clusters := func() []string {
			own, _ := e.RDS().Cluster(prefix + "-cluster")
			other, _ := e.RDS().Cluster("other")
			return []string{own.Status, other.Status}
		}
		schedule, _ := e.Scheduler().Schedule(prefix+"-saving", "rds_stop")
		now := time.Now().UTC().Format(time.RFC3339)
		answer := e.invoke(t, strings.ReplaceAll(schedule.Target.Input, "<aws.scheduler.scheduled-time>", now))
		if d := cmp.Diff([]string{"stopped", "available"}, clusters()); d != "" {
			t.Errorf("after rds_stop (-want +got):\n%s%s", d, answer)
		}
		if answer = e.invoke(t, `{"args":["rds","stop-cluster","other"]}`); !strings.Contains(answer, "access denied") {
			t.Errorf("a neighbour: %s", answer)
		}
		c.Destroy()
		for _, left := range e.Leftovers() {
			if strings.Contains(left, prefix) && !strings.HasPrefix(left, "rds") {
				t.Errorf("left behind: %s", left)
			}
		}
	})
}
