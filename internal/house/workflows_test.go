package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

var (
	uses   = regexp.MustCompile(`(?m)^[ \t-]*uses: *(\S+)(.*)$`)
	pinned = regexp.MustCompile(`^([^@]+)@[0-9a-f]{40}$`)
	tag    = regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`)
	jobs   = regexp.MustCompile(`(?m)^jobs:$`)
	runs   = regexp.MustCompile(`(?m)^    runs-on: `)
	rights = regexp.MustCompile(`(?m)^    permissions:\n      \S`)
)

// ownAction is the action of this repository, which has no commit before it is released.
const ownAction = "spin-dd/terraform-provider-savings/.github/actions/review@v"

// Every action runs by the digest of a commit, with its version beside it, and one version has one
// digest wherever it stands: in our workflows, in our action, and in what others copy.
func TestWorkflows_pinned(t *testing.T) {
	t.Parallel()
	files := workflowFiles(t)
	digests := map[string]string{}
	for file, text := range files {
		for _, m := range uses.FindAllStringSubmatch(text, -1) {
			action, comment := m[1], m[2]
			if strings.HasPrefix(action, ownAction) && !strings.HasPrefix(file, ".github") {
				continue
			}
			name := pinned.FindStringSubmatch(action)
			if name == nil || !tag.MatchString(comment) {
				t.Errorf("%s: %s%s: write the 40 digits of a commit, and its version as # v1.2.3", file, action, comment)
				continue
			}
			repository := strings.Join(strings.SplitN(name[1], "/", 3)[:2], "/")
			pin := action[len(name[1]):] + comment
			if first, ok := digests[repository]; ok && first != pin {
				t.Errorf("%s: %s%s, elsewhere it is %s", file, action, comment, first)
			}
			digests[repository] = pin
		}
	}
	if len(digests) < 6 {
		t.Errorf("found %d actions only: %v", len(digests), digests)
	}
}

// A job has the rights that it names, and no stranger's code meets a secret.
func TestWorkflows_leastRights(t *testing.T) {
	t.Parallel()
	for file, text := range workflowFiles(t) {
		if filepath.Ext(file) == ".md" || !jobs.MatchString(text) {
			continue // a page, or an action
		}
		if !strings.Contains(text, "\npermissions: {}\n") {
			t.Errorf("%s: write permissions: {} at the top, and what each job needs in the job", file)
		}
		if n, with := len(runs.FindAllString(text, -1)), len(rights.FindAllString(text, -1)); n != with {
			t.Errorf("%s: %d jobs, and %d name their permissions", file, n, with)
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s: pull_request_target runs with secrets", file)
		}
		checkouts := strings.Count(text, "uses: actions/checkout@")
		if kept := strings.Count(text, "persist-credentials: false"); kept != checkouts {
			t.Errorf("%s: %d checkouts, and %d leave no token behind", file, checkouts, kept)
		}
	}
}

// workflowFiles are the texts of all files that hold workflows, by path.
func workflowFiles(t *testing.T) map[string]string {
	t.Helper()
	root := acctest.Root(t)
	files := map[string]string{}
	for _, pattern := range []string{
		".github/workflows/*.yml", ".github/actions/*/action.yml", "examples/ci/github.yml",
		"docs/guides/*.md", "templates/guides/*.md", "README.md",
	} {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.ToSlash(name)] = string(text)
		}
	}
	return files
}
