package awscron

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// vector is a row of a file in testdata; its README says what the members mean.
type vector struct {
	Expr         string   `json:"expr"`
	Evidence     string   `json:"evidence"`
	Ours         string   `json:"ours"`
	TZ           string   `json:"tz"`
	From         string   `json:"from"`
	Next         []string `json:"next"`
	DocAmbiguous string   `json:"doc_ambiguous"`
}

// readVectors returns the rows of testdata/name.jsonl.
func readVectors(tb testing.TB, name string) []vector {
	tb.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var rows []vector
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row vector
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatalf("%s: %v", lines.Text(), err)
		}
		rows = append(rows, row)
	}
	if len(rows) < 50 {
		tb.Fatalf("%s.jsonl has %d rows; want 50 or more", name, len(rows))
	}
	return rows
}

// corpus returns every expression of the vectors that Parse takes, once.
func corpus(tb testing.TB) []string {
	tb.Helper()
	var exprs []string
	seen := map[string]bool{}
	for _, name := range []string{"valid", "unsure", "next"} {
		for _, row := range readVectors(tb, name) {
			if _, err := Parse(row.Expr); err == nil && !seen[row.Expr] {
				seen[row.Expr] = true
				exprs = append(exprs, row.Expr)
			}
		}
	}
	return exprs
}

func mustParse(tb testing.TB, expr string) Schedule {
	tb.Helper()
	s, err := Parse(expr)
	if err != nil {
		tb.Fatalf("Parse(%q): %v", expr, err)
	}
	return s
}

func mustLoad(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

// doubtedValid are rows of valid.jsonl that we doubt all the same: no evidence is firm, and AWS
// documents no month range that goes round the end of the year.
var doubtedValid = map[string]bool{
	"cron(0 0 1 NOV-FEB ? *)": true,
	"cron(* * * JUN-FEB ? *)": true,
	"cron(* * * 6-2 ? *)":     true,
}

func TestParse_valid(t *testing.T) {
	t.Parallel()
	for _, row := range readVectors(t, "valid") {
		s, err := Parse(row.Expr)
		if err != nil {
			t.Errorf("Parse(%q): %v", row.Expr, err)
			continue
		}
		if got, want := len(s.Doubts()) > 0, doubtedValid[row.Expr]; got != want {
			t.Errorf("Parse(%q): doubts %q, want any: %t", row.Expr, s.Doubts(), want)
		}
		for _, d := range s.Doubts() {
			checkParts(t, d)
		}
		if doubtedValid[row.Expr] && (row.Evidence == "doc" || row.Evidence == "aws") {
			t.Errorf("%q is firm (%s) and must raise no doubt", row.Expr, row.Evidence)
		}
	}
}

func TestParse_invalid(t *testing.T) {
	t.Parallel()
	for _, row := range readVectors(t, "invalid") {
		s, err := Parse(row.Expr)
		if err == nil {
			t.Errorf("Parse(%q) = %s, want an error", row.Expr, s)
			continue
		}
		checkParseError(t, row.Expr, err)
	}
}

// checkParseError checks what each ParseError promises.
func checkParseError(t *testing.T, expr string, err error) {
	t.Helper()
	var parseErr *ParseError
	if !errors.As(err, &parseErr) {
		t.Fatalf("Parse(%q): error is a %T", expr, err)
	}
	if parseErr.Expr != expr {
		t.Errorf("Parse(%q): Expr is %q", expr, parseErr.Expr)
	}
	if !strings.HasPrefix(expr[min(parseErr.Offset, len(expr)):], parseErr.Found) {
		t.Errorf("Parse(%q): %q is not at offset %d", expr, parseErr.Found, parseErr.Offset)
	}
	if parseErr.Problem == "" || parseErr.Allowed == "" && parseErr.Remedy == "" {
		t.Errorf("Parse(%q): %q says no problem, or neither what is allowed nor what to write",
			expr, err)
	}
}

func TestParse_unsure(t *testing.T) {
	t.Parallel()
	for _, row := range readVectors(t, "unsure") {
		s, err := Parse(row.Expr)
		switch row.Ours {
		case "refuse":
			if err == nil {
				t.Errorf("Parse(%q) = %s, want an error", row.Expr, s)
			} else {
				checkParseError(t, row.Expr, err)
			}
		case "doubt":
			if err != nil {
				t.Errorf("Parse(%q): %v, want a doubt", row.Expr, err)
			} else if len(s.Doubts()) == 0 {
				t.Errorf("Parse(%q) raises no doubt", row.Expr)
			}
		default:
			t.Errorf("%q has no verdict of ours", row.Expr)
		}
	}
}

func TestNext_vectors(t *testing.T) {
	t.Parallel()
	for _, row := range readVectors(t, "next") {
		s, loc := mustParse(t, row.Expr), mustLoad(t, row.TZ)
		after, err := time.Parse(time.RFC3339, row.From)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for len(got) < 5 {
			next := s.Next(after, loc)
			if next.IsZero() {
				break
			}
			got = append(got, next.UTC().Format(time.RFC3339))
			after = next
		}
		if diff := cmp.Diff(row.Next, got); diff != "" {
			if row.DocAmbiguous != "" {
				t.Logf("%s in %s from %s (ambiguous): -want +got\n%s", row.Expr, row.TZ, row.From, diff)
				continue
			}
			t.Errorf("%s in %s from %s: -want +got\n%s", row.Expr, row.TZ, row.From, diff)
		}
	}
}
