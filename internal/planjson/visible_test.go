package planjson_test

import (
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "",
		"rds_stop 毎日 é „a b”":          "rds_stop 毎日 é „a b”",
		"a\nb":                         "a␊b",
		"a\x1b[2J\r\x00\t\x7f\u009b0;": "a�[2J�����0;",
		"\u202egnp\u2066":              "�gnp�",
		"\u2028\u2029\u200b\ufeff":     "����",
		"\uffff\ufffe":                 "��",
		"\xff":                         "�",
	} {
		if got := planjson.Visible(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
