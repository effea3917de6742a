package command

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

const clusterARN = "arn:aws:rds:us-west-2:123456789012:cluster:My-Aurora"

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args    []string
		summary string
		targets []string
	}{
		{[]string{"rds", "stop-cluster", "my-aurora"},
			"stop Aurora cluster my-aurora", []string{"rds/cluster/my-aurora"}},
		{[]string{"rds", "start-cluster", "b", "A"},
			"start Aurora clusters b and a", []string{"rds/cluster/a", "rds/cluster/b"}},
		{[]string{"rds", "stop-cluster", "a", "b", "c"}, "stop Aurora clusters a, b and c",
			[]string{"rds/cluster/a", "rds/cluster/b", "rds/cluster/c"}},
		{[]string{"rds", "stop-cluster", clusterARN},
			"stop Aurora cluster my-aurora (us-west-2, account 123456789012)", []string{"rds/cluster/my-aurora@us-west-2"}},
		{[]string{"rds", "stop-instance", "team=web"},
			"stop RDS instances tagged team=web", []string{"rds/instance-tag/team=web"}},
		{[]string{"rds", "stop-instance", "team=web,deploy=devel"},
			"stop RDS instances tagged deploy=devel and team=web",
			[]string{"rds/instance-tag/deploy=devel,team=web"}},
		{[]string{"rds", "stop-instance", "team=web", "team=db"},
			"stop RDS instances tagged team=web, or tagged team=db",
			[]string{"rds/instance-tag/team=db", "rds/instance-tag/team=web"}},
		{[]string{"rds", "stop-cluster", "a", "team=web"},
			"stop Aurora clusters a and those tagged team=web",
			[]string{"rds/cluster-tag/team=web", "rds/cluster/a"}},
		{[]string{"rds", "stop-rds", "x"},
			"stop RDS instance x", []string{"rds/instance/x"}},
		{[]string{"rds", "start-rds", "x"},
			"start RDS instance x", []string{"rds/instance/x"}},
		{[]string{"rds", "stop-cluster", "--dry-run", "x", "--region=eu-west-1"},
			"stop Aurora cluster x in eu-west-1 (dry run)", []string{"rds/cluster/x@eu-west-1"}},
		{[]string{"rds", "start-instance", "x", "--region", "us-gov-west-1", "--wait"},
			"start RDS instance x in us-gov-west-1, waiting until available",
			[]string{"rds/instance/x@us-gov-west-1"}},
		{[]string{"rds", "stop-cluster", "x", "X"},
			"stop Aurora cluster x", []string{"rds/cluster/x"}},
		{[]string{"rds", "stop-cluster", "empty="},
			"stop Aurora clusters tagged empty=", []string{"rds/cluster-tag/empty="}},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			call, err := Parse(tt.args)
			if err != nil {
				t.Fatal(err)
			}
			if got := call.Summary(language.English); got != tt.summary {
				t.Errorf("Summary() = %q, want %q", got, tt.summary)
			}
			if d := cmp.Diff(tt.targets, call.Targets("")); d != "" {
				t.Errorf("Targets(): %s", d)
			}
		})
	}
}

// One thing has one name from where its function is, and things in other regions have others.
func TestCall_targetsByRegion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args             string
		here, there, any string // seen from us-west-2, eu-west-1 and nowhere
	}{
		{"rds stop-cluster my-aurora", "rds/cluster/my-aurora", "rds/cluster/my-aurora", "rds/cluster/my-aurora"},
		{"rds stop-cluster " + clusterARN,
			"rds/cluster/my-aurora", "rds/cluster/my-aurora@us-west-2", "rds/cluster/my-aurora@us-west-2"},
		{"rds stop-cluster my-aurora --region us-west-2",
			"rds/cluster/my-aurora", "rds/cluster/my-aurora@us-west-2", "rds/cluster/my-aurora@us-west-2"},
		{"ec2 stop-instances team=web --region us-west-2",
			"ec2/tag/team=web", "ec2/tag/team=web@us-west-2", "ec2/tag/team=web@us-west-2"},
		{"cloudfront update-origin E2QWRUHEXAMPLE app default --region us-west-2",
			"cloudfront/distribution/E2QWRUHEXAMPLE/default", "cloudfront/distribution/E2QWRUHEXAMPLE/default",
			"cloudfront/distribution/E2QWRUHEXAMPLE/default"},
	} {
		call, err := Parse(strings.Fields(tt.args))
		if err != nil {
			t.Fatal(err)
		}
		got := slices.Concat(call.Targets("us-west-2"), call.Targets("eu-west-1"), call.Targets(""))
		if d := cmp.Diff([]string{tt.here, tt.there, tt.any}, got); d != "" {
			t.Errorf("%s: %s", tt.args, d)
		}
		if names := len(call.Regions()) > 0; names != (tt.here != tt.any) {
			t.Errorf("%s: regions %v", tt.args, call.Regions())
		}
	}
}

func TestCall_effect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args     []string
		effect   Effect
		restarts bool
	}{
		{[]string{"rds", "stop-cluster", "x"}, Stop, true},
		{[]string{"rds", "start-cluster", "x"}, Start, false},
		{[]string{"rds", "stop-instance", "x"}, Stop, true},
		{[]string{"rds", "stop-rds", "x"}, Stop, true},
		{[]string{"rds", "start-instance", "x"}, Start, false},
		{[]string{"rds", "stop-cluster", "x", "--dry-run"}, Neither, false},
	}
	for _, tt := range tests {
		call, err := Parse(tt.args)
		if err != nil {
			t.Fatal(err)
		}
		if call.Effect() != tt.effect || call.AWSRestarts() != tt.restarts {
			t.Errorf("%q: effect %v, restarts %v; want %v, %v",
				tt.args, call.Effect(), call.AWSRestarts(), tt.effect, tt.restarts)
		}
	}
}

func TestCall_CheckScope(t *testing.T) {
	t.Parallel()
	const china = "arn:aws-cn:rds:cn-north-1:123456789012:cluster:a"
	const other = "arn:aws:rds:us-west-2:210987654321:cluster:a"
	const write = "; write an ARN of there, or give this target a savings_runner and a savings_schedule in its own account"
	for args, want := range map[string]string{
		"my-aurora team=web " + clusterARN: "",
		"my-aurora " + china: `"` + china + `" is in partition aws-cn; ` +
			"the runner works in partition aws alone" + write,
		clusterARN + " " + other: `"` + other + `" is in account 210987654321; ` +
			"the runner works in account 123456789012 alone" + write,
	} {
		call, err := Parse(strings.Fields("rds stop-cluster " + args))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := call.CheckScope(Scope{"aws", "eu-west-1", "123456789012"}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", args, got, want)
		}
	}
}

func TestScope_Check(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scope Scope
		want  string
	}{
		{Scope{"aws", "ap-northeast-1", "123456789012"}, ""},
		{Scope{"aws-cn", "cn-north-1", "123456789012"}, ""},
		{Scope{"aws-iso-b", "us-isob-east-1", "123456789012"}, ""},
		{Scope{"aws", "tokyo", "123456789012"}, `"tokyo" is no AWS region; write one such as ap-northeast-1`},
		{Scope{"aws", "ap-northeast-1", "12345678901"},
			`"12345678901" is no AWS account; write its 12 digits, such as 123456789012`},
		{Scope{"aws", "us-gov-west-1", "123456789012"},
			`"aws" is not the partition of region us-gov-west-1; write "aws-us-gov"`},
	} {
		got := ""
		if err := tt.scope.Check(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%v\n got %s\nwant %s", tt.scope, got, tt.want)
		}
	}
}

func TestParse_errors(t *testing.T) {
	t.Parallel()
	const verbs = "rds has start-cluster, stop-cluster, start-instance, stop-instance, " +
		"start-rds, stop-rds"
	const flagNames = "the flags are --dry-run, --wait, --region"
	const identifier = "one has 1 to 63 letters, digits and single hyphens, a letter first and " +
		"no hyphen last; tags are written key=value"
	const tags = "write key=value, or key=value,key=value for things that have both tags"
	long := strings.Repeat("a", 64)
	all := "the services are " + strings.Join(services(), ", ")
	tests := []struct {
		args  []string
		index int
		want  string
	}{
		{nil, -1, `no arguments; write a service, a verb and items: ` +
			`"rds", "stop-cluster", "my-aurora"`},
		{[]string{"rds"}, -1, "rds without a verb; " + verbs},
		{[]string{"rsd", "stop-cluster", "x"}, 0,
			`unknown service "rsd"; ` + all + `; did you mean "rds"?`},
		{[]string{"RDS", "stop-cluster", "x"}, 0,
			`unknown service "RDS"; ` + all + `; did you mean "rds"?`},
		{[]string{"lambda", "stop", "x"}, 0, `unknown service "lambda"; ` + all},
		{[]string{"rds stop-cluster x"}, 0, `"rds stop-cluster x" is several words in one argument; ` +
			`write each word as its own: "rds", "stop-cluster", "x"`},
		{[]string{"--dry-run", "rds", "stop-cluster", "x"}, 0,
			`flag "--dry-run" before the command; write flags after the verb`},
		{[]string{"rds", "stoo-cluster", "x"}, 1,
			`unknown command "stoo-cluster" of rds; ` + verbs + `; did you mean "stop-cluster"?`},
		{[]string{"rds", "stop-db-cluster", "x"}, 1,
			`unknown command "stop-db-cluster" of rds; ` + verbs + `; did you mean "stop-cluster"?`},
		{[]string{"rds", "reboot", "x"}, 1, `unknown command "reboot" of rds; ` + verbs},
		{[]string{"rds", "stop-cluster"}, -1, `rds stop-cluster without an item; it takes ` +
			`identifiers or ARNs of DB clusters, or tags as key=value (key=value,key=value for both)` +
			`; write for example "rds", "stop-cluster", "my-cluster"`},
		{[]string{"rds", "stop-cluster", "--dry-run"}, -1, `rds stop-cluster without an item; it ` +
			`takes identifiers or ARNs of DB clusters, or tags as key=value (key=value,key=value ` +
			`for both); write for example "rds", "stop-cluster", "my-cluster"`},
		{[]string{"rds", "stop-cluster", "a", ""}, 3,
			"an empty word; leave it out, or give it a value (a variable may be empty)"},
		{[]string{"rds", "stop-cluster", " \t"}, 2,
			"an empty word; leave it out, or give it a value (a variable may be empty)"},
		{[]string{"rds", "stop-cluster", "a "}, 2, `"a " has blanks at its edges; write "a"`},
		{[]string{"rds", "stop-cluster", "null"}, 2, `"null" looks like a value that is missing; ` +
			"leave it out, or give it a value (a variable may be null)"},
		{[]string{"rds", "stop-cluster", "<nil>"}, 2, `"<nil>" looks like a value that is missing; ` +
			"leave it out, or give it a value (a variable may be null)"},
		{[]string{"rds", "stop-cluster", "a", "--dryrun"}, 3,
			`unknown flag "--dryrun"; ` + flagNames + `; did you mean "--dry-run"?`},
		{[]string{"rds", "stop-cluster", "a", "-wait"}, 3,
			`unknown flag "-wait"; ` + flagNames + `; did you mean "--wait"?`},
		{[]string{"rds", "stop-cluster", "a", "\u2014wait"}, 3, "unknown flag \"\u2014wait\" (it has the character " +
			`'\u2014'); ` + flagNames + `; did you mean "--wait"?`},
		{[]string{"rds", "stop-cluster", "a", "--wait", "true"}, 4, `"true" is a yes or no, and no word of a command; ` +
			"write a flag alone or leave it out; write a target by its name"},
		{[]string{"rds", "stop-cluster", "a", "--force"}, 3, `unknown flag "--force"; ` + flagNames},
		{[]string{"rds", "stop-cluster", "a", "--dry-run=true"}, 3,
			"--dry-run with a value; write --dry-run alone, or leave it out"},
		{[]string{"rds", "stop-cluster", "--region"}, 2,
			"--region without a value; write --region=REGION"},
		{[]string{"rds", "stop-cluster", "a", "--region", "--wait"}, 3,
			"--region without a value; write --region=REGION"},
		{[]string{"rds", "stop-cluster", "a", "--region", "tokyo"}, 4,
			`"tokyo" is no AWS region; write a region's name, such as ap-northeast-1`},
		{[]string{"rds", "stop-cluster", "a", "--wait", "--wait"}, 4,
			"--wait is given twice; write it once"},
		{[]string{"rds", "stop-cluster", clusterARN, "--region=eu-west-1"}, 2,
			`"` + clusterARN + `" is in us-west-2, and --region says eu-west-1; ` +
				"leave --region out: an ARN names its own region"},
		{[]string{"rds", "stop-cluster", "a", "1a"}, 3,
			`"1a" is no identifier of a DB cluster; ` + identifier},
		{[]string{"rds", "stop-cluster", "a-"}, 2,
			`"a-" is no identifier of a DB cluster; ` + identifier},
		{[]string{"rds", "stop-cluster", "a--b"}, 2,
			`"a--b" is no identifier of a DB cluster; ` + identifier},
		{[]string{"rds", "stop-instance", "a_b"}, 2,
			`"a_b" is no identifier of a DB instance; ` + identifier},
		{[]string{"rds", "stop-cluster", long}, 2,
			`"` + long + `" is no identifier of a DB cluster; ` + identifier},
		{[]string{"rds", "stop-instance", "x.abc.eu-west-1.rds.amazonaws.com"}, 2,
			`"x.abc.eu-west-1.rds.amazonaws.com" is no identifier of a DB instance; ` + identifier +
				`; this is an endpoint's address: write "x"`},
		{[]string{"rds", "stop-cluster", "arn:aws:rds:us-west-2:123456789012:db:x"}, 2,
			`"arn:aws:rds:us-west-2:123456789012:db:x" is the ARN of another kind of thing (db); ` +
				`one of a DB cluster is arn:aws:rds:ap-northeast-1:123456789012:cluster:NAME; ` +
				`did you mean "stop-instance"?`},
		{[]string{"rds", "start-instance", clusterARN}, 2,
			`"` + clusterARN + `" is the ARN of another kind of thing (cluster); ` +
				`one of a DB instance is arn:aws:rds:ap-northeast-1:123456789012:db:NAME; ` +
				`did you mean "start-cluster"?`},
		{[]string{"rds", "stop-cluster", "arn:aws:ecs:us-west-2:123456789012:cluster:x"}, 2,
			`"arn:aws:ecs:us-west-2:123456789012:cluster:x" is the ARN of another kind of thing ` +
				`(cluster); one of a DB cluster is arn:aws:rds:ap-northeast-1:123456789012:cluster:NAME`},
		{[]string{"rds", "stop-cluster", "arn:aws:rds:x"}, 2,
			`"arn:aws:rds:x" is no complete ARN; ` +
				`one of a DB cluster is arn:aws:rds:ap-northeast-1:123456789012:cluster:NAME`},
		{[]string{"rds", "stop-cluster", "аurora"}, 2, // a Cyrillic letter
			`"аurora" is no identifier of a DB cluster (it has the character '\u0430'); ` + identifier},
		{[]string{"rds", "stop-cluster", strings.Repeat("é", 3000)}, 2, "a word of 3000 characters, which begins with " +
			strconv.Quote(strings.Repeat("é", 40)) + "; a word has at most 2048; write each item as a word of its own"},
		{[]string{"rds", "stop-cluster", "=web"}, 2, `"=web" in "=web" is no tag; ` + tags},
		{[]string{"rds", "stop-cluster", "a=b,c"}, 2, `"c" in "a=b,c" is no tag; ` + tags},
		{[]string{"rds", "stop-cluster", "a=b, c=d"}, 2,
			`the tag " c=d" has blanks at its edges; ` + tags},
		{[]string{"rds", "stop-cluster", "a=b*"}, 2,
			`the tag "a=b*" has characters that no tag can have; ` +
				"a tag has letters, digits, blanks and _ . : / = + - @"},
		{[]string{"rds", "stop-cluster", "team=a,team=b"}, 2,
			`"team=a,team=b" names the tag "team" twice, and a thing has it once; ` +
				"write one item for each value: they are alternatives"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			_, err := Parse(tt.args)
			usage := (*UsageError)(nil)
			if !errors.As(err, &usage) {
				t.Fatalf("Parse error %v (%T), want a *UsageError", err, err)
			}
			if usage.Index != tt.index {
				t.Errorf("index %d, want %d", usage.Index, tt.index)
			}
			if usage.Error() != tt.want {
				t.Errorf("error\n got %s\nwant %s", usage, tt.want)
			}
		})
	}
}

// The longest of each kind is accepted, and one character more is not. Characters count, not bytes.
func TestParse_longest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, args, begin, letter, end string
		max                            int
		want                           string
	}{
		{"identifier", "rds stop-cluster ", "", "a", "", 63, "is no identifier of a DB cluster"},
		{"key", "rds stop-cluster ", "", "é", "=web", 128, "a key has at most 128 characters, a value 256"},
		{"value", "rds stop-cluster ", "team=", "é", "", 256, "a key has at most 128 characters, a value 256"},
		{"origin", "cloudfront update-origin E2QWRUHEXAMPLE ", "", "é", " default", 128, "one has at most 128 characters"},
		{"tasks", "ecs set-desired-count ", "web/api/1", "0", "", 4, "one is 0 to 10000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := tt.args + tt.begin + strings.Repeat(tt.letter, tt.max)
			if _, err := Parse(strings.Fields(text + tt.end)); err != nil {
				t.Error(err)
			}
			_, err := Parse(strings.Fields(text + tt.letter + tt.end))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("one more: %v, want %q", err, tt.want)
			}
		})
	}
	word := strings.Repeat("é", maxWord)
	if err := checkText(0, word); err != nil {
		t.Error(err)
	}
	if err := checkText(0, word+"é"); err == nil {
		t.Error("a word that is too long is accepted")
	}
}

// Fault 7 of the old image: a tag's value was cut at its second "=".
func TestFault07_tagValueHoldsEqualSigns(t *testing.T) {
	t.Parallel()
	call, err := Parse([]string{"rds", "stop-instance", "filter=env=prod==,team=web"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Tag{{"filter", "env=prod=="}, {"team", "web"}}
	if d := cmp.Diff(want, call.items[0].Tags); d != "" {
		t.Error(d)
	}
}

// Fault 12 of the old image: a typo in the args was found by nobody before 21:00. All args of
// TestParse_errors are found at plan; this one is the seed's.
func TestFault12_typoIsFoundBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	_, err := Parse([]string{"rds", "stoo-cluster", "my-aurora"})
	if err == nil || !strings.Contains(err.Error(), `did you mean "stop-cluster"?`) {
		t.Errorf("Parse error %v", err)
	}
}

func TestVerb_Help(t *testing.T) {
	t.Parallel()
	for _, v := range Verbs() {
		text := v.Help("savings run ")
		for _, want := range append([]string{
			v.Service + " " + v.Name, v.Items, "--dry-run", "--wait", "--region REGION",
		}, append(v.Actions(), v.Aliases...)...) {
			if !strings.Contains(text, want) {
				t.Errorf("help of %s %s lacks %q:\n%s", v.Service, v.Name, want, text)
			}
		}
		if strings.Contains(text, "AWS starts it again after seven days.") != v.AWSRestarts {
			t.Errorf("help of %s %s; AWS restarts: %t\n%s", v.Service, v.Name, v.AWSRestarts, text)
		}
		for _, args := range v.Examples {
			if _, err := Parse(args); err != nil {
				t.Errorf("example %q: %v", args, err)
			}
		}
	}
}

// Whatever is accepted names its targets and can be said in a sentence; whatever is refused points
// at an argument that exists.
func TestParse_anyWords(t *testing.T) {
	t.Parallel()
	words := []string{
		"rds", "stop-cluster", "start-instance", "stop-rds", "my-aurora", "team=web,deploy=devel",
		"a=b=c", "=", ",", "a=,b=", clusterARN, "arn:", "arn:aws:rds:eu-west-1:123456789012:cluster:",
		"arn:aws:rds:::::::", "--region", "--region=us-west-2", "us-west-2", "--wait", "--dry-run",
		"--dry-run=", "--", "-", "", " ", "null", "日本", "a.b", "\x00", "\xff=\xfe",
	}
	random := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 50_000 {
		args := []string{"rds", words[1+random.IntN(3)]}
		if random.IntN(4) == 0 {
			args = nil
		}
		for range random.IntN(5) {
			args = append(args, words[random.IntN(len(words))])
		}
		call, err := Parse(args)
		if err == nil {
			accepted++
			if call.Summary(language.English) == "" || len(call.Targets("")) == 0 ||
				len(call.Statements(Scope{"aws", "r", "1"})) == 0 {
				t.Errorf("Parse(%q): %q, %q", args, call.Summary(language.English), call.Targets(""))
			}
			continue
		}
		usage := (*UsageError)(nil)
		if !errors.As(err, &usage) || usage.Found == "" || usage.Index < -1 ||
			usage.Index >= len(args) {
			t.Errorf("Parse(%q) error %#v", args, err)
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d lists were accepted", accepted)
	}
}

// Only what a stop wrote is taken for a remembered size.
func TestParseSize(t *testing.T) {
	t.Parallel()
	if got, err := parseSize("min=2 desired=4"); err != nil || got != (size{2, 4}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{
		"", "min=2", "min=2 desired=4 ", "min=02 desired=4", "min=2 desired=4x", "min=-1 desired=4", "min=4 desired=2",
		"min=0 desired=0",
	} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
