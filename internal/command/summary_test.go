package command

import (
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
		{"rds stop-cluster " + clusterARN, "stop Aurora cluster my-aurora (us-west-2, account 123456789012)",
			"Aurora クラスタ my-aurora（us-west-2、アカウント 123456789012）を停止"},
		{"rds stop-cluster arn:aws-cn:rds:us-west-2:123456789012:cluster:a --region us-west-2",
			"stop Aurora cluster a (us-west-2, account 123456789012, aws-cn)",
			"Aurora クラスタ a（us-west-2、アカウント 123456789012、aws-cn）を停止"},
		{"rds stop-cluster a b a", "stop Aurora clusters a and b", "Aurora クラスタ a、b を停止"},
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
			"stop ECS service web/api, 2 ECS services of batch (a and b), all ECS services of x and ECS services " +
				"tagged team=web",
			"ECS サービス web/api、ECS クラスタ batch のサービス 2 個（a、b）、ECS クラスタ x の全サービス、" +
				"タグ team=web の ECS サービスを停止"},
		{"ecs stop-services web/api/2 web/ui web/api", "stop 2 ECS services of web (api and ui)",
			"ECS クラスタ web のサービス 2 個（api、ui）を停止"},
		{"ecs start-services web/api/2", "start ECS service web/api (if nothing is remembered, 2 tasks)",
			"ECS サービス web/api（停止時の記録がなければ 2 タスク）を起動"},
		{"ecs start-services web/api/1 web/ui/1",
			"start 2 ECS services of web (api and ui; if nothing is remembered, 1 task each)",
			"ECS クラスタ web のサービス 2 個（api、ui。停止時の記録がなければ各 1 タスク）を起動"},
		{"ecs start-services web/a/2 web/b web/c/1",
			"start 3 ECS services of web (a, b and c; if nothing is remembered, 2 tasks of a and 1 of c)",
			"ECS クラスタ web のサービス 3 個（a、b、c。停止時の記録がなければ a は 2 タスク、c は 1 タスク）を起動"},
		{"ecs start-services web/* web/a/1",
			"start all ECS services of web (a by name; if nothing is remembered, 1 task of a)",
			"ECS クラスタ web の全サービス（a は名前で指定。停止時の記録がなければ a は 1 タスク）を起動"},
		{"ecs set-desired-count web/api/0", "set the desired count of ECS service web/api to 0",
			"ECS サービス web/api の必要なタスク数を 0 に設定"},
		{"ecs set-desired-count web/a/2 web/b/2 x/c/1 --wait",
			"set the desired count of 2 ECS services of web (a and b) to 2 and of ECS service x/c to 1, " +
				"waiting until that many tasks run",
			"ECS クラスタ web のサービス 2 個（a、b）の必要なタスク数を 2 に、ECS サービス x/c の必要なタスク数を 1 に設定" +
				"（指定のタスク数になるまで待機）"},
		{"redshift pause-cluster dwh --wait", "pause Redshift cluster dwh, waiting until paused",
			"Redshift クラスタ dwh を一時停止（一時停止完了まで待機）"},
		{"cloudfront update-origin E2QWRUHEXAMPLE app default /api/*",
			"switch default and /api/* of CloudFront distribution E2QWRUHEXAMPLE to origin app",
			"CloudFront ディストリビューション E2QWRUHEXAMPLE の default、/api/* のオリジンを app に変更"},

		// Steps share what they have in common.
		{"rds stop-cluster my-aurora; ecs stop-services web/api web/ui",
			"stop Aurora cluster my-aurora, then 2 ECS services of web (api and ui)",
			"Aurora クラスタ my-aurora、続いて ECS クラスタ web のサービス 2 個（api、ui）を停止"},
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
