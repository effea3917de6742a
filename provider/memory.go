package provider

import (
	"os"
	"runtime/debug"
)

// CollectRarely lets garbage grow to four times what is in use, but to memoryLimit in all. The program
// lives for seconds, of which collecting as usual takes a tenth. GOGC and GOMEMLIMIT stay in force
// where they are set.
func CollectRarely() {
	const growth, memoryLimit = 400, 384 << 20 // percent, and bytes
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
