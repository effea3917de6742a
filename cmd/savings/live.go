package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// live is a table at the bottom of a terminal that fills in while a run goes on: first what has
// ended, then what is waited for. It is erased at the end, where the whole table follows.
type live struct {
	*terminal
	clock command.Clock
	stop  func()

	mu      sync.Mutex
	ended   []row
	waiting []waitingRow
	drawn   int // lines
}

type waitingRow struct {
	target, state string
	since         time.Time
}

// newLive begins a table whose times go on by the second.
func newLive(ctx context.Context, t *terminal, clock command.Clock) *live {
	ctx, cancel := context.WithCancel(ctx)
	l := &live{terminal: t, clock: clock}
	var ticking sync.WaitGroup
	ticking.Go(func() {
		for clock.Sleep(ctx, time.Second) == nil {
			l.mu.Lock()
			l.draw()
			l.mu.Unlock()
		}
	})
	l.stop = func() { cancel(); ticking.Wait() }
	return l
}

func (l *live) waits(target, state string, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.draw()
	if i := l.waitingFor(target); i >= 0 {
		l.waiting[i].state = state
		return
	}
	l.waiting = append(l.waiting, waitingRow{target, state, l.clock.Now().Add(-after)})
}

func (l *live) ends(r command.Result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := l.waitingFor(cmp.Or(r.Target, r.Item)); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
	l.ended = append(l.ended, rowOf(r))
	l.draw()
}

func (l *live) waitingFor(target string) int {
	return slices.IndexFunc(l.waiting, func(w waitingRow) bool { return w.target == target })
}

// end erases the table.
func (l *live) end() {
	l.stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended, l.waiting = nil, nil
	l.draw()
}

// draw puts the table in the place of the one before, in one write. Where the terminal is too low
// for all lines, it has the last ones and how many came before.
func (l *live) draw() {
	rows := slices.Clone(l.ended)
	for _, w := range l.waiting {
		after := l.clock.Now().Sub(w.since).Truncate(time.Second)
		rows = append(rows, row{w.target, "waiting", w.state, after.String(), yellow})
	}
	columns, height := l.size()
	lines := l.lines(rows, columns)
	if more := len(lines) - max(height-2, 1); more > 0 {
		lines = append([]string{fmt.Sprintf("… %d more", more)}, lines[more:]...)
	}
	var b strings.Builder
	if l.drawn > 0 {
		b.WriteString("\r" + fmt.Sprintf(cursorUp, l.drawn) + eraseBelow)
	}
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	l.drawn = len(lines)
	if b.Len() == 0 {
		return
	}
	_, _ = l.w.Write([]byte(b.String())) // a terminal that is gone shows nothing
}
