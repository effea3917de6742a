package simulate_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/simulate"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// wellFormed reads a picture to its end.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, text)
		}
	}
}

func TestSVG(t *testing.T) {
	t.Parallel()
	s := run(t, read(t, newYear), "Asia/Tokyo", "2026-12-27", 3, timeline.SeedEvents)
	got, err := s.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, got)
	golden(t, "new_year.svg", got)
}

// On the clocks of its zone a day of 23 hours has a gap, and one of 25 hours is drawn over once.
func TestSVG_clockChanges(t *testing.T) {
	t.Parallel()
	in := read(t, `{"name": "n", "timezone": "Europe/Berlin", "events": {
	  "stop": {"args": ["ecs", "stop-services", "web/api"], "cron_expr": "cron(0 1 * * ? *)"},
	  "start": {"args": ["ecs", "start-services", "web/api"], "cron_expr": "cron(30 3 * * ? *)"}}}`)
	for from, want := range map[string]string{
		// x is 104 + 15 for each hour.
		"2027-03-28": `<rect class="off" x="119" y="58" width="15" height="13"/><rect class="off" x="149" y="58" width="7.5" height="13"/>`,
		"2027-10-31": `<rect class="off" x="119" y="58" width="30" height="13"/><rect class="off" x="134" y="58" width="22.5" height="13"/>`,
		"2027-11-01": `<rect class="off" x="119" y="58" width="37.5" height="13"/>`,
	} {
		got, err := run(t, in, "Europe/Berlin", from, 1, timeline.SeedOn).SVG()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: want %s in\n%s", from, want, got)
		}
	}
}

func TestHTML(t *testing.T) {
	t.Parallel()
	s := run(t, read(t, newYear), "Asia/Tokyo", "2026-12-27", 3, timeline.SeedEvents)
	got, err := s.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<h1>3 days from Sun 2026-12-27, on the clocks of Asia/Tokyo</h1>",
		"<h2><code>rds/instance/batch</code></h2>\n<p>Off 27 h of 72 h</p>",
		"<li>On although it was to be off, from Mon 2026-12-28 03:00 for 45 h: AWS started it again seven days after " +
			"its stop by monthly</li>",
		`<tr><th scope="row">Mon 2026-12-28</th><td>03:00 AWS starts it, seven days after its stop</td></tr>`,
		"<p>left out: look: it neither stops nor starts anything</p>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page has no %q:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "<svg "); n != 3 {
		t.Errorf("got %d pictures, want one a target", n)
	}
	for _, forbidden := range []string{"<script", "http://w", "https://", "url("} {
		if rest := strings.ReplaceAll(got, `xmlns="http://www.w3.org/2000/svg"`, ""); strings.Contains(rest, forbidden) {
			t.Errorf("the page has %q", forbidden)
		}
	}
}

// What users write cannot get out of its place.
func TestHTML_escapes(t *testing.T) {
	t.Parallel()
	s := &simulate.Simulation{
		From: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC), Zone: time.UTC,
		Courses: []timeline.Course{{
			Target:  `<b>&"`,
			Entries: []timeline.Entry{{At: time.Date(2027, 1, 1, 8, 0, 0, 0, time.UTC), Kind: timeline.EntryStop, Event: "<i>"}},
			Awake: []timeline.Awake{{
				Stretch: timeline.Stretch{
					From: time.Date(2027, 1, 1, 8, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC),
				},
				Event: "<i>", Reason: timeline.AWS,
			}},
		}},
		Left: []simulate.Left{{Event: "<i>", Why: simulate.IsUnknown}},
	}
	page, err := s.HTML()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := s.SVG()
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, picture)
	for _, text := range []string{page, picture} {
		if strings.Contains(text, "<b>") || strings.Contains(text, "<i>") {
			t.Errorf("a name is not escaped:\n%s", text)
		}
	}
	if n := strings.Count(page, "&lt;i&gt;"); n != 3 {
		t.Errorf("the page names the event %d times, want 3:\n%s", n, page)
	}
}

func TestPictures_tooManyRows(t *testing.T) {
	t.Parallel()
	s := run(t, read(t, newYear), "Asia/Tokyo", "2026-12-27", simulate.MaxRows/3+1, timeline.SeedEvents)
	_, pictureErr := s.SVG()
	_, pageErr := s.HTML()
	for _, err := range []error{pictureErr, pageErr} {
		if tooMany := (*simulate.TooManyRowsError)(nil); !errors.As(err, &tooMany) || tooMany.Rows <= simulate.MaxRows {
			t.Errorf("got %v, want a TooManyRowsError", err)
		}
	}
}
