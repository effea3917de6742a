package language

import "testing"

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tag := range All {
		if got, err := Parse(string(tag)); got != tag || err != nil {
			t.Errorf("Parse(%q) = %q, %v", tag, got, err)
		}
	}
	for text, want := range map[string]string{
		"":   `there is no language ""; the languages are en and ja`,
		"jp": `there is no language "jp"; the languages are en and ja; did you mean "ja"?`,
		"JA": `there is no language "JA"; the languages are en and ja; did you mean "ja"?`,
		"fr": `there is no language "fr"; the languages are en and ja`,
	} {
		if got, err := Parse(text); got != "" || err == nil || err.Error() != want {
			t.Errorf("Parse(%q) = %q, %v, want the error %s", text, got, err, want)
		}
	}
}

func TestTag_List(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words             []string
		english, japanese string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a and b", "a、b"},
		{[]string{"a", "b", "c"}, "a, b and c", "a、b、c"},
	} {
		if e, j := English.List(tt.words), Japanese.List(tt.words); e != tt.english || j != tt.japanese {
			t.Errorf("%q: %q and %q", tt.words, e, j)
		}
	}
}

func TestSpaced(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want  string
		parts []string
	}{
		{"", nil},
		{"Aurora クラスタ my-aurora を停止", []string{"Aurora クラスタ", "my-aurora", "", "を", "停止"}},
		{"a、b（c）を停止", []string{"a、", "b", "（c）", "を停止"}},
		{"タグ a=b の", []string{"タグ ", "a=b", " の"}},
		{"21:00 に", []string{"21:00", "に"}},
		{"5分ごとに web", []string{"5分ごと", "に", "web"}},
	} {
		if got := Spaced(tt.parts...); got != tt.want {
			t.Errorf("Spaced(%q) = %q, want %q", tt.parts, got, tt.want)
		}
	}
}
