package simulate

import (
	"fmt"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// message is a sentence in each language. Its verbs are those of package fmt, with their indexes where
// a language has another order.
type message map[language.Tag]string

// catalog holds every message, for the test that each is in each language.
var catalog []message

// words makes a message.
func words(en, ja string) message {
	m := message{language.English: en, language.Japanese: ja}
	catalog = append(catalog, m)
	return m
}

var (
	titleWords  = words("%[1]s from %[2]s, on the clocks of %[3]s", "%[2]sから %[1]s間、時刻は %[3]s")
	courseWords = words("off %[1]s of %[2]s", "%[2]sのうち %[1]s停止")

	offWords     = words("off", "停止")
	onWords      = words("on", "稼働")
	partWords    = words("partly", "1 時間の一部")
	awakeWords   = words("on although it was to be off", "停止予定なのに稼働")
	dayWords     = words("Day", "日付")
	runsWords    = words("Runs", "実行")
	happensWords = words("What happens", "日ごとの動き")
	leftWords    = words("left out: %s: %s", "対象外: %s: %s")
	timesWords   = words("%s-%s %d times:", "%s〜%s に %d 回:")

	// momentWords are a date and a time. A date in Japanese ends with a bracket, which brings its own
	// space.
	momentWords = words("%s %s", "%s%s")
	// nextWords part what happens on a day.
	nextWords = words(", ", "、")

	stopWords       = words("stop by %s", "%s が停止")
	startWords      = words("start by %s", "%s が起動")
	offAlreadyWords = words("%s (off already)", "%s（停止済み）")
	onAlreadyWords  = words("%s (on already)", "%s（稼働中）")
	restartWords    = words("AWS starts it, seven days after its stop", "停止から 7 日後に AWS が自動で起動")
	dayOffWords     = words("%s skipped: day off", "%s は除外日のため実行しない")
	heldWords       = words("%s skipped: held", "%s は保留（hold）のため実行しない")
	clockWords      = words("%s skipped: the clocks skip its time", "%s は夏時間の切り替えで時刻がなく、実行されない")

	wokenWords = words(
		"on although it was to be off, from %s for %s: AWS started it again seven days after its stop",
		"停止予定なのに稼働: %s から %s。停止から 7 日後に AWS が自動で起動したため")
	wokenByWords = words(
		"on although it was to be off, from %s for %s: AWS started it again seven days after its stop by %s",
		"停止予定なのに稼働: %s から %s。%s の停止から 7 日後に AWS が自動で起動したため")
	lostWords = words(
		"on although it was to be off, from %s for %s: the clocks skipped the stop of %s",
		"停止予定なのに稼働: %s から %s。夏時間の切り替えで %s の停止時刻がなかったため")

	dayCount      = words("%d day", "%d 日")
	daysCount     = words("%d days", "%d 日")
	hoursWords    = words("%d h", "%d 時間")
	minutesWords  = words("%d min", "%d 分")
	durationWords = words("%d h %d min", "%d 時間 %d 分")
)

// Why is the reason why an event is left out.
type Why string

// Reasons.
const (
	EventsUnknown Why = "events_unknown"
	IsSensitive   Why = "sensitive"
	IsUnknown     Why = "unknown"
	WithoutEffect Why = "without_effect"
)

var whyWords = map[Why]message{
	EventsUnknown: words("its events are known only after apply, or sensitive", "イベントが適用後に確定するか、機密"),
	IsSensitive:   words("something about it is sensitive", "機密の値がある"),
	IsUnknown:     words("something about it is known only after apply", "適用後に確定する値がある"),
	WithoutEffect: words("it neither stops nor starts anything", "何も停止・起動しない"),
}

// say is a message in the simulation's language. Names in it are made visible.
func (s *Simulation) say(m message, args ...any) string {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = planjson.Visible(text)
		}
	}
	return fmt.Sprintf(m[s.language()], args...)
}

// title is the simulation in a few words.
func (s *Simulation) title() string {
	days := daysCount
	n := len(s.days())
	if n == 1 {
		days = dayCount
	}
	return s.say(titleWords, s.say(days, n), s.date(s.From), s.Zone)
}

// offFor says how long a target is off.
func (s *Simulation) offFor(c timeline.Course) string {
	return s.say(courseWords, s.duration(c.OffFor()), s.duration(s.To.Sub(s.From)))
}

// entry says what happens.
func (s *Simulation) entry(e timeline.Entry) string {
	switch {
	case e.Kind == timeline.EntryRestart:
		return s.say(restartWords)
	case e.Reason == timeline.DayOff:
		return s.say(dayOffWords, e.Event)
	case e.Reason == timeline.Held:
		return s.say(heldWords, e.Event)
	case e.Reason == timeline.ClockChange:
		return s.say(clockWords, e.Event)
	case e.Kind == timeline.EntryStop && e.Already:
		return s.say(offAlreadyWords, e.Event)
	case e.Already:
		return s.say(onAlreadyWords, e.Event)
	case e.Kind == timeline.EntryStop:
		return s.say(stopWords, e.Event)
	}
	return s.say(startWords, e.Event)
}

// awake says when a target is on although it was to be off, and why.
func (s *Simulation) awake(a timeline.Awake) string {
	at := a.From.In(s.Zone)
	from, length := s.say(momentWords, s.date(at), at.Format(minute)), s.duration(a.To.Sub(a.From))
	switch {
	case a.Reason == timeline.ClockChange:
		return s.say(lostWords, from, length, a.Event)
	case a.Event != "":
		return s.say(wokenByWords, from, length, a.Event)
	}
	return s.say(wokenWords, from, length)
}

func (s *Simulation) left(l Left) string { return s.say(leftWords, l.Event, s.say(whyWords[l.Why])) }

// weekdays are the days of the week in Japanese, from Sunday on.
var weekdays = [7]string{"日", "月", "火", "水", "木", "金", "土"}

// Forms of a date, and of a short one.
const (
	day        = "Mon 2006-01-02"
	isoDay     = "2006-01-02"
	shortDay   = "Mon 2 Jan"
	shortOrder = "1/2"
	minute     = "15:04"
)

// date is a day with its weekday.
func (s *Simulation) date(t time.Time) string { return s.dateAs(t, day, isoDay) }

// shortDate is a day for a picture.
func (s *Simulation) shortDate(t time.Time) string { return s.dateAs(t, shortDay, shortOrder) }

func (s *Simulation) dateAs(t time.Time, english, japanese string) string {
	if s.language() == language.Japanese {
		return t.Format(japanese) + "（" + weekdays[t.Weekday()] + "）"
	}
	return t.Format(english)
}

// dateColumns is how many columns of a terminal a date takes. Japanese letters take two.
func (s *Simulation) dateColumns() int {
	if s.language() == language.Japanese {
		return len(isoDay) + 6
	}
	return len(day)
}

// duration is a time in hours and minutes: "11 h", "11 h 30 min".
func (s *Simulation) duration(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case minutes == 0:
		return s.say(hoursWords, hours)
	case hours == 0:
		return s.say(minutesWords, minutes)
	}
	return s.say(durationWords, hours, minutes)
}
