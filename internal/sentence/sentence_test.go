package sentence

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// event reads "rds stop-cluster a; rds stop-cluster b | cron(0 21 * * ? *)" and any of "zone=…",
// "start=…", "end=…", "except=…,…" and "disabled", parted by bars.
func event(tb testing.TB, text string) Event {
	tb.Helper()
	parts := strings.Split(text, " | ")
	e := Event{Expression: parts[1], Timezone: "Asia/Tokyo", Enabled: true}
	for step := range strings.SplitSeq(parts[0], "; ") {
		call, err := command.Parse(strings.Fields(step))
		if err != nil {
			tb.Fatal(err)
		}
		e.Calls = append(e.Calls, call)
	}
	for _, part := range parts[2:] {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "zone":
			e.Timezone = value
		case "start":
			e.StartDate, err = time.Parse(time.RFC3339, value)
		case "end":
			e.EndDate, err = time.Parse(time.RFC3339, value)
		case "except":
			e.ExceptDates = strings.Split(value, ",")
		case "disabled":
			e.Enabled = false
		default:
			tb.Fatalf("%q has no meaning", part)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	return e
}

const golden = "testdata/sentences.md"

// The sentences of testdata/sentences.md are for people to read: UPDATE=1 writes them anew.
func TestEvent_golden(t *testing.T) {
	t.Parallel()
	events, err := os.ReadFile("testdata/events.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("Each event of events.txt, in every language.\n")
	count := 0
	for line := range strings.Lines(string(events)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		count++
		fmt.Fprintf(&b, "\n    %s\n\n", line)
		for _, lang := range language.All {
			fmt.Fprintf(&b, "- %s\n", event(t, line).In(lang))
		}
	}
	if count < 40 {
		t.Errorf("%d events, want 40 or more", count)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); d != "" {
		t.Errorf("-want +got; UPDATE=1 writes %s anew\n%s", golden, d)
	}
}

func checkSentence(t *testing.T, sentence string, lang language.Tag) {
	t.Helper()
	if got := Language(sentence); got != lang {
		t.Errorf("the language of %q is %s, want %s", sentence, got, lang)
	}
	foreign := func(r rune) bool { return r > unicode.MaxASCII }
	if lang == language.English && strings.ContainsFunc(sentence, foreign) ||
		strings.TrimSpace(sentence) != sentence || strings.Contains(sentence, "  ") ||
		strings.ContainsAny(sentence, "?#%!") {
		t.Errorf("%q is no %s sentence", sentence, lang)
	}
}

func TestDrift(t *testing.T) {
	t.Parallel()
	e := event(t, "rds stop-cluster a | cron(0 21 * * ? *)")
	tests := []struct {
		lang language.Tag
		got  string
		want string
	}{
		{language.English, ChangedOutside(language.English, e.In(language.English), "185 retries instead of 10", "role a"),
			"stop Aurora cluster a every day at 21:00, Asia/Tokyo (changed outside: 185 retries instead of 10, role a)"},
		{language.Japanese, ChangedOutside(language.Japanese, e.In(language.Japanese), "リトライ回数 10 → 185", "ロール a"),
			"毎日 21:00（Asia/Tokyo）に Aurora クラスタ a を停止（外部で変更: リトライ回数 10 → 185、ロール a）"},
		{language.English, LeftByFailure(language.English, e.In(language.English), "role a"),
			"stop Aurora cluster a every day at 21:00, Asia/Tokyo (written by an update that failed: role a)"},
		{language.Japanese, LeftByFailure(language.Japanese, e.In(language.Japanese), "ロール a"),
			"毎日 21:00（Asia/Tokyo）に Aurora クラスタ a を停止（失敗した更新による書き込み: ロール a）"},
		{language.English, Unreadable(language.English), "input without a command (changed outside: input replaced)"},
		{language.Japanese, Unreadable(language.Japanese), "コマンドのない入力（外部で変更: 入力の差し替え）"},
		{language.English, Stranger(language.English, "arn:x"),
			"a schedule that something else put into this group: target arn:x (changed outside: added)"},
		{language.Japanese, Stranger(language.Japanese, "arn:x"),
			"このグループに外部で作成されたスケジュール、ターゲットは arn:x（外部で変更: 追加）"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("\n got %s\nwant %s", tt.got, tt.want)
		}
		plain := Plain(tt.got)
		if !HasDrift(tt.got) || HasDrift(plain) || !strings.HasPrefix(tt.got, plain) || Language(tt.got) != tt.lang {
			t.Errorf("%q: plain %q, drift %t, language %s", tt.got, plain, HasDrift(tt.got), Language(tt.got))
		}
	}
}

// What cannot be read is said as it stands.
func TestEvent_unreadable(t *testing.T) {
	t.Parallel()
	e := Event{Expression: "cron(x)", Timezone: "Mars/Base", EndDate: time.Unix(0, 0).UTC(), ExceptDates: []string{"x"}}
	got := []string{e.In(language.English), e.In(language.Japanese), e.In("tlh")}
	want := []string{
		"disabled: run unreadable args cron(x), Mars/Base, until 1 Jan 1970 00:00, except on x",
		"無効: cron(x)（Mars/Base、1970年1月1日 00:00 まで、xを除く）に読み取れない args を実行",
		"disabled: run unreadable args cron(x), Mars/Base, until 1 Jan 1970 00:00, except on x",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
