package provider

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestCollectRarely(t *testing.T) { //nolint:paralleltest // the collector is the whole program's
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(math.MaxInt64)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	t.Setenv("GOGC", "100")
	t.Setenv("GOMEMLIMIT", "off")
	CollectRarely()
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("GOGC is set, and the growth is %d", got)
	}
	if got := debug.SetMemoryLimit(-1); got != math.MaxInt64 {
		t.Errorf("GOMEMLIMIT is set, and the limit is %d", got)
	}
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	CollectRarely()
	if got := debug.SetGCPercent(100); got != 400 {
		t.Errorf("the growth is %d, want 400", got)
	}
	if got := debug.SetMemoryLimit(-1); got != 384<<20 {
		t.Errorf("the limit is %d, want 384 MiB", got)
	}
}
