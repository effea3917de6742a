package planjson

import (
	"errors"
	"strings"
	"testing"
)

func TestReadAtMost(t *testing.T) {
	t.Parallel()
	if data, err := readAtMost(strings.NewReader("1234"), 4); err != nil || string(data) != "1234" {
		t.Errorf("got %q, %v", data, err)
	}
	_, err := readAtMost(strings.NewReader("12345"), 4)
	if _, ok := errors.AsType[*InputError](err); !ok {
		t.Errorf("got %v, want an *InputError", err)
	}
}
