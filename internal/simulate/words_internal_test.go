package simulate

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

var verb = regexp.MustCompile(`%(\[\d\])?[a-z]`)

// Each message is in each language, with the same parts, and in letters of that language.
func TestCatalog(t *testing.T) {
	t.Parallel()
	const least = 25
	if len(catalog) < least {
		t.Fatalf("got %d messages, want %d or more", len(catalog), least)
	}
	for _, m := range catalog {
		parts := func(tag language.Tag) []string {
			verbs := verb.FindAllString(m[tag], -1)
			slices.Sort(verbs)
			return verbs
		}
		for _, tag := range language.All {
			if strings.TrimSpace(m[tag]) == "" {
				t.Errorf("%q has no words in %s", m[language.English], tag)
			}
			if !slices.Equal(parts(tag), parts(language.English)) {
				t.Errorf("%q has other parts than %q", m[tag], m[language.English])
			}
		}
		if m[language.English] == m[language.Japanese] {
			t.Errorf("%q is the same in both languages", m[language.English])
		}
	}
}
