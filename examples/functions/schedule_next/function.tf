# When does it stop after the holidays? On the 4th, 5th and 6th of January 2027, at 21:00.
output "next_stops" {
  value = provider::savings::schedule_next(
    "cron(0 21 ? * MON-FRI *)", "Asia/Tokyo", "2027-01-03T00:00:00+09:00", 3
  )
}
