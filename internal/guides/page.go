// Package guides runs what the guides show: each `$ command` of their console blocks, in the order
// of the page, and compares what it prints with what the page says.
package guides

import (
	"regexp"
	"strings"
)

// Page is a guide in pieces: Text, with what follows from the console blocks in Steps.
type Page struct {
	lines []string
	Steps []Step
}

// Step is a file that the page shows, or a command with what it prints.
type Step struct {
	// File is the name that an HTML comment before a code block gives, and Content the block's.
	File, Content string
	// Command is a command without its prompt; Want is what the page says that it prints.
	Command string
	Want    []string
	// Line is where the command stands, counted from 1; the output is the lines behind it.
	Line int
}

// Gap stands in the output for any number of lines where it is alone in its line, else for any text.
const Gap = "…"

var fileName = regexp.MustCompile(`^<!-- file: (\S+) -->$`)

// Parse takes a page apart.
func Parse(text string) *Page {
	p := &Page{lines: strings.Split(text, "\n")}
	name := ""
	for i := 0; i < len(p.lines); i++ {
		line := p.lines[i]
		switch m := fileName.FindStringSubmatch(line); {
		case m != nil:
			name = m[1]
		case line == "```console":
			i = p.console(i + 1)
		case strings.HasPrefix(line, "```"):
			end := p.closing(i + 1)
			if name != "" {
				p.Steps = append(p.Steps, Step{File: name, Content: strings.Join(p.lines[i+1:end], "\n") + "\n"})
			}
			name, i = "", end
		}
	}
	return p
}

// console reads the commands of a block that begins at a line, and returns where it ends.
func (p *Page) console(from int) int {
	end := p.closing(from)
	for i := from; i < end; i++ {
		command, ok := strings.CutPrefix(p.lines[i], "$ ")
		if !ok {
			continue
		}
		for strings.HasSuffix(command, `\`) && i+1 < end {
			i++
			command = strings.TrimSuffix(command, `\`) + strings.TrimSpace(p.lines[i])
		}
		step := Step{Command: command, Line: i + 1}
		for j := i + 1; j < end && !strings.HasPrefix(p.lines[j], "$ "); j++ {
			step.Want = append(step.Want, p.lines[j])
		}
		p.Steps = append(p.Steps, step)
	}
	return end
}

func (p *Page) closing(from int) int {
	for i := from; i < len(p.lines); i++ {
		if p.lines[i] == "```" {
			return i
		}
	}
	return len(p.lines)
}

// Matches tells whether a command printed what the page says, but for gaps, blank lines at either
// end and blanks at the ends of lines.
func Matches(want []string, got string) bool {
	return pattern(want).MatchString(strings.Join(trimmed(strings.Split(got, "\n")), "\n") + "\n")
}

// pattern is anchored; each line ends with a newline.
func pattern(want []string) *regexp.Regexp {
	var text strings.Builder
	for _, line := range trimmed(want) {
		if strings.TrimSpace(line) == Gap {
			text.WriteString(`(?:.*\n)*?`)
			continue
		}
		text.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), Gap, `.*?`) + `\n`)
	}
	return regexp.MustCompile(`^` + text.String() + `$`)
}

func trimmed(lines []string) []string {
	var kept []string
	for _, line := range strings.Split(strings.Trim(strings.Join(lines, "\n"), "\n"), "\n") {
		kept = append(kept, strings.TrimRight(line, " \r\t"))
	}
	return kept
}
