package simulate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/simulate"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// A year of 1,000 events, from the configuration to the calendar.
func BenchmarkYearOf1000(b *testing.B) {
	var events []string
	for i := range 500 {
		for verb, expr := range map[string]string{"stop": "cron(0 21 ? * MON-SUN *)", "start": "cron(0 8 ? * MON-FRI *)"} {
			events = append(events, fmt.Sprintf(`"%s_%d": {"args": ["rds", "%s-cluster", "db%d"], "cron_expr": "%s"}`, verb, i, verb, i, expr))
		}
	}
	config := `{"name": "n", "timezone": "Asia/Tokyo", "events": {` + strings.Join(events, ",") + `}}`
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, load(b, "Asia/Tokyo"))
	for name, render := range map[string]func(*simulate.Simulation) error{
		"text": func(s *simulate.Simulation) error { s.Text(); return nil },
		"json": func(s *simulate.Simulation) error { _, err := s.JSON(); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				plan, err := planjson.Read(strings.NewReader(config))
				if err != nil {
					b.Fatal(err)
				}
				in, err := simulate.Read(plan)
				if err != nil {
					b.Fatal(err)
				}
				s, err := simulate.Run(in, timeline.Walk{From: from, To: from.AddDate(1, 0, 0)})
				if err != nil {
					b.Fatal(err)
				}
				if err := render(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
