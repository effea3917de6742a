package simulate_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Names are those of whoever wrote the plan: no escape sequence, no line of theirs reaches a terminal,
// and no element of theirs a page.
func TestFormats_hostileNames(t *testing.T) {
	t.Parallel()
	in := read(t, `{"format_version":"1.2","timestamp":"2026-11-26T00:00:00Z","resource_changes":[{
		"address":"savings_schedule.a","mode":"managed","type":"savings_schedule","name":"a","change":{"actions":["create"],
		"before":null,"after":{"name":"n","timezone":"UTC","events":{
			"evil\u001b[2J\nfake line\u0007\r\u202e\uffff<b>":{"args":["rds","stop-cluster","db"],"cron_expr":"cron(0 21 * * ? *)"},
			"\u001b]0;x":{"args":["rds","stop-cluster","db2"]}}},
		"after_unknown":{"events":{"\u001b]0;x":{"cron_expr":true}}}}}]}`)
	for _, lang := range language.All {
		s := run(t, in, "UTC", "2026-12-01", 12, timeline.SeedOn)
		s.Language = lang
		page, err := s.HTML()
		if err != nil {
			t.Fatal(err)
		}
		picture, err := s.SVG()
		if err != nil {
			t.Fatal(err)
		}
		for format, text := range map[string]string{"text": s.Text(), "html": page, "svg": picture} {
			if format != "svg" && (!strings.Contains(text, "evil�[2J␊fake line����") || !strings.Contains(text, "�]0;x")) {
				t.Errorf("%s in %s lacks a name: %q", format, lang, text)
			}
			if strings.ContainsAny(text, "\x1b\x07\r\u202e\uffff") {
				t.Errorf("%s in %s holds a control character: %q", format, lang, text)
			}
			if format != "text" && strings.Contains(text, "<b>") {
				t.Errorf("%s in %s holds an element of a name", format, lang)
			}
		}
		for d := xml.NewDecoder(strings.NewReader(picture)); ; {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("the picture is no XML: %v", err)
			}
		}
	}
}
