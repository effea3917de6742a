// Package runnerversion holds the version of the runner: its own, not the provider's, so that a
// release that leaves the runner alone changes none of its digests.
package runnerversion

// Version is the runner's version, in semantic form without a leading v.
const Version = "0.1.0"
