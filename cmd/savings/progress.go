package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// display shows how a run goes on, before its results are printed.
type display interface {
	// waits is called at each look at a busy target.
	waits(target, state string, after time.Duration)
	ends(command.Result)
	end()
}

// plain prints a line for each wait. The results are printed at the run's end.
type plain struct{ w io.Writer }

// waits prints "my-aurora: stopping, 2m10s".
func (p plain) waits(target, state string, after time.Duration) {
	fmt.Fprintf(p.w, "%s: %s, %s\n", target, state, after)
}

func (plain) ends(command.Result) {}

func (plain) end() {}

// progress passes a run's log on to a display.
type progress struct{ display }

// Enabled takes every level.
func (progress) Enabled(context.Context, slog.Level) bool { return true }

// Handle takes a line of the log apart.
func (p progress) Handle(_ context.Context, record slog.Record) error {
	attrs := map[string]slog.Value{}
	record.Attrs(func(a slog.Attr) bool {
		attrs[a.Key] = a.Value
		return true
	})
	text := func(key string) string { return attrs[key].String() }
	if record.Message == command.WaitingMessage {
		p.waits(text("target"), text("state"), attrs["after"].Duration())
		return nil
	}
	p.ends(command.Result{
		Item: text("item"), Target: text("target"), Outcome: command.Outcome(record.Message),
		From: text("from"), To: text("to"), Detail: text("detail"),
	})
	return nil
}

// WithAttrs and WithGroup change nothing: a display has a fixed form.
func (p progress) WithAttrs([]slog.Attr) slog.Handler { return p }

// WithGroup changes nothing.
func (p progress) WithGroup(string) slog.Handler { return p }
