package scheduleset

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Setting is a setting of a schedule that we never write, with its value where it has one.
type Setting struct {
	Kind  SettingKind
	Value string
}

// SettingKind tells which setting it is.
type SettingKind int

// The settings that we never write.
const (
	// FlexibleWindow has the window's minutes as its value.
	FlexibleWindow SettingKind = iota
	// CustomerKey has the key's ARN as its value.
	CustomerKey
	// DeletedAfterCompletion is ActionAfterCompletion DELETE.
	DeletedAfterCompletion
	// OtherTarget is the parameters of a target that is no Lambda function.
	OtherTarget
)

// Differences says in words, in a stable order, where got differs from want in what the resource's
// schema does not show: retry, target, role, dead letters, input of an older release, other
// settings ("185 retries instead of 10"). Nil if nowhere.
func Differences(lang language.Tag, want, got Schedule) []string {
	d := differences{lang: lang}
	if w, g := want.MaximumAttempts, got.MaximumAttempts; w != g {
		d.add("%[3]s instead of %[1]d", "リトライ回数 %[1]d → %[2]d", w, g, plural(int(g), "retry", "retries"))
	}
	if w, g := want.MaximumEventAge, got.MaximumEventAge; w != g {
		d.add("maximum event age %[2]d s instead of %[1]d s", "イベントの最大有効期間 %[1]d秒 → %[2]d秒",
			int64(w.Seconds()), int64(g.Seconds()))
	}
	if w, g := want.FunctionARN, got.FunctionARN; w != g && got.Universal() {
		call := g[strings.LastIndex(g, "aws-sdk:")+len("aws-sdk:"):]
		d.add("a call of %[1]s instead of the runner", "ランナーの代わりに %[1]s の呼び出し", call)
	} else if w != g {
		d.add("target function %[2]s instead of %[1]s", "ターゲット関数 %[1]s → %[2]s", w, g)
	}
	if w, g := want.RoleARN, got.RoleARN; w != g {
		d.add("role %[2]s instead of %[1]s", "ロール %[1]s → %[2]s", w, g)
	}
	switch w, g := want.DeadLetterARN, got.DeadLetterARN; {
	case w == g:
	case g == "":
		d.add("no dead-letter queue instead of %[1]s", "デッドレターキュー %[1]s → なし", w)
	case w == "":
		d.add("dead-letter queue %[1]s instead of none", "デッドレターキュー なし → %[1]s", g)
	default:
		d.add("dead-letter queue %[2]s instead of %[1]s", "デッドレターキュー %[1]s → %[2]s", w, g)
	}
	if !got.Universal() {
		d.input(want.Input, got.Input)
	}
	for _, s := range got.Other {
		d.setting(s)
	}
	return d.words
}

type differences struct {
	lang  language.Tag
	words []string
}

// add appends a text; the formats name their arguments by number, since languages order them
// otherwise.
func (d *differences) add(english, japanese string, args ...any) {
	format := english
	if d.lang == language.Japanese {
		format = japanese
	}
	d.words = append(d.words, fmt.Sprintf(format, args...))
}

// input leaves out what the schema shows.
func (d *differences) input(want, got string) {
	var w, g map[string]any
	if json.Unmarshal([]byte(want), &w) != nil || json.Unmarshal([]byte(got), &g) != nil {
		if want != got {
			d.add("input that is not ours", "このプロバイダーのものではない入力")
		}
		return
	}
	for _, shown := range []string{"args", "steps", "except_dates"} {
		delete(w, shown)
		delete(g, shown)
	}
	if !reflect.DeepEqual(w, g) {
		d.add("input of another release", "別のリリースの入力")
	}
}

func (d *differences) setting(s Setting) {
	switch s.Kind {
	case FlexibleWindow:
		minutes, _ := strconv.Atoi(s.Value)
		d.add("flexible window of %[2]s", "フレックスタイムウィンドウ %[1]d分", minutes,
			plural(minutes, "minute", "minutes"))
	case CustomerKey:
		d.add("customer key %[1]s", "カスタマーマネージドキー %[1]s", s.Value)
	case DeletedAfterCompletion:
		d.add("deleted after completion", "完了後に削除")
	case OtherTarget:
		d.add("parameters of another kind of target", "別の種類のターゲットのパラメータ")
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
