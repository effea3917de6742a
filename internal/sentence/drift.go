package sentence

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// changedOutside begins the part of a sentence that tells of drift.
var changedOutside = map[language.Tag]string{
	language.English:  " (changed outside: ",
	language.Japanese: "（外部で変更: ",
}

// ChangedOutside is a sentence with what was changed outside behind it.
func ChangedOutside(lang language.Tag, sentence string, changes ...string) string {
	if lang == language.Japanese {
		return sentence + changedOutside[lang] + strings.Join(changes, "、") + "）"
	}
	return sentence + changedOutside[lang] + strings.Join(changes, ", ") + ")"
}

// HasDrift tells whether a sentence of any language tells of drift.
func HasDrift(sentence string) bool { return Plain(sentence) != sentence }

// Plain is a sentence without its words on drift.
func Plain(sentence string) string {
	for _, begin := range changedOutside {
		sentence, _, _ = strings.Cut(sentence, begin)
	}
	return sentence
}
