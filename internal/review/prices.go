package review

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Prices are what targets cost while they run, by target or class. A class is a target's name up to
// its last slash and a star: rds/cluster/*.
type Prices map[string]Price

// Price is what a target costs an hour, in an ISO 4217 currency.
type Price struct {
	PerHour  *big.Rat
	Currency string
}

// of returns the price of a target, or of its class.
func (p Prices) of(target string) *Price {
	target, _, _ = strings.Cut(target, " (")
	target, _, _ = strings.Cut(target, "@")
	for class := target; ; {
		if price, ok := p[class]; ok {
			return &price
		}
		slash := strings.LastIndexByte(strings.TrimSuffix(class, "/*"), '/')
		if slash < 0 {
			return nil
		}
		class = class[:slash] + "/*"
	}
}

// ReadPrices reads {"rds/cluster/my-aurora": {"per_hour": 0.58, "currency": "USD"}}. Its error says
// in one sentence what is wrong.
func ReadPrices(r io.Reader) (Prices, error) {
	const write = `write {"rds/cluster/my-aurora": {"per_hour": 0.58, "currency": "USD"}}`
	var raw map[string]map[string]any
	d := json.NewDecoder(r)
	d.UseNumber()
	wrongType := (*json.UnmarshalTypeError)(nil)
	switch err := d.Decode(&raw); {
	case errors.As(err, &wrongType):
		return nil, fmt.Errorf("prices are a JSON object of objects, and here is a JSON %s; %s", wrongType.Value, write)
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("the file is empty; %s", write)
	case err != nil:
		return nil, fmt.Errorf("this is no JSON: %w; %s", err, write)
	case raw == nil:
		return nil, fmt.Errorf("prices are a JSON object, and here is null; %s", write)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the object of prices; %s and nothing after it", write)
	}
	out := Prices{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		price, err := priceOf(raw[name])
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		out[name] = price
	}
	return out, nil
}

// maxPriceText bounds a price's digits, and so what a number such as 1e999999999 may cost to read.
const maxPriceText = 20

func priceOf(raw map[string]any) (Price, error) {
	for _, member := range slices.Sorted(maps.Keys(raw)) {
		if member != "per_hour" && member != "currency" {
			return Price{}, fmt.Errorf("member %q is not known; there are per_hour and currency", member)
		}
	}
	number, _ := raw["per_hour"].(json.Number)
	text := number.String()
	perHour, ok := new(big.Rat).SetString(text)
	if len(text) > maxPriceText || strings.ContainsAny(text, "eE") || !ok || perHour.Sign() < 0 {
		return Price{}, fmt.Errorf("per_hour is no plain number from 0 on; write per_hour: 0.58")
	}
	currency, _ := raw["currency"].(string)
	if len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Price{}, fmt.Errorf(`currency is %q; write an ISO 4217 code, such as "USD"`, currency)
	}
	return Price{perHour, currency}, nil
}

// times is what so many minutes cost.
func (p Price) times(minutes int) *big.Rat {
	return new(big.Rat).Mul(p.PerHour, big.NewRat(int64(minutes), 60))
}

// withoutCents are the currencies that have no smaller unit in use (ISO 4217).
var withoutCents = []string{"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"}

// decimalsOf is how many digits a currency's smaller unit has.
func decimalsOf(currency string) int {
	if slices.Contains(withoutCents, currency) {
		return 0
	}
	return 2
}

// amount writes a sum of a currency without its sign.
func amount(sum *big.Rat, currency string) string {
	return currency + " " + new(big.Rat).Abs(sum).FloatString(decimalsOf(currency))
}
