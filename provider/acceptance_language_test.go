package provider_test

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// Another language shows the summaries and writes nothing; what is imported is said in it at once.
func TestAccSchedule_language(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		config := schedule("steps", account, []string{
			`night = {
      steps        = [["rds", "stop-cluster", "db"], ["ecs", "stop-services", "web/api", "web/ui"]]
      cron_expr    = "cron(0 21 ? * MON-FRI *)"
      end_date     = "2097-03-31T00:00:00+09:00"
      except_dates = ["2096-12-29", "2096-12-30"]
    }`,
		})
		c := applied(t, tool, env, config)
		const english = "stop Aurora cluster db, then 2 ECS services of web (api and ui), every weekday at 21:00, " +
			"Asia/Tokyo, until 31 Mar 2097 00:00, except on 2 dates (29 and 30 Dec 2096)"
		const japanese = "毎週月〜金曜 21:00（Asia/Tokyo、2097年3月31日 00:00 まで、除外日2日: 2096年12月29日、30日）に " +
			"Aurora クラスタ db、続いて ECS クラスタ web のサービス 2 個（api、ui）を停止"
		before := seen(a, "UpdateSchedule")

		inJapanese := config + `provider "savings" { language = "ja" }`
		c.Write("main.tf", header+inJapanese)
		p := c.Plan()
		wantChanges(t, p, `~ events = {`, `~ "night" = {`, `~ summary = "`+english+`" -> "`+japanese+`"`)
		c.Apply(p.File)
		c.PlanEmpty()
		if got := seen(a, "UpdateSchedule") - before; got != 0 {
			t.Errorf("another language wrote %d schedules", got)
		}

		night, _ := a.Scheduler().Schedule("steps", "night")
		attempts := 185
		night.Target.RetryPolicy.MaximumRetryAttempts = &attempts
		a.Scheduler().PutSchedule(night)
		p = c.Plan()
		wantChanges(t, p, `~ events = {`, `~ "night" = {`,
			`~ summary = "`+japanese+`（外部で変更: リトライ回数 10 → 185）" -> "`+japanese+`"`)
		c.Apply(p.File)
		c.PlanEmpty()
		importsClean(t, tool, env, inJapanese)
	})
}

func TestAccProvider_wrongLanguage(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		_, env := fakeAWS(t)
		for language, want := range map[string]string{
			`"jp"`:                       `Attribute language value must be one of: ["en" "ja"], got: "jp"`,
			`terraform_data.word.output`: `language depends on a value that is known only after apply`,
		} {
			c := acctest.NewCLI(t, tool, env...)
			c.Write("main.tf", header+`resource "terraform_data" "word" { input = "ja" }
provider "savings" { language = `+language+` }
`+schedule("a", account, stops(1)))
			c.Init()
			if got := acctest.Flat(c.PlanFails()); !strings.Contains(got, want) {
				t.Errorf("the error lacks %q:\n%s", want, got)
			}
		}
	})
}
