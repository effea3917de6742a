package command

import (
	"errors"
	"testing"
)

func TestCheckPrefix(t *testing.T) {
	t.Parallel()
	for _, good := range [][]string{nil, {"rds"}, {"rds", "stop-cluster"}, {"rds", "stop-cluster", "db", "--wait"}} {
		if err := CheckPrefix(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []struct {
		args  []string
		index int
	}{{[]string{"rdss"}, 0}, {[]string{"rds", "stoo-cluster"}, 1}, {[]string{"rds", ""}, 1}, {[]string{"rds stop-cluster"}, 0}} {
		var usage *UsageError
		if err := CheckPrefix(bad.args); !errors.As(err, &usage) || usage.Index != bad.index {
			t.Errorf("%q: got %v, want an error at %d", bad.args, err, bad.index)
		}
	}
}
