package main

import (
	"io"
	"os"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// terminal is a terminal that a person looks at.
type terminal struct {
	w io.Writer
	// size returns the columns and lines that there are now.
	size   func() (columns, lines int)
	colour bool
}

// terminalOf returns the terminal that a file is, nil where it is none or one that cannot move its
// cursor (TERM=dumb). Colour is for those who do not set NO_COLOR (no-color.org).
func terminalOf(f *os.File, getenv func(string) string) *terminal {
	if _, _, ok := windowSize(f); !ok || getenv("TERM") == "dumb" || getenv("TERM") == "" {
		return nil
	}
	size := func() (columns, lines int) {
		columns, lines, _ = windowSize(f)
		if columns == 0 || lines == 0 {
			return 80, 24 // a terminal that does not know its size
		}
		return columns, lines
	}
	return &terminal{w: f, size: size, colour: getenv("NO_COLOR") == ""}
}

// Escape sequences (ECMA-48, "Control functions").
const (
	red, green, yellow, faint = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m"
	plainText                 = "\x1b[0m"
	cursorUp                  = "\x1b[%dA"
	eraseBelow                = "\x1b[J"
)

// colourOf is the colour of a result's line: what failed stands out, what was left alone steps back.
func colourOf(o command.Outcome) string {
	switch {
	case o.Failure():
		return red
	case o == command.Done:
		return green
	}
	return faint
}

// paint colours a line, where the terminal wants colour.
func (t *terminal) paint(line, colour string) string {
	if t == nil || !t.colour || colour == "" {
		return line
	}
	return colour + line + plainText
}

// cut shortens a line to fewer columns than there are, so that it never wraps. A character outside
// ASCII counts as two columns, as the wide ones are.
func cut(line string, columns int) string {
	used := 0
	for i, char := range line {
		used++
		if char > '~' {
			used++
		}
		if used >= columns {
			return strings.TrimRight(line[:i], " ")
		}
	}
	return line
}
