package buildinfo

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

func build(version string, settings ...string) *debug.BuildInfo {
	b := &debug.BuildInfo{Main: debug.Module{Version: version}}
	for i := 0; i < len(settings); i += 2 {
		b.Settings = append(b.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
	}
	return b
}

func TestVersionAndCommit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                string
		version, commit     string
		build               *debug.BuildInfo
		wantVersion, wantIn string
	}{
		{"a release", "1.2.3", "abc", build("v9.9.9", "vcs.revision", "def"), "1.2.3", "abc"},
		{"a checkout", "", "", build("v0.1.1-0.2026-def", "vcs.revision", "def", "vcs.modified", "false"),
			"0.1.1-0.2026-def", "def"},
		{"a checkout with changes", "", "", build("v0.1.0+dirty", "vcs.revision", "def", "vcs.modified", "true"),
			"0.1.0+dirty", "def-dirty"},
		{"go install of a tag", "", "", build("v1.2.3"), "1.2.3", "unknown"},
		{"without version control", "", "", build("(devel)"), "dev", "unknown"},
		{"without anything", "", "", nil, "dev", "unknown"},
	} {
		if got := versionOf(tt.version, tt.build); got != tt.wantVersion {
			t.Errorf("%s: got version %q, want %q", tt.name, got, tt.wantVersion)
		}
		if got := commitOf(tt.commit, tt.build); got != tt.wantIn {
			t.Errorf("%s: got commit %q, want %q", tt.name, got, tt.wantIn)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := Write(&out, "savings"); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if want := "savings " + Version() + " (commit " + Commit() + ")"; lines[0] != want {
		t.Errorf("got first line %q, want %q", lines[0], want)
	}
	packages, err := Runner()
	if err != nil {
		if len(lines) != 2 || lines[1] != err.Error() {
			t.Errorf("a build without the runner: got %q, want %q", lines[1:], err)
		}
		return
	}
	if want := "runner " + runnerversion.Version; lines[1] != want || len(lines) != 2+len(packages) {
		t.Fatalf("got\n%s\nwant %q and %d lines of packages", out.String(), want, len(packages))
	}
	for i, one := range packages {
		fields := strings.Fields(lines[2+i])
		last := fields[len(fields)-1]
		if fields[0] != one.Architecture || fields[1] != one.PackageType ||
			strings.TrimPrefix(last, "sha256:") != one.CodeSha256 {
			t.Errorf("got line %q, want that of %+v", lines[2+i], one)
		}
	}
}
