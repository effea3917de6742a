package command

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Calls that do something else have other words, in each language: over step lists made at random from
// words that try to look like the sentence's own, each beside one that differs from it in one word.
func TestSummary_tellsApart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	said := map[string]string{}
	differ := 0
	for range 40_000 {
		steps := randomSteps(random)
		does := sayAll(t, steps, said)
		at := random.IntN(len(steps))
		steps[at] = neighbour(random, steps[at])
		if near := sayAll(t, steps, said); near != does {
			differ++
		}
	}
	if differ < 10_000 || len(said) < 50_000 {
		t.Errorf("%d sentences, and only %d neighbours that differ", len(said), differ)
	}
}

// sayAll notes the sentences of the steps, and returns what they do.
func sayAll(t *testing.T, steps [][]string, said map[string]string) string {
	t.Helper()
	var calls []*Call
	var does []string
	for _, args := range steps {
		if call, err := Parse(args); err == nil {
			calls = append(calls, call)
			does = append(does, whatItDoes(call))
		}
	}
	all := strings.Join(does, " ; ")
	if len(calls) == 0 {
		return all
	}
	for _, lang := range language.All {
		text := Summary(lang, calls...)
		if other, ok := said[text]; ok && other != all {
			t.Fatalf("%s\n%s\n%s", text, all, other)
		}
		said[text] = all
	}
	return all
}

// Calls that do the same have the same words, in each language.
func TestSummary_same(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	tried := 0
	for range 20_000 {
		args := randomArgs(random)
		call, err := Parse(args)
		if err != nil {
			continue
		}
		tried++
		item := call.items[random.IntN(len(call.items))]
		other := append(slices.Clone(args), item.Text)
		if call.verb.Service == "ecs" && item.Count != nil && call.verb.Name != "set-desired-count" {
			other[len(other)-1] = item.ID
		}
		twice, err := Parse(other)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range language.All {
			if a, b := call.Summary(lang), twice.Summary(lang); a != b {
				t.Fatalf("%q is\n%s and\n%s", other, a, b)
			}
		}
	}
	if tried < 5_000 {
		t.Errorf("only %d calls", tried)
	}
}

func randomSteps(r *rand.Rand) [][]string {
	steps := make([][]string, 1+r.IntN(3))
	for i := range steps {
		steps[i] = randomArgs(r)
	}
	return steps
}

// randomArgs are words of a call, which need not be one.
func randomArgs(r *rand.Rand) []string {
	v := table[r.IntN(len(table))]
	args := []string{v.Service, v.Name}
	if v.Leads != nil {
		args = append(args, "E2QWRUHEXAMPLE", pick(r, "app", "a and b", "app to 2", `a"`, "アプリ に変更"))
	}
	for range 1 + r.IntN(4) {
		args = append(args, randomItem(r, v))
	}
	for _, f := range v.allFlags() {
		if r.IntN(6) > 0 {
			continue
		}
		args = append(args, f.Name)
		if f.Value != "" {
			args = append(args, "us-west-2")
		}
	}
	return args
}

func randomItem(r *rand.Rand, v Verb) string {
	if v.Service == "ecs" && r.IntN(4) > 0 {
		return pick(r, "web", "batch") + "/" + pick(r, "api", "ui", "and", "*", "1") + pick(r, "", "", "/0", "/1", "/2")
	}
	return pick(r,
		"a", "b", "and", "then", "a,", "tagged", "x(y)", "default", "/api/*", "a=b", "a=b,c=d", "a=b and c=d",
		"a=b かつ c=d", "a=b または e=f", "a=b\u3000c=d", "a=", "環境=開発", "web/api", "web/ui", "batch/api",
		"i-0123456789abcdef0", "i-0123456789abcdef1",
		fmt.Sprintf("arn:%s:rds:%s:%s:%s:%s", pick(r, "aws", "aws-cn"), pick(r, "us-west-2", "us-east-1"),
			pick(r, "123456789012", "210987654321"), pick(r, "cluster", "db"), pick(r, "a", "b")),
	)
}

// neighbour is the call with another item or another count, one item less, or one more.
func neighbour(r *rand.Rand, args []string) []string {
	v := *lookup(args[0], args[1])
	begin := 2 + len(v.Leads)
	end := begin
	for end < len(args) && !strings.HasPrefix(args[end], "-") {
		end++
	}
	out := slices.Clone(args)
	switch at := begin + r.IntN(end-begin); r.IntN(3) {
	case 0:
		out[at] = randomItem(r, v)
	case 1:
		out = slices.Delete(out, at, at+1)
	default:
		out = slices.Insert(out, at, randomItem(r, v))
	}
	return out
}

func pick(r *rand.Rand, choices ...string) string { return choices[r.IntN(len(choices))] }

// whatItDoes is what a call does: a text that it shares with the calls that do the same to the same
// things, in whatever order.
func whatItDoes(c *Call) string {
	text := fmt.Sprintf("%s %s dry=%t wait=%t", c.verb.Service, c.verb.Name, c.flags.dryRun, c.flags.wait)
	for _, f := range c.verb.Flags {
		text += fmt.Sprintf(" %s=%t", f.Name, c.flags.has(f.Name))
	}
	var things []string
	counted := map[string]bool{}
	for _, item := range c.items {
		thing := fmt.Sprintf("%q %q %q", item.Within, item.ID, item.Tags)
		switch {
		case item.ARN != nil:
			thing = item.ARN.String()
		case !c.verb.global:
			thing += c.flags.region
		}
		// The first item of a service says its count, which is of no use to a stop.
		if c.verb.Service == "ecs" && item.Tags == nil && c.verb.Name != "stop-services" {
			if counted[item.ID] {
				continue
			}
			counted[item.ID] = true
			if item.Count != nil {
				thing += fmt.Sprintf(" count=%d", *item.Count)
			}
		}
		things = append(things, thing)
	}
	slices.Sort(things)
	return text + " " + strings.Join(slices.Compact(things), " ")
}
