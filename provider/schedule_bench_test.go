package provider

import (
	"fmt"
	"testing"
	"time"
)

func manyEvents(n int) map[string]eventModel {
	events := map[string]eventModel{}
	for i := range n {
		e := stopAt(fmt.Sprintf("cron(%d %d ? * MON-SUN *)", i%60, i/60%24))
		e.Args = stringList([]string{"rds", "stop-cluster", fmt.Sprintf("db-%d", i)})
		events[fmt.Sprintf("stop_%04d", i)] = e
	}
	return events
}

func BenchmarkScheduleFill_1000(b *testing.B) {
	config := configured(manyEvents(1000))
	for b.Loop() {
		planned(config, nil)
	}
}

func BenchmarkScheduleWarnings_1000(b *testing.B) {
	r := &scheduleResource{now: time.Now}
	plan := planned(configured(manyEvents(1000)), nil)
	for b.Loop() {
		r.warnings(plan)
	}
}

func BenchmarkScheduleValidate_1000(b *testing.B) {
	config := configured(manyEvents(1000))
	for b.Loop() {
		config.validate()
	}
}
