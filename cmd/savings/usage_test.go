package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// says is how a message tells what is allowed or what to write.
var says = regexp.MustCompile(`(?i)write|takes|there (are|is)|did you mean|such as|allowed|is needed|has [a-z-]+[,;]|leave it out|quote it|see: |make it with|from 1 to|is a directory|no such file`)

// Every subcommand refuses what is wrong on any command line with exit code 2, one line on stderr that
// says what to write, and nothing on stdout.
func TestUsage_everySubcommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	garbage := filepath.Join(folder, "garbage.json")
	if err := os.WriteFile(garbage, []byte("\x00\x1b[2J{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sub := range subcommands {
		lines := [][]string{
			{"--nosuchflag"}, {"--\x1b[2J"}, {"--nosuchflag=1", "x"}, {"-x"},
			{"\x1b[2J"}, {"\u202ex", "y"}, {""}, {" "}, {"x", "", "z", "a", "b", "c", "d"},
		}
		for _, f := range sub.flags {
			if f.value == "" {
				lines = append(lines, []string{f.name + "=1"})
				continue
			}
			lines = append(lines, []string{f.name}, []string{"x", f.name})
		}
		for _, args := range lines {
			if sub.name == holdsCommand.name && !strings.HasPrefix(args[0], "-") {
				continue // names of groups, which AWS is asked for
			}
			checkUsage(t, append([]string{sub.name}, args...))
		}
	}
	for _, args := range [][]string{
		{"nosuch"}, {"\x1b[2J"}, {"rds", "stop-cluster", "db"}, {"help", "nosuch"},
		{"run"}, {"run", "rds"}, {"run", "rds", "stoo-cluster", "x"}, {"run", "rds", "stop-cluster", "x", "--region=tokyo"},
		{"run", "rds", "stop-cluster", strings.Repeat("x", 300_000)}, {"run", "rds stop-cluster x"}, {"run", "rds", "stop-cluster", "true"},
		{"next"}, {"next", "@daily", "--timezone=UTC"}, {"next", strings.Repeat("*", 300_000), "--timezone=UTC"},
		{"next", "rate(1 day)", "--timezone=UTC", "--count=1.5"}, {"next", "rate(1 day)", "--timezone=UTC", "--count=99999999999999999999"},
		{"next", "rate(1 day)", "--timezone=\u0410sia/Tokyo"}, {"describe"}, {"describe", "cron(0 21\x1b * * ? *)"},
		{"review", folder}, {"review", garbage}, {"review", filepath.Join(folder, "nowhere")}, {"review", garbage, "--format=pdf"},
		{"review", garbage, "--fail-on=always"}, {"review", garbage, "--min-off-hours=60"}, {"review", garbage, "--lang=fr"},
		{"simulate", folder}, {"simulate", garbage}, {"simulate", filepath.Join(folder, "nowhere")},
		{"policy", folder}, {"policy", garbage}, {"policy", filepath.Join(folder, "nowhere")},
	} {
		checkUsage(t, args)
	}
}

func checkUsage(t *testing.T, args []string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, clock: stoppedClock{}}
	code := p.execute(t.Context(), args)
	said := strings.TrimSuffix(stderr.String(), "\n")
	if code != exitUsage || stdout.Len() > 0 {
		t.Errorf("%.100q: exit code %d, stdout %.100q, stderr %.300q", args, code, stdout.String(), said)
		return
	}
	bad := strings.ContainsFunc(said, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
	if !strings.HasPrefix(said, "savings: ") || bad || !says.MatchString(said) || len(said) > 2000 {
		t.Errorf("%.100q: %d bytes are no line that says what to write: %.500q", args, len(said), said)
	}
}

// stoppedClock is a time at which no wrong command line is waited for.
type stoppedClock struct{ command.SystemClock }

func (stoppedClock) Now() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }
