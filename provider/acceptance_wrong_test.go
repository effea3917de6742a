package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// wrongKinds are the files of testdata/wrong: what stands around each case of them, and what of it is
// right where the case does not say otherwise.
var wrongKinds = map[string]struct {
	block string
	right []string
}{
	"schedule": {"resource \"savings_schedule\" %q", []string{
		"name = %[1]q", "function_arn = local.function", "role_arn = local.role", "timezone = \"Asia/Tokyo\"", "events = {}",
	}},
	"runner":   {"resource \"savings_runner\" %q", []string{"name = %[1]q"}},
	"function": {"output %q", nil},
	"provider": {"provider \"savings\"", []string{"alias = %[1]q"}},
}

const wrongHeader = header + `
locals {
  function = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
  role     = "arn:aws:iam::123456789012:role/tools-scheduler"
  stop     = ["rds", "stop-cluster", "db"]
  nightly  = "cron(0 21 ? * MON-SUN *)"
  target   = { db = { start = ["rds", "start-cluster", "db"], stop = ["rds", "stop-cluster", "db"] } }
}
resource "terraform_data" "later" {}
`

// wrongCase is one wrong configuration, and where its lines are in the program's file.
type wrongCase struct {
	name        string
	lines       []string
	first, last int
}

// readWrong reads the cases of a file: a name, then lines of HCL, then an empty line.
func readWrong(t *testing.T, kind string) []*wrongCase {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "wrong", kind+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []*wrongCase
	for _, block := range strings.Split(strings.TrimSpace(string(data)), "\n\n") {
		lines := strings.Split(block, "\n")
		cases = append(cases, &wrongCase{name: lines[0], lines: lines[1:]})
	}
	return cases
}

// wrongConfig writes all cases of a kind into one configuration.
func wrongConfig(kind string, cases []*wrongCase) string {
	var b strings.Builder
	b.WriteString(wrongHeader)
	for _, c := range cases {
		around := wrongKinds[kind]
		block := around.block
		if strings.Contains(block, "%q") {
			block = fmt.Sprintf(block, c.name)
		}
		c.first = strings.Count(b.String(), "\n") + 1
		b.WriteString(block + " {\n" + strings.Join(c.lines, "\n") + "\n")
		for _, right := range around.right {
			attribute, _, _ := strings.Cut(right, " ")
			if !regexp.MustCompile(`(?m)^  ` + attribute + ` *=`).MatchString(strings.Join(c.lines, "\n")) {
				value := right
				if strings.Contains(right, "%[1]q") {
					value = fmt.Sprintf(right, strings.ReplaceAll(c.name, "_", "-"))
				}
				b.WriteString("  " + value + "\n")
			}
		}
		b.WriteString("}\n")
		c.last = strings.Count(b.String(), "\n")
		if kind == "provider" { // a block that nothing uses is not looked at
			fmt.Fprintf(&b, "resource \"savings_runner\" %q {\n  provider = savings.%s\n  name = \"x\"\n}\n", c.name,
				strings.ReplaceAll(c.name, "_", "-"))
		}
	}
	return b.String()
}

// The wrong configurations of testdata/wrong: each message, word for word, in a file, and none that
// leaves its reader alone.
func TestAcc_wrongConfigurations(t *testing.T) {
	t.Parallel()
	total := 0
	for kind := range wrongKinds {
		cases := readWrong(t, kind)
		total += len(cases)
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := acctest.NewCLI(t, tfcli.Tofu)
			config := wrongConfig(kind, cases)
			c.Write("main.tf", config)
			c.Init()
			messages := wrongMessages(t, c.Validate(), cases)
			var b strings.Builder
			for _, wrong := range cases {
				if len(messages[wrong.name]) == 0 {
					t.Errorf("%s: no message", wrong.name)
				}
				fmt.Fprintf(&b, "%s\n", wrong.name)
				for _, d := range messages[wrong.name] {
					checkMessage(t, kind, wrong, config, d)
					fmt.Fprintf(&b, "  %s\n  %s\n", d.Summary, strings.ReplaceAll(d.Detail, "\n", "\n  "))
				}
				b.WriteString("\n")
			}
			golden(t, filepath.Join("testdata", "wrong", kind+".golden"), b.String())
		})
	}
	if total < 150 {
		t.Errorf("only %d wrong configurations", total)
	}
}

// wrongMessages gives each case its diagnostics, by the lines that they point at.
func wrongMessages(t *testing.T, all []tfjson.Diagnostic, cases []*wrongCase) map[string][]tfjson.Diagnostic {
	t.Helper()
	messages := map[string][]tfjson.Diagnostic{}
	for _, d := range all {
		found := false
		for _, c := range cases {
			if d.Range != nil && d.Range.Start.Line >= c.first && d.Range.Start.Line <= c.last {
				messages[c.name] = append(messages[c.name], d)
				found = true
			}
		}
		if !found {
			t.Errorf("a message of no case: %s: %s", d.Summary, d.Detail)
		}
	}
	return messages
}

// never is what no message may say: it would be of the program's, not of the reader's.
var never = regexp.MustCompile(`(?i)report this|please report|contact the|panic|bug in|value conversion|unexpected error|cty\.|tftypes|` +
	`basetypes|go value|\bjson: |strconv|%!|<nil>|goroutine`)

// remedy is how a message says what is allowed or what to write. The last line is the programs' own.
var remedy = regexp.MustCompile(`(?i)\bwrite\b|allow|such as|remove|keep |leave |shorten|did you mean|knows|takes|correct these|` +
	`has the days|has only|select the targets|one (has|is|of an? .* is) |an item is|the (services|flags|languages) are|at most|it has \d|` +
	`\w+ has [a-z-]+[,.]|it may have|there are|is required|value must be|must be a string|must not be null|` +
	`is not expected here|required[,.]|unsuitable value`)

var attributeLine = regexp.MustCompile(`^  ([a-z_]+) *[={]`)

// checkMessage checks that a message is for its reader: it names what is wrong by the attribute, and
// the event's key, and says what to write.
func checkMessage(t *testing.T, kind string, c *wrongCase, config string, d tfjson.Diagnostic) {
	t.Helper()
	text := d.Summary + "\n" + d.Detail
	bad := func(why string) { t.Errorf("%s: the message %s: %q", c.name, why, text) }
	if found := never.FindString(text); found != "" {
		bad("says " + found)
	}
	if strings.ContainsFunc(strings.ReplaceAll(text, "\n", ""), func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}) {
		bad("has characters that are not seen")
	}
	if len(text) > 1500 {
		bad(fmt.Sprintf("has %d bytes", len(text)))
	}
	if !remedy.MatchString(text) {
		bad("does not say what to write")
	}
	if kind == "function" {
		if !strings.Contains(text, "parameter") {
			bad("does not name the parameter")
		}
		return
	}
	named := func(line string) bool {
		m := attributeLine.FindStringSubmatch(line)
		return m != nil && (strings.Contains(text, m[1]) || m[1] == "events" && strings.HasPrefix(d.Detail, "Event \""))
	}
	lines := strings.Split(config, "\n")
	at := lines[d.Range.Start.Line-1]
	inside := !attributeLine.MatchString(at) // of a block, or at the resource's own line
	if !named(at) && !(inside && slices.ContainsFunc(lines[c.first-1:c.last], named)) && !strings.Contains(text, "\" is required") {
		bad("does not name the attribute of " + at)
	}
	if strings.HasPrefix(at, "  events") && strings.Contains(d.Detail, "Event ") && !strings.HasPrefix(d.Detail, "Event \"") {
		bad("does not name the event")
	}
}
