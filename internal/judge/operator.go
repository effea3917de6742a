package judge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// operator is a condition operator taken apart.
type operator struct {
	compare comparison
	// negated tells that the values must not match: StringNotEquals.
	negated bool
	// ifExists lets a missing key pass; isNull asks only whether it is missing.
	ifExists, isNull bool
	// set is "ForAllValues", "ForAnyValue", or "" for keys of one value.
	set string
}

type comparison func(got, wanted string) bool

// comparisons are the operators (IAM User Guide, "IAM JSON policy elements: Condition operators").
// With ARNs, both Equals and Like take wildcards, which stay within a part.
var comparisons = map[string]struct {
	compare comparison
	negated bool
}{
	"StringEquals":              {equal, false},
	"StringNotEquals":           {equal, true},
	"StringEqualsIgnoreCase":    {strings.EqualFold, false},
	"StringNotEqualsIgnoreCase": {strings.EqualFold, true},
	"StringLike":                {like, false},
	"StringNotLike":             {like, true},
	"ArnEquals":                 {inARN, false},
	"ArnLike":                   {inARN, false},
	"ArnNotEquals":              {inARN, true},
	"ArnNotLike":                {inARN, true},
	"Bool":                      {strings.EqualFold, false},
}

func equal(got, wanted string) bool { return got == wanted }
func like(got, wanted string) bool  { return Like(wanted, got) }
func inARN(got, wanted string) bool { return likeARN(wanted, got) }

func parseOperator(text string) (operator, error) {
	name := text
	o := operator{}
	if set, rest, ok := strings.Cut(name, ":"); ok {
		if set != "ForAllValues" && set != "ForAnyValue" {
			return operator{}, fmt.Errorf("unknown condition operator %q", text)
		}
		o.set, name = set, rest
	}
	if name == "Null" && o.set == "" {
		return operator{isNull: true}, nil
	}
	name, o.ifExists = strings.CutSuffix(name, "IfExists")
	found, ok := comparisons[name]
	if !ok {
		return operator{}, fmt.Errorf("unknown condition operator %q", text)
	}
	o.compare, o.negated = found.compare, found.negated
	return o, nil
}

var errSeveralValues = errors.New("the request has several values; say ForAllValues or ForAnyValue")

// holds compares the values of a key. Without a set operator a key that is missing fails, unless the
// comparison is negated; ForAllValues passes a missing key, ForAnyValue never does (IAM User Guide,
// "Set operators for multivalued context keys").
func (o operator) holds(got []string, present bool, wanted []string) (bool, error) {
	match := func(value string) bool {
		found := slices.ContainsFunc(wanted, func(w string) bool { return o.compare(value, w) })
		return found != o.negated
	}
	switch {
	case o.isNull:
		return slices.Contains(wanted, fmt.Sprint(!present)), nil
	case o.set == "ForAllValues":
		return !slices.ContainsFunc(got, func(v string) bool { return !match(v) }), nil
	case o.set == "ForAnyValue":
		return slices.ContainsFunc(got, match), nil
	case !present:
		return o.negated || o.ifExists, nil
	case len(got) != 1:
		return false, errSeveralValues
	}
	return match(got[0]), nil
}
