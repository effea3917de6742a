package review

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// What changes in an event is to be seen in its row, also where its sentence says it in short.
func TestSentences_whatTheyHide(t *testing.T) {
	t.Parallel()
	with := func(e map[string]any, more map[string]any) map[string]any {
		out := maps.Clone(e)
		maps.Copy(out, more)
		return out
	}
	services := func(args ...string) map[string]any {
		return event("cron(0 8 * * ? *)", append([]string{"ecs"}, args...)...)
	}
	stop := event("cron(0 21 * * ? *)", "rds", "stop-cluster", "db")
	late := event("cron(0 22 * * ? *)", "rds", "stop-cluster", "db")
	for name, tt := range map[string]struct {
		before, after map[string]any
		// en and ja are what stands behind the sentences.
		en, ja [2]string
	}{
		"a count that a stop does not need": {
			services("stop-services", "web/api/2", "web/x/1"), services("stop-services", "web/api/9", "web/x"),
			[2]string{"`args`: <b>`web/api/2`</b> and <b>`web/x/1`</b>", "`args`: <b>`web/api/9`</b> and <b>`web/x`</b>"},
			[2]string{"`args`: <b>`web/api/2`</b>、<b>`web/x/1`</b>", "`args`: <b>`web/api/9`</b>、<b>`web/x`</b>"},
		},
		"other services and counts": {
			services("start-services", "web/api/2", "web/x/1"), services("start-services", "web/api/9", "web/y/1"),
			[2]string{}, [2]string{},
		},
		"another order of days off, and another time": {
			with(stop, map[string]any{"except_dates": []string{"2026-12-29", "2026-12-30"}}),
			with(late, map[string]any{"except_dates": []string{"2026-12-30", "2026-12-29"}}),
			[2]string{"`except_dates`: <b>`2026-12-29`</b> and <b>`2026-12-30`</b>", "`except_dates`: <b>`2026-12-30`</b> and <b>`2026-12-29`</b>"},
			[2]string{"`except_dates`: <b>`2026-12-29`</b>、<b>`2026-12-30`</b>", "`except_dates`: <b>`2026-12-30`</b>、<b>`2026-12-29`</b>"},
		},
		"other days off": {
			with(stop, map[string]any{"except_dates": []string{"2026-12-29", "2026-12-30"}}),
			with(stop, map[string]any{"except_dates": []string{"2026-12-29", "2027-12-30"}}),
			[2]string{}, [2]string{},
		},
		"days off that the sentence shows": {
			with(stop, map[string]any{"except_dates": []string{"2026-12-29", "2026-12-30"}}), stop,
			[2]string{}, [2]string{},
		},
		"another time": {stop, late, [2]string{}, [2]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reviewed(t, resource("savings_schedule.this", events{"a": tt.before}, events{"a": tt.after}))
			for lang, want := range map[language.Tag][2]string{language.English: tt.en, language.Japanese: tt.ja} {
				d := markdown{lang: lang}
				before, after := r.Schedules[0].Events[0].sentences(lang)
				whole := [2]string{d.text(before), d.text(after)}
				var got [2]string
				for i := range whole {
					if at := strings.Index(whole[i], "; `"); at >= 0 {
						got[i] = whole[i][at+len("; "):]
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", lang, diff)
				}
				if whole[0] == whole[1] {
					t.Errorf("%s: before and after are %s", lang, whole[0])
				}
			}
		})
	}
}
