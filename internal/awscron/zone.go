package awscron

import (
	"archive/zip"
	"bytes"
	_ "embed" // for zoneinfo.zip
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// zoneinfo is the IANA time zone database as Go ships it in lib/time/zoneinfo.zip (release 2025c,
// public domain). It is embedded so that a plan is the same on each machine, whatever zones the
// machine or its ZONEINFO variable has. To refresh it, run go generate with a newer Go.
//
//go:generate sh -c "cp \"$(go env GOROOT)/lib/time/zoneinfo.zip\" zoneinfo.zip"
//go:embed zoneinfo.zip
var zoneinfo []byte

// maxZoneName is the longest name that ScheduleExpressionTimezone takes, in characters
// (EventBridge Scheduler API Reference, CreateSchedule).
const maxZoneName = 50

// database opens the embedded archive once. The archive is part of the program, so that a broken
// one is a fault of the build.
var database = sync.OnceValue(func() *zip.Reader {
	r, err := zip.NewReader(bytes.NewReader(zoneinfo), int64(len(zoneinfo)))
	if err != nil {
		panic("awscron: opening the embedded zoneinfo.zip: " + err.Error())
	}
	return r
})

// zoneNames returns the names of all zones, sorted.
var zoneNames = sync.OnceValue(func() []string {
	var names []string
	for _, f := range database().File {
		if !strings.HasSuffix(f.Name, "/") && f.Name != "Factory" {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
})

// locations caches zones by name.
var locations sync.Map

// LoadLocation returns the IANA time zone of this name, in its exact spelling, from embedded data.
// The names "" and "Local" are refused, since AWS would take neither as time.LoadLocation does. Its
// error is a *ZoneError, which names the nearest zone.
func LoadLocation(name string) (*time.Location, error) {
	if name == "UTC" {
		return time.UTC, nil
	}
	if loc, ok := locations.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if _, ok := slices.BinarySearch(zoneNames(), name); !ok {
		return nil, &ZoneError{Name: name, Nearest: nearestZone(name)}
	}
	loc, _ := locations.LoadOrStore(name, readZone(name))
	return loc.(*time.Location), nil
}

// readZone reads a zone that the archive is known to hold.
func readZone(name string) *time.Location {
	f, err := database().Open(name)
	if err != nil {
		panic("awscron: opening embedded zone " + name + ": " + err.Error())
	}
	defer f.Close()
	data, err := io.ReadAll(f) //nolint:forbidigo // of the embedded archive
	if err != nil {
		panic("awscron: reading embedded zone " + name + ": " + err.Error())
	}
	loc, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		panic("awscron: decoding embedded zone " + name + ": " + err.Error())
	}
	return loc
}

// abbreviations are what people write for zones that the database knows by a place only. Those that
// stand for several places (CST, IST, BST) are left out.
var abbreviations = map[string]string{
	"JST": "Asia/Tokyo", "KST": "Asia/Seoul", "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong",
	"AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
	"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "EDT": "America/New_York",
	"CEST": "Europe/Paris", "Z": "UTC",
}

// offsetName matches UTC+9, GMT-05:00, +09:00.
var offsetName = regexp.MustCompile(`^(?:UTC|GMT)?([+-])0?(\d{1,2})(?::?00)?$`)

// nearestZone guesses which zone was meant; "" if none is near. The better guesses come first:
// other case, an abbreviation, a whole-hour offset, the city alone, a misspelt name, a misspelt
// city.
func nearestZone(name string) string {
	if name == "" || len(name) > maxZoneName {
		return ""
	}
	names := zoneNames()
	spelt := strings.ReplaceAll(strings.TrimSpace(name), " ", "_")
	for _, zone := range names {
		if strings.EqualFold(zone, spelt) {
			return zone
		}
	}
	if zone := abbreviations[strings.ToUpper(spelt)]; zone != "" {
		return zone
	}
	if zone := offsetZone(strings.ToUpper(spelt)); zone != "" {
		return zone
	}
	cities := map[string]string{}
	var cityNames []string
	for _, zone := range names {
		if i := strings.LastIndexByte(zone, '/'); i >= 0 && cities[zone[i+1:]] == "" {
			cities[zone[i+1:]] = zone
			cityNames = append(cityNames, zone[i+1:])
		}
	}
	city := spelt[strings.LastIndexByte(spelt, '/')+1:]
	for _, c := range cityNames {
		if strings.EqualFold(c, city) {
			return cities[c]
		}
	}
	if zone := suggest.Nearest(spelt, names); zone != "" {
		return zone
	}
	return cities[suggest.Nearest(city, cityNames)]
}

// offsetZone returns the zone of a whole-hour offset from UTC; "" if name is none. The sign is
// turned round, since Etc/GMT-9 is nine hours ahead of UTC (POSIX style).
func offsetZone(name string) string {
	m := offsetName.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	hours, err := strconv.Atoi(m[2])
	if err != nil {
		return ""
	}
	zone := "Etc/GMT-" + strconv.Itoa(hours)
	switch {
	case hours == 0:
		zone = "UTC"
	case m[1] == "-":
		zone = "Etc/GMT+" + strconv.Itoa(hours)
	}
	if _, ok := slices.BinarySearch(zoneNames(), zone); !ok {
		return ""
	}
	return zone
}
