package review_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/review"
)

func withPrices(t *testing.T, plan string) *review.Review {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "prices.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	prices, err := review.ReadPrices(f)
	if err != nil {
		t.Fatal(err)
	}
	return reviewOf(t, plan, prices)
}

// The other formats of one plan, with prices, as they were.
func TestFormats_golden(t *testing.T) {
	t.Parallel()
	r := withPrices(t, "steps.tofu")
	for _, lang := range language.All {
		name := "prices." + string(lang)
		golden(t, name+".md", r.Markdown(lang))
		golden(t, name+".txt", r.Text(lang, review.Terminal{Width: 72}))
		golden(t, name+".colour.txt", r.Text(lang, review.Terminal{Width: 120, Colour: true}))
		golden(t, name+".html", r.HTML(lang))
		golden(t, name+".svg", r.SVG(lang))
		out, err := r.JSON(lang)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", out)
	}
}

// Every plan's JSON keeps to the published schema.
func TestJSON_schema(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile(
		filepath.Join(acctest.Root(t), "templates", "schemas", "review.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range plans(t) {
		out, err := withPrices(t, name+".tofu").JSON(language.Japanese)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		broken := strings.Replace(out, `"version": 1`, `"version": 2`, 1)
		if instance, err = jsonschema.UnmarshalJSON(strings.NewReader(broken)); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(instance) == nil {
			t.Errorf("%s: the schema takes another version", name)
		}
	}
}

// sensitive is the value of the variable that is sensitive in the plan of this name.
const sensitive = "sample-ai-aurora-cluster"

// What is sensitive after the plan, and was not before, is in no format of what comes after.
func TestFormats_sensitive(t *testing.T) {
	t.Parallel()
	out, err := reviewOf(t, "sensitive.tofu", nil).JSON(language.English)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schedules []struct {
			Events []struct {
				Key   string
				After json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	for _, e := range got.Schedules[0].Events {
		if e.Key == "rds_stop" && strings.Contains(string(e.After), sensitive) {
			t.Errorf("the sensitive word is shown: %s", e.After)
		}
	}
}

// The picture is well-formed XML of its own, and the page needs nothing from elsewhere.
func TestFormats_selfContained(t *testing.T) {
	t.Parallel()
	elsewhere := regexp.MustCompile(`(?i)<script|<link|<img|url\(|src=|href=|@import`)
	for _, name := range plans(t) {
		r := reviewOf(t, name+".terraform", nil)
		for _, lang := range language.All {
			picture, page := r.SVG(lang), r.HTML(lang)
			d := xml.NewDecoder(strings.NewReader(picture))
			for {
				_, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%s: the picture is no XML: %v", name, err)
				}
			}
			if found := elsewhere.FindString(picture + page); found != "" {
				t.Errorf("%s: %s from elsewhere", name, found)
			}
		}
	}
}

// A text is as wide as it may be, and no wider where words allow it.
func TestText_width(t *testing.T) {
	t.Parallel()
	for _, lang := range language.All {
		for _, width := range []int{50, 80, 200} {
			text := reviewOf(t, "steps.tofu", nil).Text(lang, review.Terminal{Width: width})
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				wide := strings.ContainsAny(line, "█·") || strings.Contains(line, "autoscaling")
				if n := columnsOf(line); n > width && !wide {
					t.Errorf("%s at %d: %d columns: %q", lang, width, n, line)
				}
			}
		}
	}
}

var wideLetters = regexp.MustCompile(`[\p{Han}\p{Hiragana}\p{Katakana}、。（）〜]`)

func columnsOf(line string) int {
	return len([]rune(line)) + len(wideLetters.FindAllString(line, -1))
}
