package importconfig

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/universaltarget"
)

var assignment = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)

// macros are the words of crontab(5) for whole expressions.
var macros = map[string]string{
	"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
	"@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}

// cronFieldCount is that of a crontab's line before its command.
const cronFieldCount = 5

// fromCrontab reads a crontab, or lines of one.
func fromCrontab(text string, o Options) (*Config, error) {
	c := &Config{Source: "From a crontab."}
	zone := o.Timezone
	found := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if a := assignment.FindStringSubmatch(line); a != nil {
			if a[1] == "CRON_TZ" {
				zone = strings.Trim(a[2], `"'`)
			}
			continue
		}
		found = true
		what := fmt.Sprintf("Line %d, %s", i+1, line)
		if zone == "" {
			return nil, inputErrorf("a crontab runs in its machine's zone, which it does not name; "+
				"write --timezone Asia/Tokyo, or another one (line %d)", i+1)
		}
		if err := c.cronLine(line, what, zone); err != nil {
			c.leave(what, "%v", err)
		}
	}
	if !found {
		return nil, inputErrorf("there is neither JSON nor a line of a crontab in it")
	}
	c.finish()
	return c, nil
}

// cronLine adds the events of one line. Its error says why there are none, and what to do.
func (c *Config) cronLine(line, what, zone string) error {
	fields, rest, err := cronFields(line)
	if err != nil {
		return err
	}
	expressions, notes, err := crontabExpressions(fields)
	if err != nil {
		return err
	}
	done, err := commandLine(rest)
	if err != nil {
		return err
	}
	for _, expression := range expressions {
		e := Event{
			Key: keyOf(done.Steps[0]), Commands: done.Steps, Steps: len(done.Steps) > 1, Expression: expression,
			Timezone: zone, Notes: append([]string{}, notes...),
		}
		for _, note := range done.Notes {
			e.note("%s.", sentenceOf(note))
		}
		c.add(what, e)
	}
	return nil
}

// cronFields takes the five fields, or a macro, off a line.
func cronFields(line string) (fields []string, rest string, err error) {
	take := func() string {
		word, after, _ := strings.Cut(strings.TrimLeft(rest, " \t"), " ")
		if w, a, ok := strings.Cut(word, "\t"); ok {
			word, after = w, a+" "+after
		}
		rest = strings.TrimLeft(after, " \t")
		return word
	}
	rest = line
	if strings.HasPrefix(line, "@") {
		word := strings.ToLower(take())
		expression, known := macros[word]
		switch {
		case word == "@reboot":
			return nil, "", errors.New("@reboot is no time; run the command where the machine is made")
		case !known:
			return nil, "", fmt.Errorf("%s is no word of crontab(5); write its five fields", word)
		}
		return strings.Fields(expression), rest, nil
	}
	for range cronFieldCount {
		fields = append(fields, take())
	}
	if rest == "" {
		return nil, "", errors.New("it has no five fields and a command; write it by hand")
	}
	return fields, rest, nil
}

var shellEnd = regexp.MustCompile(`^(?:[0-9]?>.*|\||\|\||&&?|;|<.*)$`)

// commandLine finds the runner's command in a line of a shell: its own words, or those of the AWS CLI.
func commandLine(text string) (universaltarget.Command, error) {
	text, _, _ = strings.Cut(text, "%") // the rest is the command's input (crontab(5))
	var words []string
	for _, word := range strings.Fields(text) {
		if shellEnd.MatchString(word) {
			break
		}
		words = append(words, strings.Trim(strings.TrimSuffix(word, ";"), `"'`))
		if strings.HasSuffix(word, ";") {
			break
		}
	}
	for i := range words {
		if strings.HasSuffix("/"+words[i], "/aws") && i+2 < len(words) {
			return awsCommand(words[i+1:])
		}
		if i+1 >= len(words) {
			break
		}
		if _, known := command.Lookup(words[i], words[i+1]); known {
			return universaltarget.Command{Steps: [][]string{words[i:]}}, nil
		}
	}
	return universaltarget.Command{}, fmt.Errorf("%q is no command of the runner; keep this line, or write args by hand",
		strings.TrimSpace(text))
}

// awsCommand reads a line of the AWS CLI as the API call that it makes.
func awsCommand(words []string) (universaltarget.Command, error) {
	operation := strings.ReplaceAll(words[1], "-", "")
	if !universaltarget.Known(words[0], operation) {
		return universaltarget.Command{}, fmt.Errorf("no command does what aws %s %s does; keep this line",
			words[0], words[1])
	}
	members := map[string]any{}
	var region string
	var notes []string
	for i := 2; i < len(words); {
		name, value, hasValue := strings.Cut(strings.TrimPrefix(words[i], "--"), "=")
		if !strings.HasPrefix(words[i], "--") {
			return universaltarget.Command{}, fmt.Errorf("%q cannot be read as options of the AWS CLI; "+
				"write args by hand", words[i])
		}
		i++
		var values []any
		if hasValue {
			values = append(values, value)
		}
		for ; i < len(words) && !strings.HasPrefix(words[i], "--"); i++ {
			values = append(values, words[i])
		}
		switch {
		case name == "region" && len(values) == 1:
			region, _ = values[0].(string)
		case name == "profile":
			notes = append(notes, "its profile is not carried over: the runner has a role of its own")
		case name == "output" || name == "query" || name == "no-cli-pager":
		case len(values) == 0:
			members[strings.ReplaceAll(name, "-", "")] = true
		case len(values) == 1:
			members[strings.ReplaceAll(name, "-", "")] = values[0]
		default:
			members[strings.ReplaceAll(name, "-", "")] = values
		}
	}
	done, err := universaltarget.Call(words[0], operation, members)
	if err != nil {
		return done, fmt.Errorf("%w; keep this line, or write args by hand", err)
	}
	if region != "" {
		done.Steps[0] = append(done.Steps[0], "--region", region)
	}
	done.Notes = append(done.Notes, notes...)
	return done, nil
}

// keyOf names an event after its command: stop_my-aurora.
func keyOf(args []string) string {
	verb, _, _ := strings.Cut(args[1], "-")
	if len(args) < 3 {
		return verb
	}
	return verb + "_" + args[2]
}
