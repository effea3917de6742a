package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

func TestPage_isCurrent(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile("../../../templates/guides/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(page(command.Verbs()), string(got)); d != "" {
		t.Errorf("templates/guides/commands.md is stale; run go generate ./internal/command/guide:\n%s", d)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	got := list([]string{"ec2", `a="b"`, `c\d`, "${e}", "%{f}"})
	if want := `"ec2", "a=\"b\"", "c\\d", "$${e}", "%%{f}"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
