package awscron

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestLoadLocation_everyZone(t *testing.T) {
	t.Parallel()
	if n := len(zoneNames()); n < 500 {
		t.Fatalf("%d zones, want 500 or more", n)
	}
	for _, name := range zoneNames() {
		if loc := mustLoad(t, name); loc.String() != name {
			t.Errorf("zone %q calls itself %q", name, loc)
		}
		if len(name) > maxZoneName {
			t.Errorf("AWS takes no name as long as %q", name)
		}
	}
}

func TestLoadLocation_offsets(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for name, want := range map[string]int{
		"UTC": 0, "Asia/Tokyo": 9 * 3600, "America/New_York": -4 * 3600, "Australia/Lord_Howe": 37800,
	} {
		if _, got := at.In(mustLoad(t, name)).Zone(); got != want {
			t.Errorf("%s is %d s from UTC, want %d", name, got, want)
		}
	}
	if mustLoad(t, "UTC") != time.UTC {
		t.Error("UTC is not time.UTC")
	}
	if first, again := mustLoad(t, "Asia/Tokyo"), mustLoad(t, "Asia/Tokyo"); first != again {
		t.Error("a zone is not loaded once")
	}
}

func TestLoadLocation_ignoresTheMachine(t *testing.T) {
	t.Setenv("ZONEINFO", t.TempDir())
	t.Setenv("TZ", "America/New_York")
	_, offset := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).In(mustLoad(t, "Asia/Seoul")).Zone()
	if offset != 9*3600 {
		t.Errorf("Asia/Seoul is %d s from UTC, want 32400", offset)
	}
}

func TestLoadLocation_unknown(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, nearest string }{
		{"Asia/Tokio", "Asia/Tokyo"},
		{"asia/tokyo", "Asia/Tokyo"},
		{"Asia/Toyko", "Asia/Tokyo"},
		{" Asia/Tokyo", "Asia/Tokyo"},
		{"Tokyo", "Asia/Tokyo"},
		{"tokio", "Asia/Tokyo"},
		{"JST", "Asia/Tokyo"},
		{"utc", "UTC"},
		{"Z", "UTC"},
		{"UTC+9", "Etc/GMT-9"},
		{"+09:00", "Etc/GMT-9"},
		{"GMT-5", "Etc/GMT+5"},
		{"UTC+0", "UTC"},
		{"UTC+99", ""},
		{"New York", "America/New_York"},
		{"US/New_York", "America/New_York"},
		{"America/NewYork", "America/New_York"},
		{"Europe/Kiew", "Europe/Kiev"},
		{"Europe/", ""},
		{"Mars/Olympus_Mons", ""},
		{"Factory", ""},
		{"Local", ""},
		{"", ""},
		{"../etc/passwd", ""},
		{strings.Repeat("Asia/Tokyo", 100_000), ""},
	}
	for _, tt := range tests {
		loc, err := LoadLocation(tt.name)
		var zoneErr *ZoneError
		if !errors.As(err, &zoneErr) {
			t.Errorf("LoadLocation(%.40q) = %v, %v, want a *ZoneError", tt.name, loc, err)
			continue
		}
		if zoneErr.Name != tt.name || zoneErr.Nearest != tt.nearest {
			t.Errorf("LoadLocation(%.40q): nearest is %q, want %q",
				tt.name, zoneErr.Nearest, tt.nearest)
		}
	}
}

func TestZoneError(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  ZoneError
		want string
	}{
		{
			ZoneError{"Asia/Tokio", "Asia/Tokyo"},
			`unknown time zone "Asia/Tokio"; did you mean "Asia/Tokyo"?`,
		},
		{
			ZoneError{Name: "Mars"},
			`unknown time zone "Mars"; write an IANA name such as "Asia/Tokyo" or "UTC"`,
		},
		{ZoneError{}, `the time zone is empty; write an IANA name such as "Asia/Tokyo" or "UTC"`},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// Fault 12 of the old image: a typo in cron_expr or the zone was found by AWS at apply, or by nobody.
// Here it is found without AWS, and the message says what to write.
func TestFault12_typosAreFoundWithoutAWS(t *testing.T) {
	t.Parallel()
	_, err := Parse("cron(0 21 * * *)")
	if err == nil || !strings.Contains(err.Error(), "write cron(0 21 * * ? *)") {
		t.Errorf("a cron line of another dialect: error %v", err)
	}
	_, err = LoadLocation("Asia/Tokio")
	if err == nil || !strings.Contains(err.Error(), `"Asia/Tokyo"`) {
		t.Errorf("a misspelt zone: error %v", err)
	}
}
