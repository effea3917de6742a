// Package sentence says in one sentence what an event does and when: the summary of a plan, and the
// cells of a review.
package sentence

import (
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Event is an event of a schedule. Two events that differ have two sentences, but for what a
// sentence only counts: the days off where they are several, and the ECS services of one cluster.
type Event struct {
	// Calls are its steps; none where they cannot be read.
	Calls []*command.Call
	// Expression is its schedule expression; one that cannot be parsed is quoted as it stands.
	Expression string
	// Timezone is the name of its zone.
	Timezone string
	Enabled  bool
	// StartDate and EndDate bound it; zero where there is no bound.
	StartDate, EndDate time.Time
	// ExceptDates are its days off as ISO dates.
	ExceptDates []string
}

// In is the event's sentence: "stop Aurora cluster my-aurora every day at 21:00, Asia/Tokyo".
func (e Event) In(lang language.Tag) string {
	return e.english()
}

// when describes the expression.
func (e Event) when(lang language.Tag) string {
	if parsed, err := awscron.Parse(e.Expression); err == nil {
		return parsed.Describe(lang)
	}
	return e.Expression
}
