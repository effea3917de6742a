package main

import (
	"errors"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"savings": main})
}

// TestScripts plays the sessions in testdata, each against a fake AWS of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"cluster":  cluster,
			"instance": instance,
			"exits":    exits,
			"schedule": schedule,
			"stack":    stack,
			"disable":  disable,
			"puts":     puts,
			"tags":     tags,
			"function": function,
			"sent":     sent,
			"fails":    fails,
			"same":     same,
			"digests":  digests,
		},
		Setup: func(env *testscript.Env) error {
			a := fakeaws.Start(env.T().(testing.TB))
			env.Values["aws"] = a
			env.Values["events"] = &events{}
			env.Setenv("AWS_ENDPOINT_URL", a.URL())
			env.Setenv("AWS_REGION", fakeaws.Region)
			env.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
			env.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			return nil
		},
	})
}

// cluster ID STATUS [KEY VALUE] puts a cluster there; cluster is ID STATUS checks one.
func cluster(ts *testscript.TestScript, _ bool, args []string) {
	rds := ts.Value("aws").(*fakeaws.AWS).RDS()
	if len(args) == 3 && args[0] == "is" {
		if got, _ := rds.Cluster(args[1]); got.Status != args[2] {
			ts.Fatalf("cluster %s is %s, not %s", args[1], got.Status, args[2])
		}
		return
	}
	c := fakeaws.DBCluster{ID: args[0]}
	c.Status = args[1]
	if len(args) == 4 {
		c.Tags = map[string]string{args[2]: args[3]}
	}
	rds.PutCluster(c)
}

// instance ID STATUS puts an instance there.
func instance(ts *testscript.TestScript, _ bool, args []string) {
	i := fakeaws.DBInstance{ID: args[0]}
	i.Status = args[1]
	ts.Value("aws").(*fakeaws.AWS).RDS().PutInstance(i)
}

// exits CODE COMMAND… runs a command and checks its exit code exactly.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit := (*exec.ExitError)(nil)
		if !errors.As(err, &exit) {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		code = exit.ExitCode()
	}
	if want, _ := strconv.Atoi(args[0]); code != want {
		ts.Fatalf("exit code %d, not %d", code, want)
	}
}
