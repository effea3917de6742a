package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Outcome is how a run ended for one target.
type Outcome string

// Outcomes. A run fails if any of its results failed, was denied, not found or unsupported.
const (
	// Done means that AWS accepted the call; with --wait, that the target has arrived.
	Done Outcome = "done"
	// Already means that the target was there, or on its way there.
	Already Outcome = "already"
	// Skipped means that nothing was to be done: kept by its tag, matched nothing, named twice.
	Skipped Outcome = "skipped"
	// DryRun means that the run would have acted.
	DryRun      Outcome = "dry_run"
	Unsupported Outcome = "unsupported"
	NotFound    Outcome = "not_found"
	Denied      Outcome = "denied"
	Failed      Outcome = "failed"
)

// Failure tells whether the outcome makes a run fail.
func (o Outcome) Failure() bool {
	switch o {
	case Unsupported, NotFound, Denied, Failed:
		return true
	}
	return false
}

// Result is what became of one target. The JSON form is the contract of the runner's answer: its
// members never go away.
type Result struct {
	Service string `json:"service"`
	// Item is the item as the user wrote it; Target is AWS's identifier, "" if none was found.
	Item   string `json:"item"`
	Target string `json:"target"`
	// Action is the verb, by its own name where an old one was written.
	Action  string  `json:"action"`
	Outcome Outcome `json:"outcome"`
	// From and To are AWS's names of the states before and after, "" where unknown.
	From string `json:"from"`
	To   string `json:"to"`
	// Detail says in words what the outcome does not; an AWS error with its code and message.
	Detail string `json:"detail"`

	// brief is Detail without AWS's own, long words, "" where they are the same.
	brief string
}

// Name is the target's identifier, or the item where nothing was found.
func (r Result) Name() string {
	if r.Target != "" {
		return r.Target
	}
	return r.Item
}

// Report is the outcome of a run: its results in the order of the steps and their items.
type Report struct {
	Results []Result `json:"results"`
	// late is set where the run came too late to act.
	late time.Duration
	// notRun says which steps a failure kept from running, "" where none.
	notRun string
}

// JSON returns {"results":[…]} in one line, without HTML escapes.
func (r Report) JSON() []byte {
	if r.Results == nil {
		r.Results = []Result{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		panic(err) // a struct of strings always encodes
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Err returns nil, or one sentence that names the failed targets, ten at most, and their reasons:
// "1 of 3 failed: my-aurora: access denied (rds:StopDBCluster); step 2 was not run".
func (r Report) Err() error {
	var reasons, names []string
	for _, res := range r.Results {
		if !res.Outcome.Failure() {
			continue
		}
		reason := res.brief
		if reason == "" {
			reason = res.Detail
		}
		if !slices.Contains(names, res.Name()) {
			names = append(names, res.Name())
		}
		reasons = append(reasons, res.Name()+": "+reason)
	}
	switch {
	case len(reasons) == 0:
		return nil
	case r.late > 0:
		left := "was left as it is"
		if len(names) > 1 {
			left = "were left as they are"
		}
		return fmt.Errorf("came %s late; %s %s", hoursMinutes(r.late), language.English.List(names), left)
	}
	text := fmt.Sprintf("%d of %d failed: ", len(reasons), len(r.Results))
	if more := len(reasons) - maxReasons; more > 0 {
		reasons = append(reasons[:maxReasons], fmt.Sprintf("and %d more", more))
	}
	if r.notRun != "" {
		reasons = append(reasons, r.notRun)
	}
	return errors.New(text + strings.Join(reasons, "; "))
}

// maxReasons bounds the failures that Err's sentence names; the results hold all.
const maxReasons = 10

// hoursMinutes writes a duration as "9 h 2 m".
func hoursMinutes(d time.Duration) string {
	return fmt.Sprintf("%d h %d m", int(d.Hours()), int(d.Minutes())%60)
}

// minutes writes a duration as "14m", below two minutes as "40s".
func minutes(d time.Duration) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%ds", int(d.Seconds()))
	}
	return fmt.Sprintf("%dm", int(d.Minutes()))
}
