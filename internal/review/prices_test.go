package review_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spin-dd/terraform-provider-savings/internal/review"
)

// FuzzPrices feeds files of prices: what is read is written and read again as the same, and what is
// not is told in one sentence that says what to write.
func FuzzPrices(f *testing.F) {
	f.Add(`{"rds/cluster/my-aurora": {"per_hour": 0.58, "currency": "USD"}, "rds/cluster/*": {"per_hour": 90, "currency": "JPY"}}`)
	f.Add(`{"a": {"per_hour": 1e9, "currency": "USD"}}`)
	f.Add(`{"a": {"per_day": 1}}`)
	f.Fuzz(func(t *testing.T, file string) {
		prices, err := review.ReadPrices(strings.NewReader(file))
		if err != nil {
			checkPricesError(t, file, err)
			return
		}
		written := map[string]map[string]any{}
		for target, price := range prices {
			if price.PerHour.Sign() < 0 {
				t.Errorf("%s costs %s", target, price.PerHour)
			}
			number := strings.TrimSuffix(strings.TrimRight(price.PerHour.FloatString(20), "0"), ".")
			written[target] = map[string]any{"per_hour": json.Number(number), "currency": price.Currency}
		}
		data, err := json.Marshal(written)
		if err != nil {
			t.Fatal(err)
		}
		again, err := review.ReadPrices(strings.NewReader(string(data)))
		if err != nil {
			t.Fatalf("%s was written and cannot be read: %v", data, err)
		}
		for target, price := range prices {
			if got, ok := again[target]; !ok || got.PerHour.Cmp(price.PerHour) != 0 || got.Currency != price.Currency {
				t.Errorf("%s: read %v, and then %v from %s", target, price, got, data)
			}
		}
	})
}

func checkPricesError(t *testing.T, file string, err error) {
	t.Helper()
	text := err.Error()
	if !strings.Contains(text, "write ") && !strings.Contains(text, "there are per_hour and currency") ||
		strings.ContainsAny(text, "\n\x00\x1b\u202e") || !utf8.ValidString(text) || strings.Contains(text, "Go ") ||
		len(text) > 400+10*len(file) {
		t.Errorf("%q is no sentence that says what to write", text)
	}
}
