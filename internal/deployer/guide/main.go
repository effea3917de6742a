// Command guide prints the documentation's page on security: its text is page.md, its tables and
// policies are made from the command table and the deployer's rights:
//
//	go generate ./internal/deployer/guide
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

//go:generate sh -c "go run . >../../../templates/guides/security.md"

//go:embed page.md
var text string

func main() { fmt.Print(page()) }

// example is the deployment of the page's policy.
var example = deployer.Deployment{
	Partition: "aws", Region: "ap-northeast-1", Account: "123456789012",
	Runner: "sample-ai-tools", Groups: []string{"sample-ai-saving"},
	BoundaryARN: "arn:aws:iam::123456789012:policy/sample-ai-boundary", Repository: "sample-ai-tools",
	DeadLetters: "sample-ai-dead-letters",
}

// page is the whole page, in Markdown.
func page() string {
	return strings.NewReplacer(
		"{{verbs}}", verbTable(command.Verbs()),
		"{{grants}}", grantTable(example.Grants()),
		"{{deployer}}", pretty(example.Statements()),
		"{{holding}}", grantTable(example.Holding()),
		"{{firing}}", grantTable(example.Firing()),
		"{{looking}}", grantTable(example.Looking()),
		"{{boundary}}", pretty(deployer.Boundary()),
		"{{malicious}}", strings.TrimSpace(read("../../review/testdata/golden/malicious.en.md")),
	).Replace(text)
}

// read returns what savings review prints of a plan: the golden file of its tests.
func read(path string) string {
	content, err := os.ReadFile(path) //nolint:gosec // a literal, above
	if err != nil {
		panic(err) // go generate and the test run in this folder
	}
	return string(content)
}

// pretty is a policy document over several lines.
func pretty(statements []iampolicy.Statement) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(iampolicy.Document(statements)), "", "  "); err != nil {
		panic(err) // it is JSON
	}
	return b.String()
}

// grantTable says what each right of the deployer is for.
func grantTable(grants []deployer.Grant) string {
	var b strings.Builder
	b.WriteString("| To | Actions | On | If |\n|---|---|---|---|\n")
	for _, g := range grants {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", g.Why, codes(g.Action), codes(tails(g.Resource)),
			conditions(g.Condition))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// verbTable says what each verb needs, for items by name and by tag.
func verbTable(verbs []command.Verb) string {
	var b strings.Builder
	b.WriteString("| Command | Action | On, by name | On, by tag |\n|---|---|---|---|\n")
	for _, v := range verbs {
		byName, byTag := needs(v, false), needs(v, true)
		name := "`" + v.Service + " " + v.Name + "`"
		for _, action := range slices.Sorted(maps.Keys(byName)) {
			tagged := byTag[action]
			if len(byTag) == 0 {
				tagged = "–"
			}
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", name, action, byName[action], tagged)
			delete(byTag, action)
			name = ""
		}
		for _, action := range slices.Sorted(maps.Keys(byTag)) {
			fmt.Fprintf(&b, "| | `%s` | – | %s |\n", action, byTag[action])
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// needs are the actions of a verb's examples, with what they are on; empty where the verb takes no
// tags.
func needs(v command.Verb, tags bool) map[string]string {
	scope := command.Scope{Partition: "aws", Region: example.Region, Account: example.Account}
	found := map[string]string{}
	for _, args := range v.Examples {
		// What is left is one item, and more than a look.
		args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--dry-run" })
		if i := slices.Index(args, "--region"); i > 0 {
			args = slices.Delete(args, i, i+2)
		}
		call, err := command.Parse(args)
		if err != nil {
			panic(err) // a test parses every example
		}
		if strings.Contains(args[2], "=") != tags || strings.HasSuffix(args[2], "/*") {
			continue
		}
		for _, s := range call.Statements(scope) {
			for _, action := range s.Action {
				if _, ok := found[action]; ok {
					continue
				}
				found[action] = codes(tails(s.Resource))
				if len(s.Condition) > 0 {
					found[action] += " if " + conditions(s.Condition)
				}
			}
		}
	}
	return found
}

// tails are ARNs without partition, region and account, which say nothing here.
func tails(arns []string) []string {
	var out []string
	for _, arn := range arns {
		parts := strings.SplitN(arn, ":", 6)
		out = append(out, parts[len(parts)-1])
	}
	return out
}

func codes(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "`" + w + "`"
	}
	return strings.Join(out, ", ")
}

// conditions are in words: aws:ResourceTag/deploy is devel.
func conditions(condition map[string]map[string][]string) string {
	var out []string
	for _, operator := range slices.Sorted(maps.Keys(condition)) {
		for _, key := range slices.Sorted(maps.Keys(condition[operator])) {
			words := fmt.Sprintf("`%s` is %s", key, codes(condition[operator][key]))
			if strings.HasPrefix(operator, "ForAllValues:") {
				words = "every " + words
			}
			out = append(out, words)
		}
	}
	return strings.Join(out, " and ")
}
