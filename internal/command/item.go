package command

import (
	"fmt"
	"slices"
	"strings"
)

// Item names one thing or, by tags, several.
type Item struct {
	// Text is the item as the user wrote it.
	Text string
	// ID is the identifier as AWS keeps it; "" for tags.
	ID string
	// ARN is set where the item was written as one.
	ARN *ARN
	// Within is what was written before the items, the same for each.
	Within []string
	// Count is a number of tasks that an item may name; nil where it names none.
	Count *int32
	// Tags must all be on a thing for the item to select it; sorted by key, nil for an identifier.
	Tags []Tag
}

// Tag is a tag's key and value.
type Tag struct{ Key, Value string }

// ARN is an Amazon Resource Name of the form arn:partition:service:region:account:type:id.
type ARN struct{ Partition, Service, Region, Account, Type, ID string }

// String returns the ARN's text.
func (a ARN) String() string {
	return strings.Join([]string{
		"arn", a.Partition, a.Service, a.Region, a.Account, a.Type, a.ID,
	}, ":")
}

// itemParser reads one item of a verb.
type itemParser interface {
	parse(text string) (Item, *UsageError)
}

// itemForm is how the items of a verb are written: an identifier, its ARN, or tags.
type itemForm struct {
	// noun is what an identifier names: "DB cluster".
	noun string
	// service and arnType are what an ARN of it holds: "rds", "cluster"; "" where no ARN is taken.
	service, arnType string
	// name is the naming rule of identifiers.
	name nameRule
	// word begins the verb's name: "stop". other gives, for another type of ARN, the rest of the name
	// of the verb that takes it.
	word  string
	other map[string]string
}

// nameRule is how AWS names one kind of thing.
type nameRule struct {
	form pattern
	max  int
	// text says the rule in words; it follows "one has".
	text string
	// lower tells that AWS keeps names in lower case.
	lower bool
}

// databaseName is the rule of DB instances, DB clusters and Amazon Redshift clusters (Amazon RDS
// API Reference, CreateDBCluster; Amazon Redshift API Reference, CreateCluster).
var databaseName = nameRule{
	form: newPattern(`^[A-Za-z](-?[A-Za-z0-9])*$`), max: 63, lower: true,
	text: "1 to 63 letters, digits and single hyphens, a letter first and no hyphen last",
}

func (f itemForm) parse(text string) (Item, *UsageError) {
	switch {
	case strings.HasPrefix(text, "arn:"):
		return f.parseARN(text)
	case strings.Contains(text, "="):
		return parseTags(text)
	}
	if err := f.checkIdentifier(text, text); err != nil {
		return Item{}, err
	}
	return Item{Text: text, ID: f.name.kept(text)}, nil
}

var (
	partitionForm = newPattern(`^aws(-[a-z]+)*$`)
	accountForm   = newPattern(`^[0-9]{12}$`)
)

func (f itemForm) parseARN(text string) (Item, *UsageError) {
	if f.arnType == "" {
		return Item{}, &UsageError{
			Found: fmt.Sprintf("%q is an ARN", text),
			Write: fmt.Sprintf("write the %s's name, as in its console page", f.noun),
		}
	}
	parts := strings.SplitN(text, ":", 7)
	if len(parts) < 7 || !partitionForm.MatchString(parts[1]) || !regionForm.MatchString(parts[3]) ||
		!accountForm.MatchString(parts[4]) {
		return Item{}, &UsageError{
			Found:   fmt.Sprintf("%q is no complete ARN", text),
			Allowed: fmt.Sprintf("one of a %s is %s", f.noun, f.exampleARN()),
		}
	}
	arn := ARN{parts[1], parts[2], parts[3], parts[4], parts[5], f.name.kept(parts[6])}
	if arn.Service != f.service || arn.Type != f.arnType {
		err := &UsageError{
			Found:   fmt.Sprintf("%q is the ARN of another kind of thing (%s)", text, arn.Type),
			Allowed: fmt.Sprintf("one of a %s is %s", f.noun, f.exampleARN()),
		}
		if other := f.other[arn.Type]; arn.Service == f.service && other != "" {
			err.Write = fmt.Sprintf("did you mean %q?", f.word+"-"+other)
		}
		return Item{}, err
	}
	if err := f.checkIdentifier(text, parts[6]); err != nil {
		return Item{}, err
	}
	return Item{Text: text, ID: arn.ID, ARN: &arn}, nil
}

func (f itemForm) exampleARN() string {
	return ARN{"aws", f.service, "ap-northeast-1", "123456789012", f.arnType, "NAME"}.String()
}

// kept returns a name as AWS keeps it.
func (n nameRule) kept(name string) string {
	if n.lower {
		return strings.ToLower(name)
	}
	return name
}

func (f itemForm) checkIdentifier(text, id string) *UsageError {
	if len(id) <= f.name.max && f.name.form.MatchString(id) {
		return nil
	}
	err := &UsageError{
		Found:   fmt.Sprintf("%q is no identifier of a %s", text, f.noun),
		Allowed: "one has " + f.name.text + "; tags are written key=value",
	}
	if host, _, ok := strings.Cut(id, "."); ok && strings.HasSuffix(id, ".amazonaws.com") {
		err.Write = fmt.Sprintf("this is an endpoint's address: write %q", host)
	}
	return err
}

// tagText is what RDS allows in a tag (Amazon RDS API Reference, data type Tag). A comma is not in
// it, so a comma can part two tags.
var tagText = newPattern(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// parseTags reads key=value,key=value. A key ends at the first "=", so values may hold more.
func parseTags(text string) (Item, *UsageError) { return parseTagsOf(text, tagText) }

// parseTagsOf reads tags whose text is of this form.
func parseTagsOf(text string, form pattern) (Item, *UsageError) {
	const write = "write key=value, or key=value,key=value for things that have both tags"
	item := Item{Text: text}
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(part, "=")
		switch {
		case !ok || key == "":
			return Item{}, &UsageError{Found: fmt.Sprintf("%q in %q is no tag", part, text), Write: write}
		case strings.TrimSpace(key) != key || strings.TrimSpace(value) != value:
			return Item{}, &UsageError{
				Found: fmt.Sprintf("the tag %q has blanks at its edges", part), Write: write,
			}
		case len([]rune(key)) > 128 || len([]rune(value)) > 256:
			return Item{}, &UsageError{
				Found:   fmt.Sprintf("the tag %q is too long", part),
				Allowed: "a key has at most 128 characters, a value 256",
			}
		case !form.MatchString(part):
			return Item{}, &UsageError{
				Found:   fmt.Sprintf("the tag %q has characters that no tag can have", part),
				Allowed: "a tag has letters, digits, blanks and _ . : / = + - @",
			}
		case slices.ContainsFunc(item.Tags, func(t Tag) bool { return t.Key == key }):
			return Item{}, &UsageError{
				Found: fmt.Sprintf("%q names the tag %q twice, and a thing has it once", text, key),
				Write: "write one item for each value: they are alternatives",
			}
		}
		item.Tags = append(item.Tags, Tag{key, value})
	}
	slices.SortFunc(item.Tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return item, nil
}

func joinTags(tags []Tag) string {
	parts := make([]string, len(tags))
	for i, t := range tags {
		parts[i] = t.Key + "=" + t.Value
	}
	return strings.Join(parts, ",")
}

// selects tells whether all of the item's tags are among have.
func (i Item) selects(have map[string]string) bool {
	for _, t := range i.Tags {
		if value, ok := have[t.Key]; !ok || value != t.Value {
			return false
		}
	}
	return true
}
