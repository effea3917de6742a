package importconfig_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/spin-dd/terraform-provider-savings/internal/importconfig"
)

var update = os.Getenv("UPDATE") != ""

// options are those of each file in testdata that needs any.
var options = map[string]importconfig.Options{
	"crontab.txt":                      {Timezone: "Asia/Tokyo"},
	"instance-scheduler.dynamodb.json": {Timezone: "UTC"},
}

func TestRead_golden(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"*.txt", "*.json"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("got files %v, error %v", files, err)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				c, err := importconfig.Read(bytes.NewReader(data), options[filepath.Base(file)])
				if err != nil {
					t.Fatal(err)
				}
				golden := file + ".golden"
				if update {
					if err := os.WriteFile(golden, []byte(c.HCL()), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(string(want), c.HCL()); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			})
		}
	}
}

// Whatever is in a file: the command ends, and what it prints is HCL.
func TestRead_anything(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("got files %v, error %v", files, err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	const junk = "\"{}[]:,0a\n\\$*/-L\xff"
	parsed := 0
	for _, file := range append(files, filepath.Join("testdata", "crontab.txt")) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			broken := bytes.Clone(data)
			for range 1 + random.IntN(4) {
				at := random.IntN(len(broken))
				broken[at] = junk[random.IntN(len(junk))]
			}
			c, err := importconfig.Read(bytes.NewReader(broken), importconfig.Options{Timezone: "Asia/Tokyo"})
			if wrong := (*importconfig.InputError)(nil); err != nil && !errors.As(err, &wrong) {
				t.Fatalf("%v, of %s", err, broken)
			}
			if err != nil {
				continue
			}
			parsed++
			if _, problems := hclsyntax.ParseConfig([]byte(c.HCL()), "out.tf", hcl.InitialPos); problems.HasErrors() {
				t.Fatalf("%v in:\n%s", problems, c.HCL())
			}
		}
	}
	if parsed == 0 {
		t.Error("nothing could be read")
	}
}

// What is marked sensitive is not printed.
func TestRead_sensitive(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "schedules.state.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, marks := range []string{`{"target":[{"input":true}]}`, `{"target":true}`, `true`} {
		secret := strings.ReplaceAll(string(data), `"mode":"managed"`, `"mode":"managed","sensitive_values":`+marks)
		c, err := importconfig.Read(strings.NewReader(secret), importconfig.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if out := c.HCL(); strings.Contains(out, "sample-ai-aurora-cluster") || len(c.Left) != 2 {
			t.Errorf("%s: got\n%s", marks, out)
		}
	}
}

func TestRead_refuses(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		"":                                    "there is nothing in it",
		"PK\x03\x04":                          "this is a saved plan and not its JSON; make it with: tofu show -json PLANFILE",
		"{":                                   "this is no JSON",
		"{}":                                  "holds no schedules that are known here",
		`{"format_version":"1.0"}`:            "there is no aws_scheduler_schedule and no aws_cloudwatch_event_rule in it",
		`{"format_version":"1.0","values":3}`: "this is no state and no plan",
		"0 21 * * * savings run asg stop web": "write --timezone Asia/Tokyo",
		"# only words\n":                      "neither JSON nor a line of a crontab",
		`{"Schedules":[{"Name":"a","Periods":["p"]}],"Periods":[{"Name":"p","Begintime":"09:00"}]}`: `"a" of AWS Instance Scheduler has no timezone`,
	} {
		_, err := importconfig.Read(strings.NewReader(input), importconfig.Options{})
		if wrong := (*importconfig.InputError)(nil); !errors.As(err, &wrong) || !strings.Contains(wrong.Sentence, want) {
			t.Errorf("%q: got %v, want %q", input, err, want)
		}
	}
	_, err := importconfig.Read(strings.NewReader("0 21 * * * x"), importconfig.Options{Timezone: "Asia/Tokio"})
	if err == nil || !strings.Contains(err.Error(), `did you mean "Asia/Tokyo"?`) {
		t.Errorf("a misspelt zone: got %v", err)
	}
}
