package chaos_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// dice makes random configurations. Equal seeds make equal ones.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, 0))}
}

func oneOf[T any](d dice, all ...T) T { return all[d.IntN(len(all))] }

// key is one of the configuration's keys.
func (d dice) key(s schedules) string { return oneOf(d, slices.Sorted(maps.Keys(s.events))...) }

var zones = []string{"Asia/Tokyo", "Europe/Berlin", "America/New_York", "UTC"}

func (d dice) expr() string {
	return oneOf(d, fmt.Sprintf("cron(%d %d ? * MON-FRI *)", d.IntN(60), d.IntN(24)),
		fmt.Sprintf("cron(%d %d * * ? *)", d.IntN(60), d.IntN(24)), fmt.Sprintf("rate(%d hours)", 2+d.IntN(20)),
		fmt.Sprintf("at(2097-0%d-1%dT21:00:00)", 1+d.IntN(9), d.IntN(10)))
}

func (d dice) event() event {
	return event{
		cluster: fmt.Sprintf("db-%d", d.IntN(9)), verb: oneOf(d, "stop-cluster", "start-cluster"), steps: d.IntN(4) == 0,
		expr: d.expr(), zone: oneOf(d, append([]string{"", ""}, zones...)...),
		description: oneOf(d, "", "", "nightly"), disabled: d.IntN(5) == 0,
		except: oneOf(d, nil, nil, []string{"2096-12-29"}, []string{"2096-12-29", "2097-01-02"}),
	}
}

// schedules is a configuration to begin with.
func (d dice) schedules() schedules {
	s := schedules{name: "model", zone: "Asia/Tokyo", managed: true, attempts: 10, events: map[string]event{}}
	for range 3 + d.IntN(6) {
		d.add(&s)
	}
	return s
}

func (d dice) add(s *schedules) { s.events[fmt.Sprintf("e%02d", d.IntN(40))] = d.event() }

// change returns the configuration after one to three changes, each of one kind.
func (d dice) change(s schedules) schedules {
	s = s.clone()
	for range 1 + d.IntN(3) {
		d.changeOnce(&s)
	}
	if len(s.events) == 0 {
		d.add(&s)
	}
	return s
}

func (d dice) changeOnce(s *schedules) {
	if len(s.events) == 0 {
		d.add(s)
	}
	key := d.key(*s)
	e := s.events[key]
	switch d.IntN(14) {
	case 0, 1:
		d.add(s)
	case 2, 3:
		delete(s.events, key)
	case 4, 5:
		delete(s.events, key) // renamed
		s.events[key+"x"] = e
		if len(key) > 20 {
			delete(s.events, key+"x")
		}
	case 6:
		s.name = oneOf(d, "model", "other", "third")
	case 7:
		s.group = oneOf(d, "", "default")
		s.tags = nil
	case 8:
		s.zone = oneOf(d, zones...)
	case 9:
		s.attempts = d.IntN(186)
	case 10:
		s.managed = !s.managed
	case 11:
		if s.group == "" {
			s.tags = oneOf(d, nil, map[string]string{"team": "web"}, map[string]string{"team": "data", "env": "dev"})
		}
	default:
		s.events[key] = d.changed(e)
	}
}

// changed changes one or more members of an event.
func (d dice) changed(e event) event {
	other := d.event()
	switch d.IntN(6) {
	case 0:
		e.expr = other.expr
	case 1:
		e.zone = other.zone
	case 2:
		e.disabled = !e.disabled
	case 3:
		e.except, e.description = other.except, other.description
	case 4:
		e.steps = !e.steps
	default:
		e = other
	}
	return e
}
