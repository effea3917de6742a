package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// Parse takes args apart and checks them against the table. Its error is a *UsageError.
func Parse(args []string) (*Call, error) {
	if len(args) == 0 {
		return nil, &UsageError{
			Index: -1, Found: "no arguments",
			Write: `write a service, a verb and items: "rds", "stop-cluster", "my-aurora"`,
		}
	}
	for i, arg := range args {
		if err := checkText(i, arg); err != nil {
			return nil, err
		}
	}
	verb, err := parseVerb(args)
	if err != nil {
		return nil, err
	}
	call := &Call{verb: verb}
	if err := call.parseRest(args); err != nil {
		return nil, err
	}
	if len(call.items) == 0 {
		return nil, &UsageError{
			Index: -1, Found: fmt.Sprintf("%s %s without an item", args[0], args[1]),
			Allowed: "it takes " + verb.Items,
			Write:   "write for example " + quoteAll(verb.Examples[0]),
		}
	}
	return call, nil
}

func parseVerb(args []string) (*Verb, error) {
	service := args[0]
	if words := strings.Fields(service); len(words) > 1 {
		return nil, &UsageError{
			Index: 0, Found: fmt.Sprintf("%q is several words in one argument", service),
			Write: "write each word as its own: " + quoteAll(words),
		}
	}
	if strings.HasPrefix(service, "-") {
		return nil, &UsageError{
			Index: 0, Found: fmt.Sprintf("flag %q before the command", service),
			Write: "write flags after the verb",
		}
	}
	if !slices.Contains(services(), service) {
		return nil, &UsageError{
			Index: 0, Found: fmt.Sprintf("unknown service %q%s", service, foreign(service)),
			Allowed: "the services are " + strings.Join(services(), ", "),
			Write:   didYouMean(service, services()),
		}
	}
	if len(args) == 1 {
		return nil, &UsageError{
			Index: -1, Found: service + " without a verb",
			Allowed: service + " has " + strings.Join(names(service), ", "),
		}
	}
	verb := lookup(service, args[1])
	if verb == nil {
		return nil, &UsageError{
			Index: 1, Found: fmt.Sprintf("unknown command %q%s of %s", args[1], foreign(args[1]), service),
			Allowed: service + " has " + strings.Join(names(service), ", "),
			Write:   didYouMean(args[1], names(service)),
		}
	}
	return verb, nil
}

// parseRest reads the items and flags behind the verb, in any order.
func (c *Call) parseRest(args []string) error {
	seen := map[string]bool{}
	var within []string
	for i := 2; i < len(args); i++ {
		if isFlag(args[i]) {
			next, err := c.parseFlag(args, i, seen)
			if err != nil {
				return err
			}
			i = next
			continue
		}
		if n := len(within); n < len(c.verb.Leads) {
			if err := c.verb.checkLead(n, args[i]); err != nil {
				err.Index = i
				return err
			}
			within = append(within, args[i])
			continue
		}
		item, err := c.verb.item.parse(args[i])
		if err != nil {
			err.Index = i
			if !strings.Contains(args[i], "=") { // tags may have letters of every script
				err.Found += foreign(args[i])
			}
			return err
		}
		item.Within = within
		c.items = append(c.items, item)
	}
	if c.verb.check != nil {
		if err := c.verb.check(c.items); err != nil {
			return err
		}
	}
	return c.checkRegions(args)
}

// parseFlag reads the flag at i and returns the index of its last argument.
func (c *Call) parseFlag(args []string, i int, seen map[string]bool) (int, error) {
	name, value, hasValue := strings.Cut(args[i], "=")
	known := c.verb.allFlags()
	at := slices.IndexFunc(known, func(f Flag) bool { return f.Name == name })
	if at < 0 {
		return i, unknownFlag(i, name, known)
	}
	if seen[name] {
		return i, &UsageError{Index: i, Found: name + " is given twice", Write: "write it once"}
	}
	seen[name] = true
	if known[at].Value == "" {
		if hasValue {
			return i, &UsageError{
				Index: i, Found: name + " with a value", Write: "write " + name + " alone, or leave it out",
			}
		}
		return i, c.setFlag(i, name, "")
	}
	if !hasValue {
		if i+1 == len(args) || strings.HasPrefix(args[i+1], "-") {
			return i, &UsageError{
				Index: i, Found: name + " without a value",
				Write: fmt.Sprintf("write %s=%s", name, known[at].Value),
			}
		}
		i++
		value = args[i]
	}
	return i, c.setFlag(i, name, value)
}

func unknownFlag(i int, name string, known []Flag) error {
	var names []string
	for _, f := range known {
		names = append(names, f.Name)
	}
	return &UsageError{
		Index: i, Found: fmt.Sprintf("unknown flag %q%s", name, foreign(name)),
		Allowed: "the flags are " + strings.Join(names, ", "),
		Write:   didYouMean("--"+strings.TrimLeft(name, "-"+dashes), names),
	}
}

func (c *Call) setFlag(i int, name, value string) error {
	switch name {
	case "--dry-run":
		c.flags.dryRun = true
	case "--wait":
		c.flags.wait = true
	case "--region":
		return c.setRegion(i, value)
	default:
		if c.flags.own == nil {
			c.flags.own = map[string]string{}
		}
		c.flags.own[name] = value
	}
	return nil
}

// regionForm is how AWS names regions: eu-west-1, us-gov-west-1, ap-southeast-7.
var regionForm = newPattern(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)

func (c *Call) setRegion(i int, value string) error {
	if !regionForm.MatchString(value) {
		return &UsageError{
			Index: i, Found: fmt.Sprintf("%q is no AWS region", value),
			Write: "write a region's name, such as ap-northeast-1",
		}
	}
	c.flags.region = value
	return nil
}

// checkRegions refuses a --region that an ARN contradicts.
func (c *Call) checkRegions(args []string) error {
	for _, item := range c.items {
		if c.flags.region == "" || item.ARN == nil || item.ARN.Region == c.flags.region {
			continue
		}
		return &UsageError{
			Index: slices.Index(args, item.Text),
			Found: fmt.Sprintf("%q is in %s, and --region says %s",
				item.Text, item.ARN.Region, c.flags.region),
			Write: "leave --region out: an ARN names its own region",
		}
	}
	return nil
}

func didYouMean(text string, candidates []string) string {
	if near := suggest.Nearest(text, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(quoted, ", ")
}
