package importconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// Options are what a source does not say itself.
type Options struct {
	// Timezone is the zone of a crontab, and of definitions that name none.
	Timezone string
	// TagKey is the tag by which AWS Instance Scheduler finds instances.
	TagKey string
}

// maxInput bounds the input, as that of a plan is.
const maxInput = 512 << 20

// Read reads the JSON of a state, a plan or AWS Instance Scheduler's definitions, or a crontab: it tells
// them apart. Its error is an *InputError, or the reader's own.
func Read(r io.Reader, o Options) (*Config, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxInput {
		return nil, &InputError{fmt.Sprintf("the input has more than %d MB", maxInput>>20)}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if o.Timezone != "" {
		if _, err := awscron.LoadLocation(o.Timezone); err != nil {
			return nil, &InputError{err.Error()}
		}
	}
	switch first := bytes.TrimSpace(data); {
	case len(first) == 0:
		return nil, inputErrorf("there is nothing in it")
	case bytes.HasPrefix(first, []byte("PK\x03\x04")):
		return nil, inputErrorf("this is a saved plan and not its JSON; make it with: tofu show -json PLANFILE")
	case first[0] != '{' && first[0] != '[':
		return fromCrontab(string(data), o)
	}
	documents, err := documents(data)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		var members map[string]json.RawMessage
		if json.Unmarshal(d, &members) == nil && members["format_version"] != nil {
			return fromState(d)
		}
	}
	return fromInstanceScheduler(documents, o)
}

// documents are the JSON values of an input, one after another, as `cat a.json b.json` writes them.
func documents(data []byte) ([]json.RawMessage, error) {
	var out []json.RawMessage
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		var value json.RawMessage
		err := d.Decode(&value)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, inputErrorf("this is no JSON: %v", err)
		}
		out = append(out, value)
	}
}

// sentenceOf begins a text with a capital letter.
func sentenceOf(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
