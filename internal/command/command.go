// Package command is the one table of what the runner can do: words, items, flags, what each
// needs of IAM, and what it runs. The runner dispatches from it, the provider validates args with
// it at plan time, and summaries, policies and help derive from it.
//
// A service is one file, such as rds.go: its verbs, the client interface with the calls that it
// uses, and the function that runs them.
package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// Effect tells what a command does to its targets.
type Effect int

// Effects of a command.
const (
	Neither Effect = iota
	Start
	Stop
)

// Scope is where the targets of a command live; it completes ARNs.
type Scope struct{ Partition, Region, Account string }

// Call is a valid argument list, taken apart.
type Call struct {
	verb  *Verb
	items []Item
	flags flags
}

type flags struct {
	dryRun, wait bool
	region       string
	// own are the verb's own flags that were given, with their values.
	own map[string]string
}

// has tells whether one of the verb's own flags was given.
func (f flags) has(name string) bool {
	_, ok := f.own[name]
	return ok
}

// Effect tells whether the call starts or stops its targets. A dry run does neither.
func (c *Call) Effect() Effect {
	if c.flags.dryRun {
		return Neither
	}
	if c.verb.effectOf != nil {
		return c.verb.effectOf(c.items)
	}
	return c.verb.Effect
}

// Waits tells whether the call waits until its targets have arrived, as its --wait asks for.
func (c *Call) Waits() bool { return c.flags.wait }

// Targets names what the call acts on, sorted, in one form for every spelling of the same thing:
//
//	rds/cluster/my-aurora                   an identifier in whatever case, or its ARN
//	rds/cluster/my-aurora@us-west-2         the same in another region than the function's
//	rds/cluster-tag/deploy=devel,team=web   tags, sorted by key
//	cloudfront/distribution/E2QWRUHEXAMPLE/default
//	ecs/service/web/api                     a verb may have a form of its own
//
// The clusters of Neptune and Amazon DocumentDB are named as those of rds are: its words act on
// them too. region is that of the function which runs the call. Where it is not known, "", each
// region that the call names is another.
func (c *Call) Targets(region string) []string {
	var out []string
	for _, item := range c.items {
		name := c.verb.target + "/" + item.ID
		if item.Tags != nil {
			name = c.verb.target + "-tag/" + joinTags(item.Tags)
		}
		if c.verb.targetOf != nil {
			name = c.verb.targetOf(item)
		}
		if named := c.region(item); named != "" && named != region {
			name += "@" + named
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Regions are those that the call names, by --region or in an ARN, sorted.
func (c *Call) Regions() []string {
	var out []string
	for _, item := range c.items {
		if named := c.region(item); named != "" {
			out = append(out, named)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// region is that which the call names for an item; "" where it names none.
func (c *Call) region(item Item) string {
	switch {
	case c.verb.global:
		return ""
	case item.ARN != nil:
		return item.ARN.Region
	}
	return c.flags.region
}

// AWSRestarts tells whether AWS starts the call's targets again by itself after seven days, as it
// does with every stopped database (Amazon RDS User Guide, "Stopping an Amazon RDS DB instance
// temporarily").
func (c *Call) AWSRestarts() bool { return c.verb.AWSRestarts && !c.flags.dryRun }

// Statements lists what the runner's role needs for the call, least privilege, sorted: an
// identifier gives its own ARN, tags give a condition on them. A region that the call itself names
// replaces the scope's. A dry run only describes.
func (c *Call) Statements(scope Scope) []iampolicy.Statement {
	if c.flags.region != "" {
		scope.Region = c.flags.region
	}
	return iampolicy.Normalize(c.verb.statements(c, scope))
}

// CheckScope refuses items whose ARN is of another partition or account than the scope, where the
// runner works. Another region is fine. Its error is a *UsageError.
func (c *Call) CheckScope(scope Scope) error {
	for _, item := range c.items {
		if item.ARN == nil {
			continue
		}
		for _, part := range []struct{ name, found, allowed string }{
			{"partition", item.ARN.Partition, scope.Partition},
			{"account", item.ARN.Account, scope.Account},
		} {
			if part.found != part.allowed {
				return &UsageError{
					Index:   -1,
					Found:   fmt.Sprintf("%q is in %s %s", item.Text, part.name, part.found),
					Allowed: fmt.Sprintf("the runner works in %s %s alone", part.name, part.allowed),
					Write: "write an ARN of there, or give this target a savings_runner and a " +
						"savings_schedule in its own account",
				}
			}
		}
	}
	return nil
}

// partitions are AWS's, by how the names of their regions begin; the last is that of all others
// (AWS General Reference, "Amazon Resource Names (ARNs)").
var partitions = []struct{ prefix, name string }{
	{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"}, {"us-isob-", "aws-iso-b"},
	{"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"}, {"", "aws"},
}

// PartitionOf returns the partition that a region is in.
func PartitionOf(region string) string {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.prefix) {
			return p.name
		}
	}
	return ""
}

// Check refuses what is no place of AWS's.
func (s Scope) Check() error {
	switch {
	case !regionForm.MatchString(s.Region):
		return fmt.Errorf("%q is no AWS region; write one such as ap-northeast-1", s.Region)
	case !accountForm.MatchString(s.Account):
		return fmt.Errorf("%q is no AWS account; write its 12 digits, such as 123456789012", s.Account)
	case s.Partition != PartitionOf(s.Region):
		return fmt.Errorf("%q is not the partition of region %s; write %q", s.Partition, s.Region, PartitionOf(s.Region))
	}
	return nil
}
