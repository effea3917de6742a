package review_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/review"
)

// update is set by UPDATE=1: golden files are written anew.
var update = os.Getenv("UPDATE") != ""

func reviewOf(t testing.TB, plan string, prices review.Prices) *review.Review {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "plans", plan+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := planjson.Read(f, planjson.TypeSchedule, planjson.TypeAWSSchedule)
	if err != nil {
		t.Fatal(err)
	}
	return review.Compare(p, p.Timestamp, prices)
}

// golden compares with a file in testdata/golden, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with UPDATE=1", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// plans are the names of the plans that real programs made, without the program.
func plans(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "plans", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no plans in testdata: %v", err)
	}
	var names []string
	for _, path := range paths {
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		names = append(names, name)
	}
	return slices.Compact(names)
}

// The comment on each plan, in each language, is the same for OpenTofu and Terraform and as it was.
func TestMarkdown_golden(t *testing.T) {
	t.Parallel()
	for _, name := range plans(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, lang := range language.All {
				got := reviewOf(t, name+".tofu", nil).Markdown(lang)
				if diff := cmp.Diff(got, reviewOf(t, name+".terraform", nil).Markdown(lang)); diff != "" {
					t.Errorf("%s: tofu and terraform differ (-tofu +terraform):\n%s", lang, diff)
				}
				golden(t, name+"."+string(lang)+".md", got)
			}
		})
	}
}

// The same plan gives the same bytes in every format, however Go orders its maps.
func TestFormats_sameBytes(t *testing.T) {
	t.Parallel()
	all := func(r *review.Review) string {
		out, err := r.JSON(language.English)
		if err != nil {
			t.Fatal(err)
		}
		return r.Markdown(language.English) + r.Text(language.English, review.Terminal{Width: 80}) +
			r.HTML(language.English) + r.SVG(language.English) + out
	}
	for _, name := range []string{"one_of_twenty", "warnings", "two_zones", "migration", "unknown"} {
		first := all(withPrices(t, name+".tofu"))
		for range 10 {
			if diff := cmp.Diff(first, all(withPrices(t, name+".tofu"))); diff != "" {
				t.Fatalf("%s (-first +again):\n%s", name, diff)
			}
		}
	}
}

// A plan that failed half-way says so in every format that people read.
func TestFormats_errored(t *testing.T) {
	t.Parallel()
	p, err := planjson.Read(strings.NewReader(`{"format_version":"1.2","errored":true,"resource_changes":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	r := review.Compare(p, p.Timestamp, nil)
	const want = "Planning failed half-way"
	for format, text := range map[string]string{
		"markdown": r.Markdown(language.English), "html": r.HTML(language.English),
		"text": r.Text(language.English, review.Terminal{Width: 80}),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", format, want, text)
		}
	}
}

func readPlan(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "plans", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The comment that each README shows is that of a real plan: its lines stand in a golden file, in their
// order.
func TestReadme_comment(t *testing.T) {
	t.Parallel()
	r := reviewOf(t, "cron.tofu", nil)
	for name, lang := range map[string]language.Tag{"README.md": language.English, "README.ja.md": language.Japanese} {
		comment := r.Markdown(lang)
		golden(t, "cron."+string(lang)+".md", comment)
		checkReadme(t, name, comment)
	}
}

func checkReadme(t *testing.T, name, comment string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	rest, shown := strings.Split(comment, "\n"), 0
	for line := range strings.Lines(string(page)) {
		line, quoted := strings.CutPrefix(strings.TrimRight(line, "\n"), ">")
		line = strings.TrimPrefix(line, " ")
		if !quoted || line == "" {
			continue
		}
		at := slices.Index(rest, line)
		if at < 0 {
			t.Fatalf("%s shows %q, which is not in what follows in the comment:\n%s", name, line, strings.Join(rest, "\n"))
		}
		rest = rest[at+1:]
		shown++
	}
	if shown < 7 {
		t.Errorf("%s shows %d lines of the comment", name, shown)
	}
}

// The guide on security says which gates a plan passes that somebody wrote who wants it to look like
// nothing, and that nothing of it is Markdown.
func TestGates_maliciousPlan(t *testing.T) {
	t.Parallel()
	r := reviewOf(t, "malicious.tofu", nil)
	if got := (review.Gates{FailOn: review.AnyWarning}).Reasons(r, language.English); len(got) > 0 {
		t.Errorf("--fail-on warning: %q", got)
	}
	least := review.MinOffHours{Target: "rds/cluster/sample-ai-aurora-cluster", Hours: 60}
	if got := (review.Gates{MinOffHours: []review.MinOffHours{least}}).Reasons(r, language.English); len(got) != 1 {
		t.Errorf("--min-off-hours: %q", got)
	}
	text := r.Markdown(language.English)
	for _, raw := range []string{"@everyone", "**approved**", "<!-- savings-review"} {
		if strings.Contains(text, raw) {
			t.Errorf("the comment holds %q as it is", raw)
		}
	}
	for _, said := range []string{"`env=prod`", "<b>disabled:</b>", "rights that it did not have"} {
		if !strings.Contains(text, said) {
			t.Errorf("the comment does not say %q", said)
		}
	}
}
