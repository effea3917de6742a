// Command guide prints the documentation's page of commands, made from the command table:
//
//	go generate ./internal/command/guide
package main

import (
	"fmt"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

//go:generate sh -c "go run . >../../../templates/guides/commands.md"

func main() { fmt.Print(page(command.Verbs())) }

const head = `---
page_title: "Commands"
description: |-
  Every command of the runner: items, flags, IAM actions and examples.
---

# Commands

An event's ` + "`args`" + ` are a command: a service, a verb, items, and flags anywhere after the verb.
The same words run on your own machine as ` + "`savings run …`" + `, and ` +
	"`savings help SERVICE VERB`" + `
explains them there.

- What is already as it should be, or on its way there, is left alone, and the run succeeds.
- What is busy is looked at again, every 2 seconds at first and every 30 in the end, until ten
  seconds before the run's time is over. Then the item fails, and AWS Lambda runs the command again.
- Every item is tried, whatever became of the others. The run fails if any item failed.
- A tag item selects all that have the tag: ` + "`deploy=devel,team=web`" + ` those that have both, two items
  those that have either. One that matches nothing is no failure; an identifier that does not exist is.
- What was found by a tag and has the tag ` + "`savings:keep`" + ` is left alone: always, or until the date or
  instant that is the tag's value.

| Command | What it does |
|---|---|
`

// page is the whole page, in Markdown. A verb's help is what the program prints for it.
func page(verbs []command.Verb) string {
	var b strings.Builder
	b.WriteString(head)
	for _, v := range verbs {
		name := v.Service + " " + v.Name
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", name, strings.ReplaceAll(name, " ", "-"), v.Short)
	}
	for _, v := range verbs {
		fmt.Fprintf(&b, "\n## %s %s\n\n```terraform\nargs = [%s]\n```\n\n```text\n%s```\n",
			v.Service, v.Name, list(v.Examples[0]), v.Help("savings run "))
	}
	return b.String()
}

// list is the inside of a Terraform list of strings.
func list(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").
			Replace(arg) + `"`
	}
	return strings.Join(quoted, ", ")
}
