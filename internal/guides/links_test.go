package guides

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// TestLinks follows each link of the Markdown to a file or a heading of this repository.
func TestLinks(t *testing.T) {
	t.Parallel()
	root := acctest.Root(t)
	pages, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"docs", "examples"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".md") {
				pages = append(pages, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	followed := 0
	for _, page := range pages {
		wrong, n := follow(t, root, page)
		followed += n
		for _, link := range wrong {
			t.Errorf("%s: %s leads nowhere", page, link)
		}
	}
	if followed < 100 {
		t.Errorf("only %d links in %d pages", followed, len(pages))
	}
}

func TestLinks_finds(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	page := filepath.Join(root, "page.md")
	text := strings.Join([]string{
		"# A title: `code`, 日本語", `<a id="here"></a>`, "[a](#a-title-code-日本語) [b](page.md#here) [c](https://example.com/x)",
		"[d](#nowhere) [e](gone.md) [f](page.md#gone) ![g](gone.png)", `<img src="gone.svg">`,
		"[h](" + repository + "blob/main/page.md) [i](" + repository + "tree/main/gone)",
		"```sh", "# no heading", "[j](gone)", "```", "[k](#no-heading)",
	}, "\n")
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong, n := follow(t, root, page)
	want := []string{
		"#nowhere", "gone.md", "page.md#gone", "gone.png", "gone.svg", repository + "tree/main/gone", "#no-heading",
	}
	if d := cmp.Diff(want, wrong); d != "" || n != 10 {
		t.Errorf("%d links, -want +got %s", n, d)
	}
}

const repository = "https://github.com/spin-dd/terraform-provider-savings/"

var (
	fence   = regexp.MustCompile("(?ms)^ *(```+).*?^ *```+$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchor  = regexp.MustCompile(`<a (?:id|name)="([^"]+)">`)
)

// follow returns the links of a page that lead nowhere, and how many lead into the repository.
func follow(t *testing.T, root, page string) (wrong []string, n int) {
	t.Helper()
	for _, m := range link.FindAllStringSubmatch(prose(t, page), -1) {
		target, place, _ := strings.Cut(m[1]+m[2], "#")
		path := filepath.Join(filepath.Dir(page), filepath.FromSlash(target))
		if target == "" {
			path = page
		}
		if in, ok := strings.CutPrefix(target, repository); ok {
			_, file, _ := strings.Cut(in, "/main/") // behind blob or tree
			path = filepath.Join(root, filepath.FromSlash(file))
		} else if strings.Contains(target, "://") {
			continue
		}
		n++
		if _, err := os.Stat(path); err != nil || place != "" && !slices.Contains(places(t, path), place) {
			wrong = append(wrong, m[1]+m[2])
		}
	}
	return wrong, n
}

// prose is a page without its code blocks.
func prose(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fence.ReplaceAllString(string(text), "")
}

// places are what a link may name behind the # of a page: its headings as GitHub writes them, and anchors.
func places(t *testing.T, page string) []string {
	t.Helper()
	text := prose(t, page)
	var all []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])
		count := 0
		for _, other := range all {
			if other == name {
				count++
			}
		}
		if count > 0 {
			name = fmt.Sprintf("%s-%d", name, count)
		}
		all = append(all, name)
	}
	for _, m := range anchor.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}
