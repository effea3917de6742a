package command

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// japanesePhrase is a verb's own words in Japanese: "Aurora クラスタ", "停止".
type japanesePhrase struct {
	noun, action string
	// arrived is what --wait waits for: "停止完了".
	arrived string
	// objects says what the verb acts on where the noun does not do, and the particle behind it. May
	// be nil.
	objects func([]Item) (object, particle string)
}

// japanese holds the words of every verb, by service and verb. It is apart from the table, so that
// the runner, which says nothing in Japanese, is linked without it.
var japanese = map[string]japanesePhrase{
	"rds start-cluster":        {"Aurora クラスタ", "起動", "利用可能になる", nil},
	"rds stop-cluster":         {"Aurora クラスタ", "停止", "停止完了", nil},
	"rds start-instance":       {"RDS インスタンス", "起動", "利用可能になる", nil},
	"rds stop-instance":        {"RDS インスタンス", "停止", "停止完了", nil},
	"docdb start-cluster":      {"DocumentDB クラスタ", "起動", "利用可能になる", nil},
	"docdb stop-cluster":       {"DocumentDB クラスタ", "停止", "停止完了", nil},
	"neptune start-cluster":    {"Neptune クラスタ", "起動", "利用可能になる", nil},
	"neptune stop-cluster":     {"Neptune クラスタ", "停止", "停止完了", nil},
	"ec2 start-instances":      {"EC2 インスタンス", "起動", "実行中になる", nil},
	"ec2 stop-instances":       {"EC2 インスタンス", "停止", "停止完了", nil},
	"ec2 restart-instances":    {"EC2 インスタンス", "再起動", "実行中になる", nil},
	"asg start":                {"Auto Scaling グループ", "起動", "InService になる", nil},
	"asg stop":                 {"Auto Scaling グループ", "停止", "インスタンスがなくなる", nil},
	"ecs start-services":       {"", "起動", "全タスクが実行中になる", japaneseStarted},
	"ecs stop-services":        {"", "停止", "停止完了", japaneseServices},
	"ecs set-desired-count":    {"", "設定", "指定のタスク数になる", japaneseCounts},
	"eks start-nodegroup":      {"EKS ノードグループ", "起動", "更新完了", nil},
	"eks stop-nodegroup":       {"EKS ノードグループ", "停止", "更新完了", nil},
	"redshift resume-cluster":  {"Redshift クラスタ", "再開", "利用可能になる", nil},
	"redshift pause-cluster":   {"Redshift クラスタ", "一時停止", "一時停止完了", nil},
	"sagemaker start-notebook": {"SageMaker ノートブックインスタンス", "起動", "InService になる", nil},
	"sagemaker stop-notebook":  {"SageMaker ノートブックインスタンス", "停止", "停止完了", nil},
	"cloudfront update-origin": {"", "変更", "デプロイ完了", japaneseOrigin},
}

// japaneseFlags replace a verb's action where they are given.
var japaneseFlags = map[string]string{flagHibernate: "休止", flagForce: "強制停止"}

// japaneseClause is a call in Japanese: "us-west-2 リージョンの", "Aurora クラスタ", "my-aurora", "を",
// "停止", "（停止完了まで待機）".
type japaneseClause struct{ region, noun, which, particle, action, rest string }

// japaneseSteps says the action once for steps that share it, and a noun too: "Aurora クラスタ a、続いて
// b、続いて ECS クラスタ web のサービス 2 個（api、worker）を停止".
func japaneseSteps(calls []*Call) string {
	var texts []string
	var before japaneseClause
	for i, c := range calls {
		now := c.japanese()
		shared := i > 0 && now.action == before.action && c.plain() && calls[i-1].plain()
		if i > 0 {
			if !shared {
				texts = append(texts, before.end()...)
			}
			texts = append(texts, "、続いて")
		}
		texts = append(texts, now.region)
		if !shared || now.noun != before.noun || now.region+before.region != "" {
			texts = append(texts, now.noun)
		}
		texts = append(texts, now.which)
		before = now
	}
	return language.Spaced(append(texts, before.end()...)...)
}

// end is what follows the object: "を停止（停止完了まで待機）".
func (c japaneseClause) end() []string { return []string{c.particle, c.action, c.rest} }

func (c *Call) japanese() japaneseClause {
	words := japanese[c.verb.Service+" "+c.verb.Name]
	clause := japaneseClause{noun: words.noun, particle: "を", action: words.action}
	switch names, tags := namesAndTags(c.items); {
	case words.objects != nil:
		clause.which, clause.particle = words.objects(c.items)
	case len(names) == 0:
		clause.noun, clause.which = "", japaneseTagged(tags, words.noun)
	default:
		clause.which = japaneseNamed(names)
		if len(tags) > 0 {
			clause.which = language.Spaced(clause.which, "と、"+japaneseTagged(tags, words.noun))
		}
	}
	var actions []string
	for _, f := range c.verb.Flags {
		if c.flags.has(f.Name) {
			actions = append(actions, japaneseFlags[f.Name])
		}
	}
	if len(actions) > 0 {
		clause.action = strings.Join(actions, "・")
	}
	if region := c.spokenRegion(); region != "" {
		clause.region = region + " リージョンの"
	}
	var rest []string
	if c.flags.dryRun {
		rest = append(rest, "ドライラン")
	}
	if c.flags.wait {
		rest = append(rest, words.arrived+"まで待機")
	}
	if len(rest) > 0 {
		clause.rest = "（" + strings.Join(rest, "、") + "）"
	}
	return clause
}

// japaneseNamed is "a、b（us-west-2、アカウント 123456789012）".
func japaneseNamed(items []Item) string {
	words := spoken(items)
	for i, item := range items {
		if item.ARN != nil {
			words[i] += "（" + language.Japanese.List(item.ARN.place("アカウント ")) + "）"
		}
	}
	return language.Japanese.List(words)
}

// japaneseTagged is "タグ team=web かつ deploy=devel、または team=db の EC2 インスタンス".
func japaneseTagged(items []Item, noun string) string {
	var tags []string
	for _, item := range items {
		tags = append(tags, strings.Join(tagWords(item.Tags), " かつ "))
	}
	return "タグ " + strings.Join(tags, "、または ") + " の " + noun
}

func japaneseServices(items []Item) (object, particle string) {
	return japaneseServicesWith(items, func(ecsGroup) string { return "" })
}

// japaneseStarted is "ECS サービス web/api（停止時の記録がなければ 2 タスク）".
func japaneseStarted(items []Item) (object, particle string) {
	return japaneseServicesWith(items, ecsGroup.japaneseFallback)
}

// japaneseServicesWith puts a note, where there is one, behind the services of a cluster.
func japaneseServicesWith(items []Item, note func(ecsGroup) string) (object, particle string) {
	var out []string
	for _, g := range ecsGroups(items) {
		if g.tags != nil {
			out = append(out, japaneseTagged([]Item{{Tags: g.tags}}, "ECS サービス"))
			continue
		}
		var text string
		var notes []string
		switch names := language.Japanese.List(g.names()); {
		case g.all:
			text = "ECS クラスタ " + g.cluster + " の全サービス"
			if names != "" {
				notes = append(notes, names+" は名前で指定")
			}
		case len(g.named) == 1:
			text = "ECS サービス " + g.named[0].ID
		default:
			text = fmt.Sprintf("ECS クラスタ %s のサービス %d 個", g.cluster, len(g.named))
			notes = append(notes, names)
		}
		if n := note(g); n != "" {
			notes = append(notes, n)
		}
		if len(notes) > 0 {
			text += "（" + strings.Join(notes, "。") + "）"
		}
		out = append(out, text)
	}
	return language.Japanese.List(out), "を"
}

// japaneseFallback is "停止時の記録がなければ api は 2 タスク、worker は 1 タスク".
func (g ecsGroup) japaneseFallback() string {
	counted, each := g.fallbacks()
	if len(counted) == 0 {
		return ""
	}
	const begin = "停止時の記録がなければ"
	switch {
	case each && len(counted) == 1:
		return fmt.Sprintf("%s %d タスク", begin, *counted[0].Count)
	case each:
		return fmt.Sprintf("%s各 %d タスク", begin, *counted[0].Count)
	}
	var parts []string
	for _, item := range counted {
		parts = append(parts, fmt.Sprintf("%s は %d タスク", serviceName(item), *item.Count))
	}
	return begin + " " + language.Japanese.List(parts)
}

// japaneseCounts is "ECS サービス web/api の必要なタスク数を 2".
func japaneseCounts(items []Item) (object, particle string) {
	var out []string
	for _, part := range byCount(items) {
		services, _ := japaneseServices(part)
		count := strconv.Itoa(int(*part[0].Count))
		out = append(out, language.Spaced(services, "の必要なタスク数を", count))
	}
	return strings.Join(out, " に、"), "に"
}

// japaneseOrigin is "CloudFront ディストリビューション E1 の default、/api/* のオリジンを app".
func japaneseOrigin(items []Item) (object, particle string) {
	return fmt.Sprintf("CloudFront ディストリビューション %s の %s のオリジンを %s ", items[0].Within[0],
		language.Japanese.List(spoken(once(items))), inSentence(items[0].Within[1])), "に"
}
