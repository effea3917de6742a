package payload

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	full := Payload{
		Args:             []string{"rds", "stop-cluster", "team=a<b>&c"},
		Group:            "sample-ai-saving",
		Schedule:         "rds_stop",
		Holds:            true,
		Timezone:         "Asia/Tokyo",
		LateAfterSeconds: 3600,
	}
	tests := []struct {
		name string
		in   Payload
		want string
	}{
		{"everything, in order, unescaped", full, `{"args":["rds","stop-cluster","team=a<b>&c"],` +
			`"group":"sample-ai-saving","schedule":"rds_stop","holds":true,"timezone":"Asia/Tokyo",` +
			`"late_after_seconds":3600,"scheduled_time":"<aws.scheduler.scheduled-time>"}`},
		{"steps instead of args, days off", Payload{
			Steps:    [][]string{{"rds", "start-cluster", "db", "--wait"}, {"ecs", "x<y"}},
			Timezone: "Asia/Tokyo", ExceptDates: []string{"2026-12-29", "2026-12-30"},
		}, `{"steps":[["rds","start-cluster","db","--wait"],["ecs","x<y"]],"timezone":"Asia/Tokyo",` +
			`"except_dates":["2026-12-29","2026-12-30"],` +
			`"scheduled_time":"<aws.scheduler.scheduled-time>"}`},
		{"empty list, never null", Payload{},
			`{"args":[],"scheduled_time":"<aws.scheduler.scheduled-time>"}`},
		{"a given time stays", Payload{Args: []string{"x"}, ScheduledTime: "2026-11-24T12:00:00Z"},
			`{"args":["x"],"scheduled_time":"2026-11-24T12:00:00Z"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Encode(tt.in); got != tt.want {
				t.Errorf("Encode:\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDecode_readsWhatEncodeWrites(t *testing.T) {
	t.Parallel()
	args := Payload{
		Args: []string{"rds", "stop-cluster", "x"}, Group: "g", Schedule: "s", Timezone: "UTC",
		LateAfterSeconds: 7200, ScheduledTime: ScheduledTimePlaceholder,
	}
	steps := args
	steps.Args, steps.Steps = nil, [][]string{{"rds", "stop-cluster", "x"}, {"rds", "stop-rds", "y"}}
	steps.ExceptDates = []string{"2026-12-29"}
	for _, want := range []Payload{args, steps} {
		got, err := Decode([]byte(Encode(want)))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	if d := cmp.Diff([][]string{args.Args}, args.Commands()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(steps.Steps, steps.Commands()); d != "" {
		t.Error(d)
	}
}

// A runner of the release before steps reads args alone: it must find none, and fail.
func TestEncode_stepsHaveNoArgsForAnOldRunner(t *testing.T) {
	t.Parallel()
	event := Encode(Payload{Steps: [][]string{{"rds", "stop-cluster", "x"}}})
	var old struct{ Args []string }
	if err := json.Unmarshal([]byte(event), &old); err != nil || len(old.Args) != 0 {
		t.Errorf("an old runner reads %v, %v from %s; want no args", old.Args, err, event)
	}
}

// The old image's events, byte for byte as Terraform's jsonencode wrote them: they work for ever.
func TestDecode_oldPayloadGolden(t *testing.T) {
	t.Parallel()
	golden := map[string][]string{
		"testdata/old_cluster.json":  {"rds", "stop-cluster", "sample-ai-aurora-cluster"},
		"testdata/old_instance.json": {"rds", "start-rds", "a<b", "second"},
	}
	for file, args := range golden {
		event, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(event)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if d := cmp.Diff(Payload{Args: args}, got); d != "" {
			t.Errorf("%s: %s", file, d)
		}
	}
}

func TestDecode_ignoresUnknownFields(t *testing.T) {
	t.Parallel()
	got, err := Decode([]byte(`{"args":["rds"],"steps":null,"colour":{"deep":[1]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Payload{Args: []string{"rds"}}, got); d != "" {
		t.Error(d)
	}
}

// A name in other letters is another name: nothing of an event may run that its readers do not see.
func TestDecode_namesAreExact(t *testing.T) {
	t.Parallel()
	got, err := Decode([]byte(`{"args":["rds"],"Args":["ec2"],"STEPS":[["x"]],"Group":"g",` +
		`"Schedule":"s","Holds":true,"Timezone":"UTC","Except_Dates":["2026-12-29"],` +
		`"Late_After_Seconds":1,"Scheduled_Time":"2026-12-29T00:00:00Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Payload{Args: []string{"rds"}}, got); d != "" {
		t.Error(d)
	}
	if _, err := Decode([]byte(`{"Args":["rds","stop-cluster","x"]}`)); !errors.Is(err, ErrNoArgs) {
		t.Errorf(`"Args" was taken for "args": %v`, err)
	}
}

// Each member that Encode writes is read: the list of names in UnmarshalJSON is complete.
func TestDecode_knowsEveryMember(t *testing.T) {
	t.Parallel()
	members := reflect.TypeFor[Payload]()
	for i := range members.NumField() {
		name, _, _ := strings.Cut(members.Field(i).Tag.Get("json"), ",")
		var p Payload
		err := json.Unmarshal([]byte(`{"`+name+`":{}}`), &p)
		if err == nil || !strings.Contains(err.Error(), strconv.Quote(name)) {
			t.Errorf("member %s is not read: %v", name, err)
		}
	}
}

// Fault 6 of the old image: an event without args succeeded silently.
func TestFault06_eventWithoutArgs(t *testing.T) {
	t.Parallel()
	for _, event := range []string{
		`{}`, `{"args":[]}`, `{"args":null}`, `null`, `{"argv":["rds"]}`, `{"steps":[]}`,
	} {
		if _, err := Decode([]byte(event)); !errors.Is(err, ErrNoArgs) {
			t.Errorf("Decode(%s) = %v, want ErrNoArgs", event, err)
		}
	}
	if _, err := Decode([]byte(`{"args":["a"],"steps":[["b"]]}`)); !errors.Is(err, ErrArgsAndSteps) {
		t.Errorf("Decode of args and steps = %v, want ErrArgsAndSteps", err)
	}
	for _, event := range []string{
		``, `x`, `[]`, `{"args":"rds stop-cluster x"}`, `{"args":[1]}`, `{"steps":["rds"]}`,
		`{"args":["rds"],"except_dates":"2026-12-29"}`,
	} {
		_, err := Decode([]byte(event))
		if err == nil || !strings.HasPrefix(err.Error(), "reading the event: ") {
			t.Errorf("Decode(%s) = %v, want an error on its form", event, err)
		}
	}
}

func TestPayload_Lateness(t *testing.T) {
	t.Parallel()
	const due = "2026-11-24T12:00:00Z"
	at := func(clock string) time.Time {
		v, err := time.Parse(time.RFC3339, "2026-11-24T"+clock+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		name    string
		p       Payload
		now     time.Time
		by      time.Duration
		late    bool
		wantErr bool
	}{
		{"in time", Payload{ScheduledTime: due, LateAfterSeconds: 3600}, at("12:00:05"),
			5 * time.Second, false, false},
		{"at the limit", Payload{ScheduledTime: due, LateAfterSeconds: 3600}, at("13:00:00"),
			time.Hour, false, false},
		{"48 minutes of retries", Payload{ScheduledTime: due, LateAfterSeconds: 3600},
			at("12:48:00"), 48 * time.Minute, false, false},
		{"late", Payload{ScheduledTime: due, LateAfterSeconds: 3600}, at("21:02:00"),
			9*time.Hour + 2*time.Minute, true, false},
		{"a clock that is behind", Payload{ScheduledTime: due, LateAfterSeconds: 60},
			at("11:59:00"), -time.Minute, false, false},
		{"another zone", Payload{ScheduledTime: "2026-11-24T21:00:00+09:00", LateAfterSeconds: 60},
			at("12:00:30"), 30 * time.Second, false, false},
		{"no limit", Payload{ScheduledTime: due}, at("23:00:00"), 0, false, false},
		{"no time", Payload{LateAfterSeconds: 60}, at("23:00:00"), 0, false, false},
		{"placeholder", Payload{ScheduledTime: ScheduledTimePlaceholder, LateAfterSeconds: 60},
			at("23:00:00"), 0, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			by, late, err := tt.p.Lateness(tt.now)
			if by != tt.by || late != tt.late || (err != nil) != tt.wantErr {
				t.Errorf("Lateness = %v, %v, %v; want %v, %v, error %v",
					by, late, err, tt.by, tt.late, tt.wantErr)
			}
		})
	}
}

func TestPayload_DayOff(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 29, 20, 0, 0, 0, time.UTC) // already 30 December in Tokyo
	tests := []struct {
		name string
		p    Payload
		date string
		off  bool
		err  string
	}{
		{"no dates", Payload{Timezone: "nowhere", ScheduledTime: "2026-12-29T12:00:00Z"}, "", false, ""},
		{"the day", Payload{Timezone: "Asia/Tokyo", ScheduledTime: "2026-12-29T12:00:00Z",
			ExceptDates: []string{"2026-12-28", "2026-12-29"}}, "2026-12-29", true, ""},
		{"another day", Payload{Timezone: "Asia/Tokyo", ScheduledTime: "2026-12-29T12:00:00Z",
			ExceptDates: []string{"2026-12-28", "2026-12-30"}}, "2026-12-29", false, ""},
		{"the day in the event's zone, not in UTC", Payload{Timezone: "Asia/Tokyo",
			ScheduledTime: "2026-12-28T23:00:00Z", ExceptDates: []string{"2026-12-29"}},
			"2026-12-29", true, ""},
		{"the placeholder: the date of now", Payload{Timezone: "Asia/Tokyo",
			ScheduledTime: ScheduledTimePlaceholder, ExceptDates: []string{"2026-12-30"}},
			"2026-12-30", true, ""},
		{"no scheduled time, no zone: now in UTC", Payload{ExceptDates: []string{"2026-12-29"}},
			"2026-12-29", true, ""},
		{"no such zone", Payload{Timezone: "Asia/Tokio", ExceptDates: []string{"2026-12-29"}},
			"", false, "except_dates: reading the time zone: unknown time zone Asia/Tokio"},
		{"no date", Payload{ExceptDates: []string{"2026-02-30"}},
			"", false, `except_dates: "2026-02-30" is no date such as 2026-12-29`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			date, off, err := tt.p.DayOff(now)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if date != tt.date || off != tt.off || text != tt.err {
				t.Errorf("DayOff = %q, %v, %q; want %q, %v, %q", date, off, text, tt.date, tt.off, tt.err)
			}
		})
	}
}
