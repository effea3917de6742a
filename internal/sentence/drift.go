package sentence

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// What follows a sentence in parentheses tells of drift.
var (
	changedOutside = drift{" (changed outside: ", "（外部で変更: "}
	// leftByFailure is drift of our own making.
	leftByFailure = drift{" (written by an update that failed: ", "（失敗した更新による書き込み: "}
)

// drift begins words on drift.
type drift struct{ english, japanese string }

func (d drift) behind(lang language.Tag, sentence string, changes []string) string {
	if lang == language.Japanese {
		return sentence + d.japanese + strings.Join(changes, "、") + "）"
	}
	return sentence + d.english + strings.Join(changes, ", ") + ")"
}

// ChangedOutside is a sentence with what was changed outside behind it. Sentence and changes must be
// in this language.
func ChangedOutside(lang language.Tag, sentence string, changes ...string) string {
	return changedOutside.behind(lang, sentence, changes)
}

// LeftByFailure is a sentence with what an update that failed has written, and the event's attributes
// do not show. Sentence and changes must be in this language.
func LeftByFailure(lang language.Tag, sentence string, changes ...string) string {
	return leftByFailure.behind(lang, sentence, changes)
}

// Stranger is the sentence of a schedule that nobody wrote who manages its group.
func Stranger(lang language.Tag, functionARN string) string {
	if lang == language.Japanese {
		return ChangedOutside(lang, "このグループに外部で作成されたスケジュール、ターゲットは "+functionARN, "追加")
	}
	return ChangedOutside(lang, "a schedule that something else put into this group: target "+functionARN,
		"added")
}

// Unreadable is the sentence of an event whose input was changed to one that names no command.
func Unreadable(lang language.Tag) string {
	if lang == language.Japanese {
		return ChangedOutside(lang, "コマンドのない入力", "入力の差し替え")
	}
	return ChangedOutside(lang, "input without a command", "input replaced")
}

// HasDrift tells whether a sentence, of whatever language, tells of drift.
func HasDrift(sentence string) bool { return Plain(sentence) != sentence }

// Plain is a sentence without its words on drift.
func Plain(sentence string) string {
	for _, d := range []drift{changedOutside, leftByFailure} {
		sentence, _, _ = strings.Cut(sentence, d.english)
		sentence, _, _ = strings.Cut(sentence, d.japanese)
	}
	return sentence
}

// Language tells a sentence's language, whatever release wrote it: an English one begins with a
// small letter, a Japanese one with a digit, kana or kanji.
func Language(sentence string) language.Tag {
	if sentence == "" || 'a' <= sentence[0] && sentence[0] <= 'z' {
		return language.English
	}
	return language.Japanese
}
