package review_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/review"
)

// names are what users choose, put in every place that takes them.
type names struct{ address, key, item, description, zone string }

// planWith is a plan that changes, adds, removes and keeps events with these names.
func planWith(t testing.TB, n names) *review.Review {
	t.Helper()
	event := func(expression string) map[string]any {
		return map[string]any{
			"args": []string{"rds", "stop-cluster", n.item}, "cron_expr": expression, "description": n.description,
			"timezone": n.zone,
		}
	}
	start := map[string]any{"args": []string{"rds", "start-cluster", n.item}, "cron_expr": "cron(0 8 * * ? *)"}
	kept := map[string]any{"args": []string{"ec2", "stop-instances", "a=" + n.item}, "cron_expr": "cron(0 1 * * ? *)"}
	schedule := func(events map[string]any) map[string]any {
		return map[string]any{"name": n.key, "timezone": "Asia/Tokyo", "events": events, "tags": map[string]string{"a": n.item}}
	}
	change := map[string]any{
		"address": n.address, "mode": "managed", "type": "savings_schedule", "name": "this",
		"previous_address": n.address,
		"change": map[string]any{
			"actions": []string{"update"},
			"before": schedule(map[string]any{
				n.key: event("cron(0 22 * * ? *)"), "b" + n.key: event("cron(0 1 1 * ? *)"), "start": start, "kept": kept,
			}),
			"after": schedule(map[string]any{
				n.key: event("cron(0 21 * * ? *)"), "c" + n.key: event("cron(0 2 2 * ? *)"), "start": start, "kept": kept,
			}),
		},
	}
	data, err := json.Marshal(map[string]any{"format_version": "1.2", "resource_changes": []any{change}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := planjson.Read(strings.NewReader(string(data)), planjson.TypeSchedule)
	if err != nil {
		t.Fatal(err)
	}
	return review.Compare(p, time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), nil)
}

// ourHTML is what a comment may hold of HTML.
var ourHTML = []string{"<b>", "</b>", "<br>", "<code>", "</code>", "<details>", "</details>", "<summary>", "</summary>"}

// checkMarkdown parses a comment as GitHub does, and fails the test where a name got out of its code:
// a row too many, a link, HTML that is not ours, or a mention.
func checkMarkdown(t *testing.T, markdown string, r *review.Review) {
	t.Helper()
	if n := len(utf16.Encode([]rune(markdown))); n > review.MaxMarkdown {
		t.Errorf("the comment has %d characters", n)
	}
	source := []byte(markdown)
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	rows, inCode := 0, false
	err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *east.TableRow:
			rows++
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.RawHTML:
			tag := string(n.Segments.Value(source))
			if !slices.Contains(ourHTML, tag) {
				t.Errorf("HTML that is not ours: %q", tag)
			}
			switch tag {
			case "<code>":
				inCode = true
			case "</code>":
				inCode = false
			}
		case *ast.HTMLBlock:
			checkHTMLBlock(t, string(n.Lines().Value(source)))
		case *ast.Link, *ast.AutoLink, *ast.Image, *ast.ThematicBreak, *ast.Blockquote, *ast.CodeBlock,
			*east.Strikethrough, *east.TaskCheckBox, *ast.Emphasis:
			t.Errorf("%s is none of ours", n.Kind())
		case *ast.Text:
			if text := string(n.Value(source)); !inCode && strings.ContainsAny(text, "@#`") {
				t.Errorf("outside of code: %q", text)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := tableRows(r); rows != want {
		t.Errorf("got %d rows in tables, want %d", rows, want)
	}
}

// checkHTMLBlock takes only what folds something away.
func checkHTMLBlock(t *testing.T, block string) {
	t.Helper()
	block = strings.TrimSpace(block)
	begins := strings.HasPrefix(block, "<details><summary>") && strings.HasSuffix(block, "</summary>")
	if block != "</details>" && (!begins || strings.Count(block, "<") != 3) {
		t.Errorf("an HTML block that is not ours: %q", block)
	}
}

// tableRows is how many rows a comment's tables have that nothing was cut from.
func tableRows(r *review.Review) int {
	rows := 0
	for _, s := range r.Schedules {
		for _, e := range s.Events {
			if e.Kind != review.Renamed && e.Kind != review.Unchanged && e.After != nil {
				rows++ // among the next runs
			}
			rows++
		}
	}
	for _, target := range r.Targets {
		if target.Stays() {
			rows++
		}
	}
	return rows
}

func TestMarkdown_goldenStaysInItsTables(t *testing.T) {
	t.Parallel()
	for _, name := range plans(t) {
		if name == "five_hundred" {
			continue // its rows are cut
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reviewOf(t, name+".tofu", nil)
			for _, lang := range language.All {
				checkMarkdown(t, r.Markdown(lang), r)
			}
		})
	}
}

// hostile are names that would break a table, close a code span, or call somebody.
var hostile = []string{
	"a|b", `a\|b`, `a\\|b`, "`", "``", "a`b|c", "`` ` ``", "a\nb", "a\r\n\r\n# b", "<b>", "<!--", "-->", "</code>", "</details>",
	"@octocat", "@org/team", "#1", "GH-1", "org/repo#1", "https://example.com", "www.example.com", "a@example.com",
	"![x](http://e.vil/x.png)", "[x](http://e.vil)", "**b**", "_i_", "~~s~~", "- [ ] x", "&amp;", "&#64;x", "\\", "$x$",
	"deadbeefcafe1234", ":smile:", " ", "", "\u202egnp", "\x00\x1b[31m", "\uffff", "日本語|。", "a  b", "-", "+", "=", ":--|", "|",
}

func TestMarkdown_hostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []names{
				{name, name, name, name, "Asia/Tokyo"},
				{"a.b", "key", "my-aurora", name, "Asia/Tokyo"},
				{"a.b", name, "my-aurora", "d", name},
				{"a.b", "key", "my-aurora " + name + " x", "d", "Asia/Tokyo"},
			} {
				r := planWith(t, n)
				for _, lang := range language.All {
					checkMarkdown(t, r.Markdown(lang), r)
				}
			}
		})
	}
}

// The other formats of hostile names: no control character reaches a terminal, no element is opened.
func TestFormats_hostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range hostile {
		r := planWith(t, names{name, name, name, name, name})
		for _, lang := range language.All {
			if text := r.Text(lang, review.Terminal{Width: 40}); strings.ContainsAny(text, "\x00\x1b\r\u202e\uffff") {
				t.Errorf("%q: a control character in %q", name, text)
			}
			for format, page := range map[string]string{"html": r.HTML(lang), "svg": r.SVG(lang)} {
				if strings.Contains(page, "<!--") || strings.Count(page, "</details>") != strings.Count(page, "<details>") ||
					strings.ContainsAny(page, "\x00\x1b\r\u202e\uffff") {
					t.Errorf("%q got out in %s", name, format)
				}
			}
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, name := range hostile {
		f.Add(name, name, name, name, "Asia/Tokyo")
	}
	f.Add("savings_schedule.this", "rds_stop", "my-aurora", "the office", "Asia/Tokyo")
	f.Fuzz(func(t *testing.T, address, key, item, description, zone string) {
		r := planWith(t, names{address, key, item, description, zone})
		for _, lang := range language.All {
			if m := r.Markdown(lang); !strings.Contains(m, "left out") && !strings.Contains(m, "省略") {
				checkMarkdown(t, m, r)
			}
			_, _, _ = r.HTML(lang), r.SVG(lang), r.Text(lang, review.Terminal{Width: 1})
			if _, err := r.JSON(lang); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzPlan feeds whole plans: nothing panics, and each format is made.
func FuzzPlan(f *testing.F) {
	for _, name := range plans(f) {
		if name != "five_hundred" {
			r, err := json.Marshal(json.RawMessage(readPlan(f, name+".tofu")))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(r))
		}
	}
	f.Fuzz(func(t *testing.T, plan string) {
		p, err := planjson.Read(strings.NewReader(plan), planjson.TypeSchedule, planjson.TypeAWSSchedule)
		if err != nil {
			return
		}
		r := review.Compare(p, p.Timestamp, nil)
		for _, lang := range language.All {
			if n := len(utf16.Encode([]rune(r.Markdown(lang)))); n > review.MaxMarkdown {
				t.Errorf("the comment has %d characters", n)
			}
			_, _, _ = r.HTML(lang), r.SVG(lang), r.Text(lang, review.Terminal{Width: 80})
			if _, err := r.JSON(lang); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestMarkdown_randomNames makes names of pieces of Markdown. ROUNDS=100000 makes more of them.
func TestMarkdown_randomNames(t *testing.T) {
	t.Parallel()
	rounds := 300
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil {
		rounds = n
	}
	pieces := append(slices.Clone(hostile), "a", "1", " ", "\t", "|\n", "`|`", "\\`", "<b", ">", "é", "\u00a0", "\u2028", ":", "(", "[", "]")
	for i := range rounds {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		name := func() string {
			var b strings.Builder
			for range random.IntN(6) {
				b.WriteString(pieces[random.IntN(len(pieces))])
			}
			return b.String()
		}
		n := names{name(), name(), name(), name(), name()}
		r := planWith(t, n)
		for _, lang := range language.All {
			checkMarkdown(t, r.Markdown(lang), r)
		}
		if t.Failed() {
			t.Fatalf("names: %q", n)
		}
	}
}
