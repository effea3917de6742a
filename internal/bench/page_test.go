//go:build linux

package bench_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

const pagePath = "templates/guides/performance.md"

// tables write what stands between the markers of the page, from the raw results of that name.
var tables = map[string]func(*strings.Builder, results){
	"schedules": schedulesTable,
	"plans":     plansTable,
	"quota":     quotaTable,
	"review":    reviewTable,
	"runner":    runnerTable,
}

// The page's tables are those of the raw results in bench/. With -write they are written.
func TestPage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(acctest.Root(t), filepath.FromSlash(pagePath))
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	for name, table := range tables {
		r := readResults(t, name)
		page = replaceBlock(t, page, name, caption(r)+render(table, r))
	}
	expressions, works := readExpressions(t)
	page = replaceBlock(t, page, "expressions", caption(expressions)+expressionsTable(expressions, works))
	if *write {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(content), page); diff != "" {
		t.Errorf("%s is not what bench/ holds; run go test ./internal/bench -run TestPage -write (-page +bench):\n%s", pagePath, diff)
	}
}

func render(table func(*strings.Builder, results), r results) string {
	var b strings.Builder
	table(&b, r)
	return b.String()
}

func readResults(t *testing.T, name string) results {
	t.Helper()
	content, err := os.ReadFile(rawPath(t, name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("there are no results of %q: run make bench", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	var r results
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// replaceBlock replaces what stands between the markers of a name.
func replaceBlock(t *testing.T, page, name, block string) string {
	t.Helper()
	begin := "<!-- " + name + ": written by make bench -->\n"
	end := "<!-- end of " + name + " -->\n"
	head, rest, begins := strings.Cut(page, begin)
	_, tail, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s lacks the markers of %q", pagePath, name)
	}
	return head + begin + "\n" + block + "\n" + end + tail
}

// quiet is the load up to which times on the clock tell something.
const quiet = 2

// caption tells when, where and how often was measured.
func caption(r results) string {
	fewest, most := len(r.Series[0].Values), 0
	for _, s := range r.Series {
		fewest, most = min(fewest, len(s.Values)), max(most, len(s.Values))
	}
	n := fmt.Sprintf("%d rounds", most)
	switch {
	case most == 1:
		n = "one round"
	case fewest != most:
		n = fmt.Sprintf("%d to %d rounds", fewest, most)
	}
	out := fmt.Sprintf("Measured on %s in %s, on %s, with a load of %s at the start; %s.", r.Date, n, r.Machine, r.Load,
		strings.Join(r.Versions, ", "))
	if busy, err := strconv.ParseFloat(r.Load, 64); err == nil && busy > quiet {
		out += " The machine did much else meanwhile: times on the clock are far too long, and their ratios " +
			"uncertain; CPU times say more."
	}
	return out + "\n\n"
}
