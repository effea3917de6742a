package payload

import (
	"errors"
	"os"
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
	want := Payload{
		Args: []string{"rds", "stop-cluster", "x"}, Group: "g", Schedule: "s", Timezone: "UTC",
		LateAfterSeconds: 7200, ScheduledTime: ScheduledTimePlaceholder,
	}
	got, err := Decode([]byte(Encode(want)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
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

// Fault 6 of the old image: an event without args succeeded silently.
func TestFault06_eventWithoutArgs(t *testing.T) {
	t.Parallel()
	for _, event := range []string{`{}`, `{"args":[]}`, `{"args":null}`, `null`, `{"argv":["rds"]}`} {
		if _, err := Decode([]byte(event)); !errors.Is(err, ErrNoArgs) {
			t.Errorf("Decode(%s) = %v, want ErrNoArgs", event, err)
		}
	}
	for _, event := range []string{``, `x`, `[]`, `{"args":"rds stop-cluster x"}`, `{"args":[1]}`} {
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
