package main

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// completions are what the shells are asked to complete, the last word being under the cursor.
var completions = []struct {
	line string
	want string
}{
	{"savings he", "help"},
	{"savings ne", "next"},
	{"savings run ec2 stop-instances i-1 --hi", "--hibernate"},
	{"savings completion ", "bash fish zsh"},
	{"savings run red", "redshift"},
	{"savings run redshift ", "pause-cluster resume-cluster"},
	{"savings help docdb sto", "stop-cluster"},
	{"savings run rds stop-cluster my-aurora --w", "--wait"},
	{"savings run rds stop-rds x --dry-run y --re", "--region"},
	{"savings run rds stop-cluster --format json a --dr", "--dry-run"},
	{"savings next --t", "--timezone"},
	{"savings runner ", "digest image zip"},
	{"savings runner image --arch arm64 --o", "--output"},
	{"savings runner digest --", "--format"},
	{"savings run gone ", ""},
}

func script(t *testing.T, shell string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdout: &stdout, stderr: &stderr, clock: command.SystemClock{}}
	if code := p.execute(t.Context(), []string{"completion", shell}); code != exitDone {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	return stdout.String()
}

// complete runs the shell with the script and what is added to it, and sorts the words it prints.
func complete(t *testing.T, shell, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skipf("no %s here", shell)
	}
	out, err := exec.CommandContext(t.Context(), path, append([]string{"-c", program}, args...)...).
		CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", shell, err, out)
	}
	var words []string
	for line := range strings.Lines(string(out)) {
		words = append(words, strings.TrimSpace(line))
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

func TestCompletion_bash(t *testing.T) {
	t.Parallel()
	program := script(t, "bash") + `
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_savings
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
`
	for _, tt := range completions {
		args := append([]string{"bash"}, strings.Split(tt.line, " ")...)
		if d := cmp.Diff(tt.want, complete(t, "bash", program, args...)); d != "" {
			t.Errorf("%q: %s", tt.line, d)
		}
	}
}

// zsh's own completion filters the candidates by the word under the cursor; here the test does.
func TestCompletion_zsh(t *testing.T) {
	t.Parallel()
	program := `compdef() { : }
_describe() { for c in $candidates; do [[ $c != ${words[CURRENT]}* ]] || print -r -- ${c%%:*}; done }
` + script(t, "zsh") + `
words=("$@")
CURRENT=$#
_savings
`
	for _, tt := range completions {
		args := append([]string{"zsh"}, strings.Split(tt.line, " ")...)
		if d := cmp.Diff(tt.want, complete(t, "zsh", program, args...)); d != "" {
			t.Errorf("%q: %s", tt.line, d)
		}
	}
}

func TestCompletion_fish(t *testing.T) {
	t.Parallel()
	program := script(t, "fish") + `
for c in (complete -C "$argv[1]"); string split -f 1 \t -- $c; end
`
	for _, tt := range completions {
		if d := cmp.Diff(tt.want, complete(t, "fish", program, tt.line)); d != "" {
			t.Errorf("%q: %s", tt.line, d)
		}
	}
}

// Every verb of the table is offered, so a new one needs nothing done here.
func TestCompletion_isOfTheWholeTable(t *testing.T) {
	t.Parallel()
	for _, shell := range shellNames {
		text := script(t, shell)
		for _, v := range command.Verbs() {
			if !strings.Contains(text, "'run "+v.Service+" "+v.Name) &&
				!strings.Contains(text, `\'run `+v.Service+" "+v.Name) {
				t.Errorf("%s: no %s %s", shell, v.Service, v.Name)
			}
		}
	}
}

func TestCompletion_wrongUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"completion"}, {"completion", "csh"}, {"completion", "zsh", "x"}} {
		var stdout, stderr bytes.Buffer
		p := &program{stdout: &stdout, stderr: &stderr, clock: command.SystemClock{}}
		if code := p.execute(t.Context(), args); code != exitUsage || stdout.Len() > 0 ||
			stderr.String() != "savings: write one of: savings completion bash, zsh, fish\n" {
			t.Errorf("%q: exit %d, %q, %q", args, code, &stdout, &stderr)
		}
	}
}
