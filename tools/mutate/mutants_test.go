package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const source = `package p

func f(a, b int) bool {
	for a < 10 {
		if a == b || b > 3 {
			continue
		}
		g()
		a++
	}
	return true
}

func g() {}
`

func TestMutants(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := mutants(file)
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	for _, m := range found {
		changes = append(changes, m.change)
		if string(m.source) == source {
			t.Errorf("%s changes nothing", m)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), file, m.source, 0); err != nil {
			t.Errorf("%s: %v", m, err)
		}
	}
	slices.Sort(changes)
	want := []string{
		`!= for == in "a == b"`, `&& for || in "a == b || b > 3"`, `11 for 10`, `4 for 3`, `<= for < in "a < 10"`,
		`>= for > in "b > 3"`, `break for continue`, `false for true`, `not "a == b || b > 3"`, `without "a++"`,
		`without "g()"`,
	}
	if d := cmp.Diff(want, changes); d != "" {
		t.Errorf("-want +got %s", d)
	}
}

// hangs makes this program hang before main where a test asks for it.
const hangs = "MUTATE_TEST_HANGS"

var _ = func() bool {
	if os.Getenv(hangs) != "" {
		<-time.After(time.Hour)
	}
	return true
}()

func TestJudge_hangsBeforeMain(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(hangs, "1")
	passed, err := judge{timeout: time.Second}.passes(program, t.TempDir())
	if passed || err != nil {
		t.Errorf("got %t, %v; want a failure", passed, err)
	}
}
