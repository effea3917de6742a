package judge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Policy is a policy document.
type Policy struct {
	Version   string
	ID        string `json:"Id"`
	Statement List[Statement]
}

// Statement is one statement of a policy. Condition is operator → condition key → values.
type Statement struct {
	Sid, Effect      string
	Action, Resource List[string]
	Condition        map[string]map[string]List[string]
}

// Parse reads a policy document. An element that this package does not know, such as NotAction, is
// an error.
func Parse(document string) (Policy, error) {
	var p Policy
	if err := strict([]byte(document), &p); err != nil {
		return Policy{}, fmt.Errorf("reading a policy document: %w", err)
	}
	if p.Version != "2012-10-17" {
		return Policy{}, fmt.Errorf("reading a policy document: its version is %q", p.Version)
	}
	for i, s := range p.Statement {
		if s.Effect != "Allow" && s.Effect != "Deny" {
			return Policy{}, fmt.Errorf("statement %d has the effect %q", i, s.Effect)
		}
		if len(s.Action) == 0 || len(s.Resource) == 0 {
			return Policy{}, fmt.Errorf("statement %d has no action or no resource", i)
		}
	}
	return p, nil
}

func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errors.New("text after the document")
	}
	return nil
}

// List is a list that may be written as its only element.
type List[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *List[T]) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("[")) {
		return strict(b, (*[]T)(l))
	}
	var one T
	if err := strict(b, &one); err != nil {
		return err
	}
	*l = List[T]{one}
	return nil
}
