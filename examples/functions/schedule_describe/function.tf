# "every weekday at 21:00, Asia/Tokyo"
output "in_words" {
  value = provider::savings::schedule_describe("cron(0 21 ? * MON-FRI *)", "Asia/Tokyo", "en")
}

# "毎週月〜金曜 21:00（Asia/Tokyo）"
output "in_japanese" {
  value = provider::savings::schedule_describe("cron(0 21 ? * MON-FRI *)", "Asia/Tokyo", "ja")
}
