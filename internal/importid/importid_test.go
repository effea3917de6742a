package importid

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseSchedule(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]Schedule{
		"saving": {Name: "saving"},
		"default/sample:rds_stop,rds_start": {
			Name: "sample", Group: "default", Keys: []string{"rds_stop", "rds_start"},
		},
	} {
		got, err := ParseSchedule(id)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", id, err, diff)
		}
	}
}

func TestParseSchedule_wrong(t *testing.T) {
	t.Parallel()
	const form = "GROUP/NAME:KEY,KEY"
	for id, want := range map[string]string{
		"default": "default/NAME:KEY,KEY", "": form, "a:b": form, "a,b": form, "default/": form,
		"default/sample": form, "default/sample:": form, "default/:k": form, "/n:k": form,
		"g/n:k,":                                 `"" is no name`,
		"g/n/m:k":                                `"n/m" is no name`,
		"g/n:a,b,a":                              `the key "a" is there twice`,
		"g/n:a, b":                               `" b" is no name`,
		"my saving":                              form,
		"g/" + strings.Repeat("n", 60) + ":long": "would have 65 characters, and AWS allows 64",
		"arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/sample": form,
		strings.Repeat("g", 300_000):                                          "of 300000 bytes",
	} {
		if _, err := ParseSchedule(id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: got %v, want %q", id, err, want)
		}
	}
}

func TestParseRunner(t *testing.T) {
	t.Parallel()
	if name, err := ParseRunner("sample-ai-tools"); name != "sample-ai-tools" || err != nil {
		t.Errorf("got %q, %v", name, err)
	}
	for id, want := range map[string]string{
		"": `write the runner's name, such as "sample-ai-tools"`, "my.tools": `"my.tools" is no name`,
		"arn:aws:lambda:ap-northeast-1:123456789012:function:tools": `such as "tools"`,
		strings.Repeat("n", 65): "1 to 64",
	} {
		if _, err := ParseRunner(id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", id, err, want)
		}
	}
}

// FuzzParse reads an ID as both resources do: what is taken prints as it was written and is nothing
// but names; what is refused is told in one sentence.
func FuzzParse(f *testing.F) {
	for _, id := range []string{"saving", "default", "default/sample:rds_stop,rds_start", "g/n:k,", "a:b", ""} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		s, err := ParseSchedule(id)
		if err != nil {
			checkError(t, err)
		} else if s.String() != id {
			t.Errorf("%q is read as %+v, which prints as %q", id, s, s)
		} else if s.wrong() != "" && s.Group != "" {
			t.Errorf("%q: %s", id, s.wrong())
		} else if keys := slices.Compact(slices.Sorted(slices.Values(s.Keys))); len(keys) != len(s.Keys) {
			t.Errorf("%q: a key twice", id)
		}
		name, err := ParseRunner(id)
		if err != nil {
			checkError(t, err)
		} else if name != id || strings.ContainsAny(id, ":/., ") {
			t.Errorf("%q is taken for the runner %q", id, name)
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if !strings.Contains(text, "write ") && !strings.Contains(text, "name the resource's schedules") ||
		strings.ContainsAny(text, "\n\x00\x1b\u202e") || !utf8.ValidString(text) || len(text) > 4000 {
		t.Errorf("%q is no sentence that says what to write", text)
	}
}
