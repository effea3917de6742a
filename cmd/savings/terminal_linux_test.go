package main

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal returns a pseudo terminal of 100 columns and 30 lines (pty(7)).
func openTerminal(t *testing.T) *os.File {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	check(err)
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	check(unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	check(err)
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	check(err)
	t.Cleanup(func() { slave.Close() })
	check(unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 100}))
	return slave
}

func TestTerminalOf_terminal(t *testing.T) {
	t.Parallel()
	f := openTerminal(t)
	for name, tt := range map[string]struct {
		env              map[string]string
		terminal, colour bool
	}{
		"as usual":      {map[string]string{"TERM": "xterm-256color"}, true, true},
		"NO_COLOR":      {map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, true, false},
		"dumb":          {map[string]string{"TERM": "dumb"}, false, false},
		"TERM is unset": {nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := terminalOf(f, func(name string) string { return tt.env[name] })
			if (got != nil) != tt.terminal || got != nil && got.colour != tt.colour {
				t.Fatalf("got %+v, want a terminal: %t, colour: %t", got, tt.terminal, tt.colour)
			}
			if got == nil {
				return
			}
			if columns, lines := got.size(); columns != 100 || lines != 30 {
				t.Errorf("got %d columns and %d lines, want 100 and 30", columns, lines)
			}
		})
	}
}
