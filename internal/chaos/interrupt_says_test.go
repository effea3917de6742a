package chaos_test

import "testing"

// What the experiment takes for an answer to Ctrl-C.
func TestSaysInterrupted(t *testing.T) {
	t.Parallel()
	const (
		received = "Interrupt received. Please wait for OpenTofu to exit or data loss may occur. "
		again    = "The operation was interrupted. Run it again: it goes on from what is there."
		failed   = "Error: Creating schedules failed app: reading the tags: context canceled "
	)
	refresh, between, write := call{"GetRole", false}, call{"GetRole", true}, call{"CreateSchedule", true}
	for _, c := range []struct {
		name, text string
		at         call
		want       bool
	}{
		{"no word of it", again, write, false},
		{"a refresh", received, refresh, true},
		{"a read between writes", received + failed, between, false},
		{"a read between writes, with the sentence", received + failed + again, between, true},
		{"a write without the sentence", received + failed, write, false},
		{"a write that came to its end", received + "Creation complete after 2s", write, true},
		{"a removal that came to its end, then a failure", received + "Destruction complete after 1s " + failed, write, false},
		{"nothing about a write", received, write, false},
	} {
		if got := saysInterrupted(c.text, c.at); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	for operation, want := range map[string]bool{
		"BatchGetImage": true, "BatchCheckLayerAvailability": true, "ListImages": true, "DescribeLogGroups": true,
		"BatchDeleteImage": false, "PutImage": false, "InitiateLayerUpload": false,
	} {
		if got := isRead(operation); got != want {
			t.Errorf("isRead(%s): got %v, want %v", operation, got, want)
		}
	}
}
