package command

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// A verb or a flag without words in one of the languages fails here.
func TestSummary_everyVerbInEveryLanguage(t *testing.T) {
	t.Parallel()
	verbs := map[string]bool{}
	for _, v := range Verbs() {
		name := v.Service + " " + v.Name
		verbs[name] = true
		english, japanese := v.phrase, japanese[name]
		if english.verb == "" || english.arrived == "" ||
			(english.one == "" || english.many == "") != (v.objects != nil) {
			t.Errorf("%s has the English words %+v", name, english)
		}
		if japanese.action == "" || japanese.arrived == "" ||
			(japanese.noun == "") != (japanese.objects != nil) {
			t.Errorf("%s has the Japanese words %+v; write them in words_ja.go", name, japanese)
		}
		for _, f := range v.Flags {
			if f.verb == "" || japaneseFlags[f.Name] == "" {
				t.Errorf("%s of %s has the words %q and %q", f.Name, name, f.verb, japaneseFlags[f.Name])
			}
		}
		for _, args := range v.Examples {
			call, err := Parse(args)
			if err != nil {
				t.Fatal(err)
			}
			checkWords(t, call.Summary(language.English), call.Summary(language.Japanese))
		}
	}
	for name := range japanese {
		if !verbs[name] {
			t.Errorf("words_ja.go has words of %s, which is no verb", name)
		}
	}
}

// checkWords checks that both sentences are whole, and each in its own language.
func checkWords(t *testing.T, english, japanese string) {
	t.Helper()
	for _, text := range []string{english, japanese} {
		if strings.TrimSpace(text) != text || text == "" || strings.Contains(text, "  ") ||
			strings.Contains(text, "%!") {
			t.Errorf("%q is no sentence", text)
		}
	}
	if i := strings.IndexFunc(english, func(r rune) bool { return r > 0x7F }); i >= 0 {
		t.Errorf("%q is not English", english)
	}
	if !strings.Contains(japanese, "を") {
		t.Errorf("%q is not Japanese", japanese)
	}
}

func TestSummary_unknownLanguage(t *testing.T) {
	t.Parallel()
	call := mustParse(t, "rds stop-cluster x")
	if got, want := call.Summary("tlh"), call.Summary(language.English); got != want {
		t.Errorf("got %q, want the English %q", got, want)
	}
}

func mustParse(t *testing.T, args string) *Call {
	t.Helper()
	call, err := Parse(strings.Fields(args))
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func TestSummary(t *testing.T) {
	t.Parallel()
	tests := []struct{ steps, english, japanese string }{
		{"rds stop-cluster my-aurora", "stop Aurora cluster my-aurora", "Aurora クラスタ my-aurora を停止"},
		{"rds start-cluster b A", "start Aurora clusters b and a", "Aurora クラスタ b、a を起動"},
		{"rds stop-cluster " + clusterARN, "stop Aurora cluster my-aurora (us-west-2)",
			"Aurora クラスタ my-aurora（us-west-2）を停止"},
		{"rds stop-instance team=web", "stop RDS instances tagged team=web", "タグ team=web の RDS インスタンスを停止"},
		{"rds stop-instance team=web,deploy=devel team=db",
			"stop RDS instances tagged deploy=devel and team=web, or tagged team=db",
			"タグ deploy=devel かつ team=web、または team=db の RDS インスタンスを停止"},
		{"rds stop-instance 環境=開発", "stop RDS instances tagged 環境=開発", "タグ 環境=開発 の RDS インスタンスを停止"},
		{"rds stop-cluster a team=web", "stop Aurora clusters a and those tagged team=web",
			"Aurora クラスタ a と、タグ team=web の Aurora クラスタを停止"},
		{"rds start-cluster x --region eu-west-1 --wait",
			"start Aurora cluster x in eu-west-1, waiting until available",
			"eu-west-1 リージョンの Aurora クラスタ x を起動（利用可能になるまで待機）"},
		{"rds stop-cluster a=b --region eu-west-1", "stop Aurora clusters tagged a=b in eu-west-1",
			"eu-west-1 リージョンのタグ a=b の Aurora クラスタを停止"},
		{"rds stop-cluster x --wait --dry-run", "stop Aurora cluster x (dry run), waiting until stopped",
			"Aurora クラスタ x を停止（ドライラン、停止完了まで待機）"},
		{"ec2 stop-instances Name=web-* --hibernate --force",
			"hibernate and force-stop EC2 instances tagged Name=web-*",
			"タグ Name=web-* の EC2 インスタンスを休止・強制停止"},
		{"asg stop web,", `stop Auto Scaling group "web,"`, `Auto Scaling グループ "web," を停止`},
		{"asg start web --wait", "start Auto Scaling group web, waiting until in service",
			"Auto Scaling グループ web を起動（InService になるまで待機）"},
		{"ecs stop-services web/api batch/a batch/b x/* team=web",
			"stop ECS service web/api, 2 ECS services of batch, all ECS services of x and ECS services " +
				"tagged team=web",
			"ECS サービス web/api、ECS クラスタ batch のサービス 2 個、ECS クラスタ x の全サービス、" +
				"タグ team=web の ECS サービスを停止"},
		{"ecs set-desired-count web/api/0", "set the desired count of ECS service web/api to 0",
			"ECS サービス web/api の必要なタスク数を 0 に設定"},
		{"ecs set-desired-count web/a/2 web/b/2 x/c/1 --wait",
			"set the desired count of 2 ECS services of web to 2 and of ECS service x/c to 1, " +
				"waiting until that many tasks run",
			"ECS クラスタ web のサービス 2 個の必要なタスク数を 2 に、ECS サービス x/c の必要なタスク数を 1 に設定" +
				"（指定のタスク数になるまで待機）"},
		{"redshift pause-cluster dwh --wait", "pause Redshift cluster dwh, waiting until paused",
			"Redshift クラスタ dwh を一時停止（一時停止完了まで待機）"},
		{"cloudfront update-origin E2QWRUHEXAMPLE app default /api/*",
			"switch default and /api/* of CloudFront distribution E2QWRUHEXAMPLE to origin app",
			"CloudFront ディストリビューション E2QWRUHEXAMPLE の default、/api/* のオリジンを app に変更"},

		// Steps share what they have in common.
		{"rds stop-cluster my-aurora; ecs stop-services web/api web/ui",
			"stop Aurora cluster my-aurora, then 2 ECS services of web",
			"Aurora クラスタ my-aurora、続いて ECS クラスタ web のサービス 2 個を停止"},
		{"rds stop-cluster a; rds stop-cluster b; rds stop-instance c; ec2 start-instances x=y",
			"stop Aurora cluster a, then b, then RDS instance c, then start EC2 instances tagged x=y",
			"Aurora クラスタ a、続いて b、続いて RDS インスタンス c を停止、続いてタグ x=y の EC2 インスタンスを起動"},
		{"rds start-cluster a --wait; rds start-cluster b",
			"start Aurora cluster a, waiting until available, then start Aurora cluster b",
			"Aurora クラスタ a を起動（利用可能になるまで待機）、続いて Aurora クラスタ b を起動"},
		{"rds stop-cluster a; rds stop-cluster b --dry-run; rds stop-cluster c",
			"stop Aurora cluster a, then stop Aurora cluster b (dry run), then stop Aurora cluster c",
			"Aurora クラスタ a を停止、続いて Aurora クラスタ b を停止（ドライラン）、続いて Aurora クラスタ c を停止"},
		{"rds stop-cluster a --dry-run --wait; rds stop-cluster b",
			"stop Aurora cluster a (dry run), waiting until stopped, then stop Aurora cluster b",
			"Aurora クラスタ a を停止（ドライラン、停止完了まで待機）、続いて Aurora クラスタ b を停止"},
		{"rds stop-cluster a --region us-west-2; rds stop-cluster b",
			"stop Aurora cluster a in us-west-2, then b",
			"us-west-2 リージョンの Aurora クラスタ a、続いて Aurora クラスタ b を停止"},
	}
	for _, tt := range tests {
		var calls []*Call
		for step := range strings.SplitSeq(tt.steps, ";") {
			calls = append(calls, mustParse(t, step))
		}
		for lang, want := range map[language.Tag]string{
			language.English: tt.english, language.Japanese: tt.japanese,
		} {
			if got := Summary(lang, calls...); got != want {
				t.Errorf("%s\n got %s\nwant %s", tt.steps, got, want)
			}
		}
	}
}

// Other calls have other words, in each language: over step lists made at random from words that try
// to look like the sentence's own.
func TestSummary_tellsApart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	said := map[string]string{}
	for range 60_000 {
		var calls []*Call
		var meanings []string
		for range 1 + random.IntN(3) {
			call, err := Parse(randomArgs(random))
			if err != nil {
				continue
			}
			calls = append(calls, call)
			meanings = append(meanings, meaning(call))
		}
		if len(calls) == 0 {
			continue
		}
		means := strings.Join(meanings, " ; ")
		for _, lang := range language.All {
			for _, pair := range [][2]string{
				{string(lang) + " sentence " + Summary(lang, calls...), means},
				{string(lang) + " meaning " + means, Summary(lang, calls...)},
			} {
				if other, ok := said[pair[0]]; ok && other != pair[1] {
					t.Fatalf("%s\n%s\n%s", pair[0], pair[1], other)
				}
				said[pair[0]] = pair[1]
			}
		}
	}
	if len(said) < 50_000 {
		t.Errorf("only %d sentences and meanings", len(said))
	}
}

func randomArgs(r *rand.Rand) []string {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	v := table[r.IntN(len(table))]
	args := []string{v.Service, v.Name}
	if v.Leads != nil {
		args = append(args, "E2QWRUHEXAMPLE", pick("app", "a and b", "app to 2", `a"`, "アプリ に変更"))
	}
	for range 1 + r.IntN(3) {
		args = append(args, pick(
			"a", "b", "and", "then", "a,", "tagged", "x(y)", "default", "/api/*", "a=b", "a=b,c=d", "a=b and c=d",
			"a=b かつ c=d", "a=b または e=f", "a=b\u3000c=d", "a=", "環境=開発", "web/api", "web/ui", "web/*", "batch/api",
			"web/api/0", "web/api/2", "batch/api/2", "i-0123456789abcdef0", "i-0123456789abcdef1", clusterARN,
		))
	}
	for _, f := range v.allFlags() {
		if r.IntN(6) > 0 {
			continue
		}
		args = append(args, f.Name)
		if f.Value != "" {
			args = append(args, "us-west-2")
		}
	}
	return args
}

// meaning is what a call's sentence promises to tell: all but the names of several services of one
// ECS cluster, a start's own count, and the account of an ARN.
func meaning(c *Call) string {
	text := fmt.Sprintf("%s %s dry=%t wait=%t", c.verb.Service, c.verb.Name, c.flags.dryRun, c.flags.wait)
	if !c.verb.global {
		text += " " + c.flags.region
	}
	for _, f := range c.verb.Flags {
		text += fmt.Sprintf(" %s=%t", f.Name, c.flags.has(f.Name))
	}
	if c.verb.Service != "ecs" {
		names, tags := namesAndTags(c.items)
		for _, item := range slices.Concat(names, tags) {
			text += fmt.Sprintf(" %q %q %q", item.Within, item.ID, item.Tags)
			if item.ARN != nil {
				text += item.ARN.Region
			}
		}
		return text
	}
	parts := [][]Item{c.items}
	if c.verb.Name == "set-desired-count" {
		parts = byCount(c.items)
	}
	for _, part := range parts {
		for _, g := range ecsGroups(part) {
			text += fmt.Sprintf(" %s all=%t %q", g.cluster, g.all, g.tags)
			switch {
			case g.all:
			case len(g.ids) == 1:
				text += g.ids[0]
			default:
				text += fmt.Sprint(len(g.ids))
			}
		}
		if len(parts) > 1 || c.verb.Name == "set-desired-count" {
			text += fmt.Sprint(*part[0].Count)
		}
	}
	return text
}
