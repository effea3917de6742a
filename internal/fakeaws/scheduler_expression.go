package fakeaws

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The forms are those of the User Guide, "Schedule types in EventBridge Scheduler".
var (
	cronForm = regexp.MustCompile(`^cron\((.*)\)$`)
	rateForm = regexp.MustCompile(`^rate\([1-9]\d* (minute|hour|day)s?\)$`)
	atForm   = regexp.MustCompile(`^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$`)
)

type cronField struct {
	low, high int
	names     []string
	// wildcards are the characters beyond names and numbers that the field takes.
	wildcards string
}

var cronFields = []cronField{
	{0, 59, nil, ",-*/"},
	{0, 23, nil, ",-*/"},
	{1, 31, nil, ",-*?/LW"},
	{1, 12, strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"), ",-*/"},
	{1, 7, strings.Fields("SUN MON TUE WED THU FRI SAT"), ",-*?L#"},
	{1970, 2199, nil, ",-*/"},
}

const (
	cronDayOfMonth = 2
	cronDayOfWeek  = 4
)

// wellFormed is a structural check: the fields, their ranges and documented wildcards, and
// exactly one "?" in the two day fields. internal/awscron knows the whole grammar; the fake stays
// apart from it so that one mistake cannot hide another.
func wellFormed(expr string) bool {
	if m := atForm.FindStringSubmatch(expr); m != nil {
		_, err := time.Parse("2006-01-02T15:04:05", m[1])
		return err == nil
	}
	if rateForm.MatchString(expr) {
		return true
	}
	m := cronForm.FindStringSubmatch(expr)
	if m == nil {
		return false
	}
	fields := strings.Fields(m[1])
	if len(fields) != len(cronFields) ||
		(fields[cronDayOfMonth] == "?") == (fields[cronDayOfWeek] == "?") {
		return false
	}
	for i, field := range fields {
		if !cronFields[i].takes(strings.ToUpper(field)) {
			return false
		}
	}
	return true
}

func (f cronField) takes(text string) bool {
	rest := text
	for _, sep := range ",-/#" {
		if strings.ContainsRune(text, sep) && !strings.ContainsRune(f.wildcards, sep) {
			return false
		}
		rest = strings.ReplaceAll(rest, string(sep), " ")
	}
	atoms := strings.Split(rest, " ")
	return !slices.ContainsFunc(atoms, func(atom string) bool { return !f.takesAtom(atom) })
}

func (f cronField) takesAtom(atom string) bool {
	if atom == "*" || atom == "?" {
		return strings.Contains(f.wildcards, atom)
	}
	for _, letter := range []string{"W", "L"} {
		if cut, ok := strings.CutSuffix(atom, letter); ok && strings.Contains(f.wildcards, letter) {
			if atom = cut; atom == "" || atom == "L" {
				return true
			}
		}
	}
	if slices.Contains(f.names, atom) {
		return true
	}
	n, err := strconv.Atoi(atom)
	return err == nil && (between(f.low, n, f.high) || n > 0 && n < f.low)
}
