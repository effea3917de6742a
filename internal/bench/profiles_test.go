//go:build linux

package bench_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// takeProfiles draws where the provider's CPU time goes, in a plan of 10,000 unchanged events and in
// an apply of 1,000 new ones, into the documentation's images.
func takeProfiles(t *testing.T) {
	program := buildPlain(t, t.TempDir(), "./internal/bench/profiled")
	for _, picture := range []struct {
		name   string
		events int
		apply  bool
	}{
		{"profile-apply", manySchedules, true},
		{"profile-plan", growth[len(growth)-1], false},
	} {
		cloud, profiles := startCloud(t), t.TempDir()
		cli := acctest.NewCLI(t, tfcli.Tofu, append(cloud.env(), "BENCH_PROFILES="+profiles)...)
		useProvider(t, cli, "savings", program)
		cli.Write("main.tf", scheduleConfig(picture.events, false))
		cli.Init()
		cli.Apply()
		if !picture.apply {
			before := cpuProfiles(t, profiles)
			must(t, cli.Run("plan", "-no-color", "-detailed-exitcode"), 0)
			for _, file := range before {
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
			}
		}
		svg := runIn(t, profiles, append([]string{
			"go", "tool", "pprof", "-svg", "-nodecount=40", program,
		}, cpuProfiles(t, profiles)...)...)
		path := filepath.Join(acctest.Root(t), "templates", "guides", "images", picture.name+".svg")
		if err := os.WriteFile(path, []byte(svg), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// cpuProfiles lists those in a folder, the largest first.
func cpuProfiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.cpu"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no profiles in %s: %v", dir, err)
	}
	size := func(file string) int64 {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Compare(size(b), size(a)) })
	return files
}
