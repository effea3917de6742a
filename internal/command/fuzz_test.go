package command

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// FuzzParse feeds argument lists, their words parted by "|". What is accepted is named, said and
// granted, and means the same in another order; what is refused is told at a word that exists.
func FuzzParse(f *testing.F) {
	for _, v := range Verbs() {
		for _, args := range v.Examples {
			f.Add(strings.Join(args, "|"))
		}
	}
	for _, args := range []string{
		"", "rds", "rds|stoo-cluster|x", "rds|stop-cluster|a=b,c", "rds|stop-cluster|--region",
		"rds|stop-cluster|" + clusterARN + "|--region=eu-west-1", "ecs|set-desired-count|web/api/x",
		"ec2|stop-instances|${id}", "asg|stop|<no value>", "cloudfront|switch-origin|E2QWRUHEXAMPLE",
	} {
		f.Add(args)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "|")
		call, err := Parse(args)
		if err != nil {
			checkUsage(t, args, err)
			return
		}
		checkCall(t, args, call)
		for i := range args {
			if err := CheckPrefix(args[:i]); err != nil {
				t.Errorf("%q is fine, and its first %d words are not: %v", args, i, err)
			}
		}
		again, err := Parse(call.words())
		if err != nil {
			t.Fatalf("%q is fine, and %q is not: %v", args, call.words(), err)
		}
		if diff := cmp.Diff(said(call), said(again)); diff != "" {
			t.Errorf("%q means something else as %q (-first +again):\n%s", args, call.words(), diff)
		}
	})
}

// words are the call as an argument list, its flags first.
func (c *Call) words() []string {
	words := []string{c.verb.Service, c.verb.Name}
	if c.flags.dryRun {
		words = append(words, "--dry-run")
	}
	if c.flags.wait {
		words = append(words, "--wait")
	}
	if c.flags.region != "" {
		words = append(words, "--region", c.flags.region)
	}
	for _, name := range slices.Sorted(maps.Keys(c.flags.own)) {
		if value := c.flags.own[name]; value != "" {
			name += "=" + value
		}
		words = append(words, name)
	}
	words = append(words, c.items[0].Within...)
	for _, item := range c.items {
		words = append(words, item.Text)
	}
	return words
}

// said is everything that a call says of itself.
func said(c *Call) []any {
	scope := Scope{"aws", "us-west-2", "123456789012"}
	return []any{
		c.Targets(""), c.Targets("us-west-2"), c.Regions(), c.Statements(scope), c.Effect(), c.Waits(),
		c.AWSRestarts(), c.Summary(language.English), c.Summary(language.Japanese),
	}
}

func checkCall(t *testing.T, args []string, c *Call) {
	t.Helper()
	targets := c.Targets("")
	if len(targets) == 0 || !slices.IsSorted(targets) || len(c.Statements(Scope{"aws", "us-west-2", "123456789012"})) == 0 {
		t.Errorf("%q: targets %q", args, targets)
	}
	for _, lang := range language.All {
		targets = append(targets, c.Summary(lang))
	}
	for _, text := range targets {
		if strings.TrimSpace(text) == "" || !plain(text) {
			t.Errorf("%q is named %q", args, text)
		}
	}
}

func checkUsage(t *testing.T, args []string, err error) {
	t.Helper()
	usage := (*UsageError)(nil)
	if !errors.As(err, &usage) || usage.Found == "" || usage.Index < -1 || usage.Index >= len(args) {
		t.Fatalf("Parse(%q) error %#v", args, err)
	}
	if usage.Allowed == "" && usage.Write == "" {
		t.Errorf("%q: %v, and not what to write", args, err)
	}
	text := err.Error()
	if !plain(text) || len(text) > 5000+12*maxWord {
		t.Errorf("%q: %d bytes are no sentence for people: %.1000q", args, len(text), text)
	}
}

// plain tells that a text has nothing that is not seen.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	})
}

// FuzzTags feeds what selects by tags, to the verbs that take tags. What is read is written and read
// again as the same, and selects what has these tags and nothing with one less.
func FuzzTags(f *testing.F) {
	var takers []*Verb
	for i := range table {
		if _, err := table[i].item.parse("team=web"); err == nil && table[i].Leads == nil {
			takers = append(takers, &table[i])
		}
	}
	if len(takers) < 10 {
		f.Fatalf("only %d verbs take tags", len(takers))
	}
	for i := range takers {
		f.Add(byte(i), "team=web")
		f.Add(byte(i), "team=web,deploy=devel")
	}
	f.Add(byte(0), "filter=env=prod==,team=")
	f.Add(byte(0), "team=a,team=b")
	f.Fuzz(func(t *testing.T, which byte, text string) {
		verb := takers[int(which)%len(takers)]
		item, usage := verb.item.parse(text)
		if usage != nil {
			usage.Index = 0
			checkUsage(t, []string{text}, usage)
			return
		}
		if item.Tags == nil {
			return
		}
		checkTags(t, item)
		again, usage := verb.item.parse(joinTags(item.Tags))
		if usage != nil {
			t.Fatalf("%q is written as %q: %v", text, joinTags(item.Tags), usage)
		}
		if diff := cmp.Diff(item.Tags, again.Tags); diff != "" {
			t.Errorf("%q is written as %q (-first +again):\n%s", text, joinTags(item.Tags), diff)
		}
	})
}

func checkTags(t *testing.T, item Item) {
	t.Helper()
	have := map[string]string{"Name": "other"}
	for i, tag := range item.Tags {
		if n := utf8.RuneCountInString(tag.Key); n == 0 || n > 128 || utf8.RuneCountInString(tag.Value) > 256 {
			t.Errorf("%q has the tag %q, which AWS does not take", item.Text, tag)
		}
		if i > 0 && item.Tags[i-1].Key >= tag.Key {
			t.Errorf("%q: tags are not sorted, or one is there twice: %q", item.Text, item.Tags)
		}
		have[tag.Key] = tag.Value
	}
	if !item.selects(have) {
		t.Errorf("%q does not select what has its tags", item.Text)
	}
	delete(have, item.Tags[0].Key)
	if item.selects(have) {
		t.Errorf("%q selects what has not all of its tags", item.Text)
	}
}
