package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// vectors reads a table of internal/awscron, one JSON object a line.
func vectors[T any](t *testing.T, name string) []T {
	t.Helper()
	content, err := os.ReadFile("../../internal/awscron/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var rows []T
	for line := range strings.Lines(string(content)) {
		var row T
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return rows
}

func execute(t *testing.T, args ...string) (stdout, stderr string, exit int) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{stdout: &out, stderr: &errs, clock: command.SystemClock{}}
	exit = p.execute(t.Context(), args)
	return out.String(), errs.String(), exit
}

// The program prints the instants of every vector, one a line, and nothing else.
func TestNext_vectors(t *testing.T) {
	t.Parallel()
	type row struct {
		Expr string
		TZ   string
		From string
		Next []time.Time
		Tags []string
	}
	for _, v := range vectors[row](t, "next.jsonl") {
		stdout, stderr, exit := execute(t, "next", v.Expr, "--timezone", v.TZ, "--after", v.From,
			"--count", strconv.Itoa(max(1, len(v.Next))))
		var got []time.Time
		for line := range strings.Lines(stdout) {
			at, err := time.Parse(time.RFC3339, strings.TrimSpace(line))
			if err != nil {
				t.Fatalf("%s in %s: %v", v.Expr, v.TZ, err)
			}
			got = append(got, at)
		}
		if exit != exitDone || !slices.EqualFunc(got, v.Next, time.Time.Equal) {
			t.Errorf("%s in %s after %s: exit %d, got %v, want %v\n%s", v.Expr, v.TZ, v.From, exit, got, v.Next, stderr)
		}
	}
}

// An expression that AWS refuses exits with 2 and says why on standard error alone.
func TestNext_invalidVectors(t *testing.T) {
	t.Parallel()
	type row struct{ Expr, Service, Why string }
	for _, v := range vectors[row](t, "invalid.jsonl") {
		stdout, stderr, exit := execute(t, "next", v.Expr, "--timezone", "UTC")
		if exit != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("%q (%s): exit %d, stdout %q, stderr %q", v.Expr, v.Why, exit, stdout, stderr)
		}
	}
}

func TestNext_validVectors(t *testing.T) {
	t.Parallel()
	type row struct{ Expr string }
	for _, v := range vectors[row](t, "valid.jsonl") {
		if _, stderr, exit := execute(t, "next", v.Expr, "--timezone", "UTC", "--after", "2026-11-24T00:00:00Z"); exit != exitDone {
			t.Errorf("%q: exit %d: %s", v.Expr, exit, stderr)
		}
	}
}
