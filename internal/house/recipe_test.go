package house_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// TestRecipe_addACommand follows CONTRIBUTING's recipe: an entry, a function and a test in two new
// files, a word in the table and a line of Japanese. Then the command's own test passes, and those that
// look at every verb.
func TestRecipe_addACommand(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package anew")
	}
	root := acctest.Root(t)
	commands := filepath.Join(root, "internal", "command")
	recipe := filepath.Join(root, "internal", "house", "testdata", "recipe")
	replace := map[string]string{
		filepath.Join(commands, "check.go"):      filepath.Join(recipe, "check.go"),
		filepath.Join(commands, "check_test.go"): filepath.Join(recipe, "check_test.go"),
	}
	for file, edit := range map[string][2]string{
		"table.go":    {"redshiftVerbs(), ", "redshiftVerbs(), checkVerbs(), "},
		"words_ja.go": {`	"redshift pause-cluster":`, `	"redshift check-cluster": {"Redshift クラスタ", "確認", "利用可能になる", nil},` + "\n" + `	"redshift pause-cluster":`},
	} {
		path := filepath.Join(commands, file)
		replace[path] = edited(t, path, edit)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-v", "-overlay", overlayOf(t, replace),
		"-run", "^(TestCheck|TestSummary_everyVerb.*|TestHelp.*|TestTable.*|TestParse.*)$", "./internal/command")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestCheck ") {
		t.Errorf("%v\n%s", err, out)
	}
}
