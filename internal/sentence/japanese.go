package sentence

import (
	"fmt"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

const japaneseDay = "2006年1月2日"

// japanese puts the time first, with all that qualifies it in parentheses: "毎週月〜金曜 21:00（Asia/Tokyo、
// 2027年3月31日 00:00 まで）に Aurora クラスタ my-aurora を停止". Midnight is written out, since a day alone
// with まで would include that day.
func (e Event) japanese() string {
	qualities := []string{e.Timezone}
	if !e.StartDate.IsZero() {
		qualities = append(qualities, language.Spaced(e.clock(e.StartDate, japaneseDay, true), "から"))
	}
	if !e.EndDate.IsZero() {
		qualities = append(qualities, language.Spaced(e.clock(e.EndDate, japaneseDay, true), "まで"))
	}
	switch dates := e.daysOff(); len(dates) {
	case 0:
	case 1:
		qualities = append(qualities, date(dates[0], japaneseDay)+"を除く")
	default:
		qualities = append(qualities, fmt.Sprintf("除外日%d日: %s", len(dates), japaneseDates(dates)))
	}
	when := qualified(e.when(language.Japanese), qualities...)
	what := command.Summary(language.Japanese, e.Calls...)
	if len(e.Calls) == 0 {
		what = "読み取れない args を実行"
	}
	s := language.Spaced(when, "に", what)
	if !e.Enabled {
		s = "無効: " + s
	}
	return s
}

// qualified is a time with what qualifies it in parentheses, the time's own if it ends with some.
func qualified(when string, qualities ...string) string {
	begin := "（"
	if text, found := strings.CutSuffix(when, "）"); found {
		when, begin = text, "、"
	}
	return when + begin + strings.Join(qualities, "、") + "）"
}
