package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// screen is a terminal without an end below. It knows what our tables need: line feed, carriage
// return, cursor up, erase below; colours stay in the text.
type screen struct {
	columns, height int
	lines           []string
	row             int
	wraps           bool // a line did not fit
	widest          int  // the most lines that a table had
}

var motion = regexp.MustCompile("^\x1b\\[([0-9]*)([AJ])")

func (s *screen) Write(p []byte) (int, error) {
	for text := string(p); text != ""; {
		if m := motion.FindStringSubmatch(text); m != nil {
			if m[2] == "J" {
				s.lines = s.lines[:min(s.row, len(s.lines))]
			} else {
				up, _ := strconv.Atoi(m[1])
				s.widest = max(s.widest, up)
				s.row -= up
			}
			text = text[len(m[0]):]
			continue
		}
		for len(s.lines) <= s.row {
			s.lines = append(s.lines, "")
		}
		switch text[0] {
		case '\n':
			s.row++
		case '\r':
		default:
			s.lines[s.row] += text[:1]
			s.wraps = s.wraps || len([]rune(s.lines[s.row])) >= s.columns
		}
		text = text[1:]
	}
	return len(p), nil
}

func (s *screen) String() string { return strings.TrimRight(strings.Join(s.lines, "\n"), "\n") }

func (s *screen) terminal(colour bool) *terminal {
	return &terminal{
		w: s, size: func() (int, int) { return s.columns, s.height }, colour: colour,
	}
}

// stillClock stands still; sleeping ends with the context.
type stillClock struct{ now time.Time }

func (c *stillClock) Now() time.Time { return c.now }

func (c *stillClock) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

func newLiveAt(t *testing.T, s *screen, colour bool) (*live, *stillClock) {
	t.Helper()
	clock := &stillClock{time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC)}
	l := newLive(t.Context(), s.terminal(colour), clock)
	t.Cleanup(l.stop)
	return l, clock
}

func TestLive_fillsIn(t *testing.T) {
	t.Parallel()
	s := &screen{columns: 60, height: 20}
	l, clock := newLiveAt(t, s, false)
	want := func(text string) {
		t.Helper()
		if d := cmp.Diff(text, s.String()); d != "" {
			t.Error(d)
		}
	}
	l.waits("my-aurora", "stopping", 10*time.Second)
	l.waits("web", "backing-up", 12*time.Second)
	want("my-aurora  waiting  stopping    10s\nweb        waiting  backing-up  12s")
	clock.now = clock.now.Add(2 * time.Minute)
	l.ends(command.Result{Item: "no-such", Outcome: command.NotFound, Detail: "no such DB cluster in " +
		"us-east-1: check identifier and region"})
	want("no-such    not_found              no such DB cluster in us-\n" +
		"my-aurora  waiting    stopping    2m10s\nweb        waiting    backing-up  2m12s")
	l.ends(command.Result{Item: "team=web", Target: "web", Outcome: command.Done,
		From: "available", To: "stopped"})
	l.ends(command.Result{Item: "my-aurora", Target: "my-aurora", Outcome: command.Done,
		From: "available", To: "stopped"})
	want("no-such    not_found                       no such DB clust\n" +
		"web        done       available → stopped\nmy-aurora  done       available → stopped")
	l.end()
	want("")
	if s.wraps {
		t.Error("a line is as wide as the terminal")
	}
}

func TestLive_lowTerminal(t *testing.T) {
	t.Parallel()
	s := &screen{columns: 80, height: 5}
	l, _ := newLiveAt(t, s, false)
	for i := range 100 {
		l.ends(command.Result{Item: fmt.Sprintf("db-%02d", i), Outcome: command.Done})
	}
	l.waits("last", "stopping", time.Second)
	want := "… 98 more\ndb-98  done\ndb-99  done\nlast   waiting  stopping  1s"
	if d := cmp.Diff(want, strings.ReplaceAll(s.String(), "db-98  done   ", "db-98  done")); d != "" {
		t.Error(d)
	}
	if s.widest >= s.height {
		t.Errorf("a table of %d lines on a terminal of %d", s.widest, s.height)
	}
}

// A character that is two columns wide, and one that would move the cursor.
func TestLive_characters(t *testing.T) {
	t.Parallel()
	s := &screen{columns: 20, height: 5}
	l, _ := newLiveAt(t, s, false)
	l.waits("team=決算決算決算", "stop\nping\x1b[2J", 0)
	if d := cmp.Diff("team=決算決算決算", s.String()); d != "" {
		t.Error(d)
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	report := command.Report{Results: []command.Result{
		{Item: "a", Outcome: command.Done, From: "available", To: "stopping"},
		{Item: "b", Outcome: command.Denied, Detail: "no"},
		{Item: "c", Outcome: command.Skipped, Detail: "matched nothing"},
	}}
	const text = "a  done     available → stopping\nb  denied                         no\n" +
		"c  skipped                        matched nothing\n"
	const coloured = "\x1b[32ma  done     available → stopping\x1b[0m\n" +
		"\x1b[31mb  denied                         no\x1b[0m\n" +
		"\x1b[2mc  skipped                        matched nothing\x1b[0m\n"
	for name, tt := range map[string]struct {
		terminal *terminal
		want     string
	}{
		"no terminal":      {nil, text},
		"NO_COLOR":         {(&screen{columns: 80, height: 24}).terminal(false), text},
		"a terminal":       {(&screen{columns: 80, height: 24}).terminal(true), coloured},
		"a terminal, json": {(&screen{columns: 80, height: 24}).terminal(true), string(report.JSON()) + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout bytes.Buffer
			p := &program{stdout: &stdout, terminal: tt.terminal}
			format := "text"
			if strings.HasSuffix(name, "json") {
				format = "json"
			}
			p.printReport(report, format)
			if d := cmp.Diff(tt.want, stdout.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

// A file is no terminal, whatever the environment says.
func TestTerminalOf_file(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := terminalOf(f, func(string) string { return "xterm" }); got != nil {
		t.Error("a file is taken for a terminal")
	}
}
