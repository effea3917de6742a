package review

import "github.com/spin-dd/terraform-provider-savings/internal/timeline"

// The first line.
var (
	sleepsLonger = say(
		"{target} sleeps {gain} longer a week: {before} → {after}.",
		"{target} の停止時間は週 {before} → {after}、{gain}長くなります。")
	sleepsShorter = say(
		"{target} sleeps {gain} less a week: {before} → {after}.",
		"{target} の停止時間は週 {before} → {after}、{gain}短くなります。")
	sleepsFirst = say(
		"{target} will sleep {after} a week.",
		"{target} は週 {after}停止するようになります。")
	sleepsNoMore = say(
		"{target} no longer sleeps: {before} a week → {after}.",
		"{target} は停止しなくなります: 週 {before} → {after}。")
	sleepsOtherwise = say(
		"{target} sleeps at other times, {after} a week as before.",
		"{target} の停止する時間帯が変わります。停止時間は週 {after} のままです。")
	allSleepLonger = say(
		"{n} targets sleep {gain} longer a week in all: {before} → {after}.",
		"{n} 件の対象の停止時間は合わせて週 {before} → {after}、{gain}長くなります。")
	allSleepShorter = say(
		"{n} targets sleep {gain} less a week in all: {before} → {after}.",
		"{n} 件の対象の停止時間は合わせて週 {before} → {after}、{gain}短くなります。")
	allSleepOtherwise = say(
		"{n} targets sleep at other times, {after} a week in all as before.",
		"{n} 件の対象の停止する時間帯が変わります。停止時間は合わせて週 {after} のままです。")
	someLongerSomeLess = say(
		"{n} targets sleep otherwise: {up} longer (+{more} a week), {down} shorter (−{less}).",
		"変わる対象 {n} 件のうち、{up} 件の停止時間は合わせて週 {more}長く、{down} 件は週 {less}短くなります。")
	onlyDetails = say(
		"{event} does the same as before: no time and no command changes.",
		"{event} の内容は変わりません（時刻もコマンドも同じです）。")
	onlyAdded      = say("New: {event}.", "追加: {event}。")
	onlyRemoved    = say("Gone: {event}.", "削除: {event}。")
	onlyChanged    = say("Now: {event}.", "変更後: {event}。")
	noSchedules    = say("This plan has no schedules.", "このプランにスケジュールはありません。")
	nothingChanges = say("No event changes.", "変更されるイベントはありません。")
	renamedOnly    = count("{n} event has another name or place, and does the same.",
		"{n} events have another name or place, and do the same.",
		"イベント {n} 件の名前か場所が変わります。内容は同じです。")
	hoursStay = count("{n} event changes; off hours stay as they are.",
		"{n} events change; off hours stay as they are.",
		"イベント {n} 件が変わります。停止時間は変わりません。")
	hoursUnknown = count("{n} event changes; off hours are known only after apply.",
		"{n} events change; off hours are known only after apply.",
		"イベント {n} 件が変わります。停止時間は適用後に確定します。")
	noHours = count("{n} event changes; no target is stopped and started weekly.",
		"{n} events change; no target is stopped and started weekly.",
		"イベント {n} 件が変わります。毎週停止・起動する対象はありません。")
	lessCost     = say("That is {amount} less a week.", "費用は週 {amount} 減ります。")
	moreCost     = say("That is {amount} more a week.", "費用は週 {amount} 増えます。")
	planErrored  = say("Planning failed half-way: changes may be missing.", "プランが途中で失敗しています。一部の変更が含まれていない可能性があります。")
	countAdded   = count("{n} added", "{n} added", "追加 {n} 件")
	countRemoved = count("{n} removed", "{n} removed", "削除 {n} 件")
	countChanged = count("{n} changed", "{n} changed", "変更 {n} 件")
	countRenamed = count("{n} renamed", "{n} renamed", "名前の変更 {n} 件")
	countMoved   = count("{n} moved", "{n} moved", "移動 {n} 件")
	eventsOf     = say("Events: {counts}.", "イベント: {counts}。")
	countWarning = count("{n} warning", "{n} warnings", "警告 {n} 件")
	countNew     = say("{warnings}, {new} new.", "{warnings}（うち新規 {new} 件）。")
	countOld     = say("{warnings}, none new.", "{warnings}（新規なし）。")
	countAllNew  = say("{warnings}, new.", "{warnings}（すべて新規）。")
)

// Headings, columns and cells.
var (
	titleReview    = say("Schedule review", "スケジュールのレビュー")
	titleHours     = say("Hours off a week", "週あたりの停止時間")
	titleWarnings  = say("Warnings", "警告")
	titleNotes     = say("Notes", "注記")
	titleRuns      = say("Next three runs", "次の 3 回の実行")
	titleUnchanged = count("{n} unchanged event", "{n} unchanged events", "変更のないイベント {n} 件")
	titleSame      = count("{n} target off as before", "{n} targets off as before", "停止時間の変わらない対象 {n} 件")

	columnEvent    = say("Event", "イベント")
	columnBefore   = say("Before", "変更前")
	columnAfter    = say("After", "変更後")
	columnTarget   = say("Target", "対象")
	columnRuns     = say("Runs", "実行日時")
	columnDoes     = say("Does", "内容")
	columnSchedule = say("Schedule", "スケジュール")

	cellAdded    = say("added", "追加")
	cellRemoved  = say("removed", "削除")
	cellChanged  = say("changed", "変更")
	cellRenamed  = say("renamed", "名前の変更")
	cellMoved    = say("moved", "移動")
	cellWas      = say("was {key}", "旧 {key}")
	cellFrom     = say("from {address}", "{address} から")
	cellNext     = say(", ", "、")
	cellNothing  = say("–", "–")
	cellSame     = say("the same", "同じ")
	cellNotYet   = say("known after apply", "適用後に確定")
	cellDetail   = say("{name}: {values}", "{name}: {values}")
	cellDescribe = say("description: {text}", "説明: {text}")

	actionCreate  = say("will be created", "を作成")
	actionUpdate  = say("will be updated", "を更新")
	actionReplace = say("will be replaced", "を作り直し")
	actionDelete  = say("will be destroyed", "を削除")
	actionForget  = say("will leave the state", "をステートから除外")
	actionNone    = say("stays", "は変更なし")
	movedFrom     = say("Moved from {address}.", "{address} から移動しました。")
	settingWas    = say("{name}: {before} → {after}", "{name}: {before} → {after}")
	moreEvents    = say("More of its events are known only after apply.", "ほかのイベントは適用後に確定します。")

	caption = say(
		"{target}: {before} → {after} ({gain}), on the clocks of {zone}",
		"{target}: {before} → {after}（{gain}）、時刻は {zone}")
	captionUnknown = say(
		"{target}: {before} → known after apply, on the clocks of {zone}",
		"{target}: {before} → 適用後に確定、時刻は {zone}")
	captionMany = say(
		"{targets}: each {before} → {after} ({gain}), on the clocks of {zone}",
		"{targets}: それぞれ {before} → {after}（{gain}）、時刻は {zone}")
	andMore       = count("{n} more", "{n} more", "ほか {n} 件")
	captionCost   = say("{amount} a week", "週 {amount}")
	legend        = say("█ off, · on, ▄ part of the hour; - before, + after.", "█ 停止、· 稼働、▄ 1 時間の一部。- 変更前、+ 変更後。")
	hoursOf       = say("{n} h", "{n} 時間")
	runsElsewhere = say("in {zone}", "{zone}")
	fromApply     = say("counted from the apply", "適用時から数えます")
	noRun         = say("no run", "実行なし")
	newFinding    = say("new", "新規")
	cutRows       = count("{n} more row is left out: the comment would be too long.",
		"{n} more rows are left out: the comment would be too long.",
		"コメントの長さの上限のため、{n} 行を省略しました。")
	cutTables = count("The table of {n} more resource is left out: the comment would be too long.",
		"The tables of {n} more resources are left out: the comment would be too long.",
		"コメントの長さの上限のため、ほか {n} 件のリソースの表を省略しました。")
	cutText        = count("… ({n} character left out) …", "… ({n} characters left out) …", "…（{n} 文字を省略）…")
	cutSection     = say("{title}: left out, the comment would be too long.", "{title}: コメントの長さの上限のため省略しました。")
	neitherKnown   = say("run {what} {when}, {zone}", "{when}{zone}に{what}を実行")
	fallbackThen   = say(", then ", "、続いて")
	disabledEvent  = say("disabled: {event}", "無効: {event}")
	unknownValue   = say("(known after apply)", "（適用後に確定）")
	sensitiveValue = say("(sensitive)", "（機密）")
)

// findingMessages say what each kind of finding is.
var findingMessages = map[timeline.Kind]message{
	timeline.Contradiction: say(
		"{events} stop and start {target} in the same minute, first at {at}: AWS may run them in either order.",
		"{events} が同じ分に {target} を停止・起動します（最初は {at}）。AWS がどちらを先に実行するかは決まっていません。"),
	timeline.NeverFires: say(
		"{events} never fires again.",
		"{events} は今後実行されません。"),
	timeline.AWSRestart: say(
		"AWS starts {target} again seven days after {events} stopped it, about {at}, and nothing stops it within 24 hours.",
		"{events} で停止した {target} は 7 日後（{at} ごろ）に AWS が自動で起動し、その後 24 時間以内に停止するイベントがありません。"),
	timeline.DoubtfulExpression: say(
		"{events} has a doubtful expression, {expression}: {words}.",
		"{events} の式 {expression} は確認が必要です: {words}。"),
	timeline.LateLimit: say(
		"{events} may give up before its last attempt: what it waits for can take 48 minutes.",
		"{events} は最後の試行の前に期限が切れることがあります。待ち時間は最長 48 分です。"),
	timeline.StopOnly: say(
		"{events} stops {target}, and nothing starts it.",
		"{events} は {target} を停止しますが、起動するイベントがありません。"),
	timeline.StartOnly: say(
		"{events} starts {target}, and nothing stops it.",
		"{events} は {target} を起動しますが、停止するイベントがありません。"),
	timeline.Overlap: say(
		"{events} overlap on {target}: at {at} one starts it while another would keep it off.",
		"{events} の停止期間が {target} で重なっています。{at} に一方が起動しますが、他方は停止したままのはずです。"),
	timeline.SkippedTime: say(
		"{events} does not run at {wall}: the clocks of {zone} skip it.",
		"{events} は {wall} に実行されません。{zone} の夏時間の切り替えでこの時刻がないためです。"),
	timeline.RepeatedTime: say(
		"{events} runs once at {wall}, the first time: the clocks of {zone} show it twice.",
		"{events} は {wall} に 1 回だけ、最初の時刻に実行されます。{zone} の夏時間の切り替えでこの時刻が 2 回あるためです。"),
	timeline.OffHoursGone: say(
		"{target} is no longer off at any time of the week.",
		"{target} が停止する時間帯はなくなります。"),
	Unreadable: say(
		"{events} cannot be read, and would fail: {words}.",
		"{events} は読み取れず、失敗します: {words}。"),
	SundayCount: say(
		"{events} counts days from Sunday: in AWS 1-5 is Sunday to Thursday. Write MON-FRI, or SUN-THU if that is meant.",
		"{events} の曜日は日曜日が 1 です。AWS の 1-5 は日〜木なので、MON-FRI（日〜木の意図なら SUN-THU）と書いてください。"),
	RunsAfterApply: say(
		"{events} runs right after apply: its rate() has no start_date.",
		"{events} は適用直後に実行されます。rate() に start_date がないためです。"),
	ExceptDatesPast: say(
		"{events} has except_dates that are all past.",
		"{events} の except_dates はすべて過去の日付です。"),
	RightsWiden: say(
		"The runner gets rights that it did not have: {words}.",
		"ランナーの権限が増えます: {words}。"),
	ChangedOutside: say(
		"{events} was changed outside since the last apply.",
		"{events} は前回の適用後に外部で変更されています。"),
	NotKnown: say(
		"{events} holds values that are known only after apply, or sensitive, and cannot be judged here.",
		"{events} には適用後に確定する値か機密の値があるため、ここでは判断できません。"),
	Forgotten: say(
		"The resource leaves the state and its schedules go on running.",
		"リソースはステートから外れますが、スケジュールは動き続けます。"),
}

// manyFindings are the forms for several events, where the sentence in English needs another.
var manyFindings = map[timeline.Kind]message{
	timeline.StopOnly: say(
		"{events} stop {target}, and nothing starts it.",
		"{events} は {target} を停止しますが、起動するイベントがありません。"),
	ChangedOutside: say(
		"{events} were changed outside since the last apply.",
		"{events} は前回の適用後に外部で変更されています。"),
	NotKnown: say(
		"{events} hold values that are known only after apply, or sensitive, and cannot be judged here.",
		"{events} には適用後に確定する値か機密の値があるため、ここでは判断できません。"),
	timeline.StartOnly: say(
		"{events} start {target}, and nothing stops it.",
		"{events} は {target} を起動しますが、停止するイベントがありません。"),
}

// Days of the week from Monday on, and what is between two of them.
var (
	dayNames = [7]message{
		say("Mon", "月"), say("Tue", "火"), say("Wed", "水"), say("Thu", "木"), say("Fri", "金"),
		say("Sat", "土"), say("Sun", "日"),
	}
	dayRange   = say("{from}–{to}", "{from}〜{to}")
	instantOf  = say("{day} {date} {time}", "{date}（{day}）{time}")
	dateFormat = say("2 Jan 2006", "2006/1/2")
)

// Why a gate does not let a plan pass.
var (
	gateWarnings = count("{n} warning, and --fail-on warning allows none",
		"{n} warnings, and --fail-on warning allows none",
		"警告が {n} 件あります（--fail-on warning）")
	gateNewWarnings = count("{n} new warning, and --fail-on new-warning allows none",
		"{n} new warnings, and --fail-on new-warning allows none", "新しい警告が {n} 件あります（--fail-on new-warning）")
	gateHours = say("{target} is off for {hours} a week, and --min-off-hours wants {least}",
		"{target} の停止時間は週 {hours} で、--min-off-hours の {least} に足りません")
	gateUnknown = say("the off hours of {target} are known only after apply, and --min-off-hours wants {least}",
		"{target} の停止時間は適用後に確定するため、--min-off-hours の {least} を確かめられません")
	gateNoHours = say("{target} has no weekly off hours in this plan, and --min-off-hours wants {least}",
		"{target} にはこのプランで毎週の停止時間がなく、--min-off-hours の {least} に足りません")
)

// What screen readers and the picture say.
var (
	pictureTitle = say("When targets are off in a week, before and after", "対象が停止する週の時間帯（変更前と変更後）")
	pictureOff   = say("off", "停止")
	pictureNever = say("on all day", "終日稼働")
	columnDays   = say("Days", "曜日")
	inWords      = say("The same in words", "同じ内容を文字で")
	madeAt       = say("Counted from {at}.", "{at} の時点での内容です。")
)
