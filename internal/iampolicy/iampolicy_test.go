package iampolicy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func allowed(action, resource string) Statement {
	return Statement{Action: []string{action}, Resource: []string{resource}}
}

func tagged(action, resource, key string, vals ...string) Statement {
	s := allowed(action, resource)
	s.Condition = map[string]map[string][]string{"StringEquals": {"aws:ResourceTag/" + key: vals}}
	return s
}

func TestDocument(t *testing.T) {
	t.Parallel()
	const head, tail = `{"Statement":[`, `],"Version":"2012-10-17"}`
	tests := []struct {
		name string
		in   []Statement
		want string
	}{
		{"nothing", nil, ""},
		{"no resource", []Statement{{Action: []string{"rds:StopDBCluster"}}}, ""},
		{"one", []Statement{allowed("a:X", "r1")},
			head + `{"Action":["a:X"],"Effect":"Allow","Resource":["r1"]}` + tail},
		{"equal ones once", []Statement{allowed("a:X", "r1"), allowed("a:X", "r1")},
			head + `{"Action":["a:X"],"Effect":"Allow","Resource":["r1"]}` + tail},
		{"actions on the same resources", []Statement{allowed("a:Y", "r1"), allowed("a:X", "r1")},
			head + `{"Action":["a:X","a:Y"],"Effect":"Allow","Resource":["r1"]}` + tail},
		{"resources of the same action", []Statement{allowed("a:X", "r2"), allowed("a:X", "r1")},
			head + `{"Action":["a:X"],"Effect":"Allow","Resource":["r1","r2"]}` + tail},
		{"a start that covers less than its stop",
			[]Statement{allowed("a:Start", "r1"), allowed("a:Stop", "r1"), allowed("a:Stop", "r2")},
			head + `{"Action":["a:Start"],"Effect":"Allow","Resource":["r1"]},` +
				`{"Action":["a:Stop"],"Effect":"Allow","Resource":["r1","r2"]}` + tail},
		{"a condition keeps statements apart, and < > & stay",
			[]Statement{tagged("a:X", "r*", "k", "b<c>&", "a"), allowed("a:X", "r1")},
			head + `{"Action":["a:X"],"Condition":{"StringEquals":{"aws:ResourceTag/k":` +
				`["a","b<c>&"]}},"Effect":"Allow","Resource":["r*"]},` +
				`{"Action":["a:X"],"Effect":"Allow","Resource":["r1"]}` + tail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Document(tt.in); got != tt.want {
				t.Errorf("Document:\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDocument_orderOfInputDoesNotMatter(t *testing.T) {
	t.Parallel()
	in := []Statement{
		allowed("a:Stop", "r1"), allowed("a:Start", "r2"), tagged("a:Stop", "*", "k", "v"),
		tagged("a:Stop", "*", "k", "w"), allowed("a:Describe", "*"), allowed("a:Start", "r1"),
	}
	want := Document(in)
	for shift := range in {
		rotated := append(append([]Statement{}, in[shift:]...), in[:shift]...)
		if got := Document(rotated); got != want {
			t.Errorf("rotated by %d:\n got %s\nwant %s", shift, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	in := []Statement{
		{Action: []string{"rds:B", "rds:A"}, Resource: []string{"y", "x"}},
		tagged("rds:C", "*", "deploy", "devel"),
	}
	got := Split(in)
	want := []Statement{
		allowed("rds:A", "x"), allowed("rds:A", "y"), allowed("rds:B", "x"), allowed("rds:B", "y"),
		tagged("rds:C", "*", "deploy", "devel"),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got, want := Document(got), Document(in); got != want {
		t.Errorf("the parts allow %s, the whole %s", got, want)
	}
}

func TestParse_readsWhatDocumentWrites(t *testing.T) {
	t.Parallel()
	want := Normalize([]Statement{allowed("a:X", "r1"), tagged("a:Y", "r*", "team", "web")})
	got, err := Parse(Document(want))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, Normalize(got)); d != "" {
		t.Error(d)
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	ours := Document([]Statement{tagged("a:X", "r1", "k", "v"), allowed("a:Y", "r2")})
	tests := []struct {
		name, other string
		want        bool
	}{
		{"itself", ours, true},
		{"lists as single values, other order, blanks, a Sid", `{
			"Version": "2012-10-17",
			"Statement": [
				{"Sid": "One", "Effect": "Allow", "Action": "a:Y", "Resource": "r2"},
				{"Resource": "r1", "Action": ["a:X"], "Effect": "Allow",
				 "Condition": {"StringEquals": {"aws:ResourceTag/k": "v"}}}
			]}`, true},
		{"another value", strings.Replace(ours, `"v"`, `"w"`, 1), false},
		{"another action", strings.Replace(ours, "a:Y", "a:Z", 1), false},
		{"another version", strings.Replace(ours, "2012-10-17", "2008-10-17", 1), false},
		{"Deny", strings.Replace(ours, "Allow", "Deny", 1), false},
		{"NotAction", strings.Replace(ours, `"Action"`, `"NotAction"`, 1), false},
		{"no JSON", "{", false},
		{"missing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Equal(ours, tt.other); got != tt.want {
				t.Errorf("Equal(a, b) = %v, want %v", got, tt.want)
			}
			if got := Equal(tt.other, ours); got != tt.want {
				t.Errorf("Equal(b, a) = %v, want %v", got, tt.want)
			}
		})
	}
	single := `{"Version":"2012-10-17",` +
		`"Statement":{"Effect":"Allow","Action":"a:Y","Resource":"r2"}}`
	if !Equal(single, Document([]Statement{allowed("a:Y", "r2")})) {
		t.Error("one statement without a list must equal the same in a list")
	}
}
