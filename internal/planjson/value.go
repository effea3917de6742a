package planjson

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Value is a value of a plan with what is unknown and what is sensitive in it. The zero Value is
// null. Members that are not there are null, so reading never fails.
type Value struct{ v, unknown, sensitive any }

func newValue(v, unknown, sensitive json.RawMessage) (Value, error) {
	var out Value
	for _, part := range []struct {
		from json.RawMessage
		to   *any
	}{{v, &out.v}, {unknown, &out.unknown}, {sensitive, &out.sensitive}} {
		if len(part.from) == 0 {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(part.from))
		d.UseNumber()
		if err := d.Decode(part.to); err != nil {
			return Value{}, inputErrorf("this is no JSON: %v; %s", err, howTo)
		}
	}
	return out, nil
}

// IsNull tells that there is no value, and none to come.
func (v Value) IsNull() bool { return v.v == nil && !v.Unknown() && !anyMark(v.unknown) }

// Unknown tells that the whole value is known only after apply.
func (v Value) Unknown() bool { return v.unknown == true }

// Sensitive tells that the whole value must not be shown.
func (v Value) Sensitive() bool { return v.sensitive == true }

// anyMark tells whether something in a tree of marks is marked.
func anyMark(mark any) bool {
	switch m := mark.(type) {
	case bool:
		return m
	case map[string]any:
		for _, sub := range m {
			if anyMark(sub) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(m, anyMark)
	}
	return false
}

// Member returns a member of an object or a map.
func (v Value) Member(name string) Value {
	return Value{member(v.v, name), markOf(v.unknown, name), markOf(v.sensitive, name)}
}

func member(v any, name string) any {
	m, _ := v.(map[string]any)
	return m[name]
}

// markOf is the mark of a member; the mark of a whole value is that of its members.
func markOf(mark any, name string) any {
	if b, ok := mark.(bool); ok {
		return b
	}
	return member(mark, name)
}

// Keys returns the keys of an object or a map, those of unknown members too, sorted.
func (v Value) Keys() []string {
	keys := map[string]bool{}
	for _, part := range []any{v.v, v.unknown} {
		m, _ := part.(map[string]any)
		for k := range m {
			keys[k] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// Elements returns the elements of a list, a tuple or a set.
func (v Value) Elements() []Value {
	list, _ := v.v.([]any)
	out := make([]Value, len(list))
	for i := range list {
		out[i] = Value{list[i], elementMark(v.unknown, i), elementMark(v.sensitive, i)}
	}
	return out
}

func elementMark(mark any, i int) any {
	if b, ok := mark.(bool); ok {
		return b
	}
	if list, ok := mark.([]any); ok && i < len(list) {
		return list[i]
	}
	return nil
}

// Text returns a text, a number or a bool as a text.
func (v Value) Text() Text {
	if v.Unknown() {
		return Text{State: Unknown}
	}
	var text string
	switch t := v.v.(type) {
	case string:
		text = t
	case json.Number:
		text = t.String()
	case bool:
		text = strconv.FormatBool(t)
	default:
		return Text{}
	}
	if v.Sensitive() {
		return Text{State: Sensitive, digest: sha256.Sum256([]byte(text))}
	}
	return Known(text)
}

// Texts returns a list of texts; known is false where it is not known how many there are.
func (v Value) Texts() (texts []Text, known bool) {
	if v.Unknown() {
		return nil, false
	}
	for _, e := range v.Elements() {
		texts = append(texts, e.Text())
	}
	return texts, true
}

// State tells what is known of a value.
type State int

// States of a value.
const (
	Null State = iota
	IsKnown
	Unknown
	Sensitive
)

// Text is a text of a plan. Its value is "" unless its state is IsKnown. Texts that are equal are the
// same, unless they are Unknown.
type Text struct {
	Value string
	State State

	// digest tells sensitive texts apart.
	digest [sha256.Size]byte
}

// Known is a text that is known.
func Known(s string) Text { return Text{Value: s, State: IsKnown} }

// compareAddresses puts numbers in an address in the order of their values: a[2] before a[10].
func compareAddresses(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x == "" || y == "" {
			if a[0] != b[0] {
				return int(a[0]) - int(b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		a, b = a[len(x):], b[len(y):]
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if len(x) != len(y) {
			return len(x) - len(y)
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

// digits returns the digits that s begins with.
func digits(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}
