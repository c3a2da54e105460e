package price

import "testing"

func TestDearestIsNeverUndercut(t *testing.T) {
	all := Tokens{Input: 60_000, CacheRead: 60_000, CacheWrite5m: 1000, CacheWrite1h: 1000, Output: 500}
	limit := Dearest().USD(all)
	for id, p := range prices {
		if usd := p.USD(all); usd > limit {
			t.Errorf("%s costs $%f, more than the dearest's $%f", id, usd, limit)
		}
	}
	if limit == 0 {
		t.Error("the dearest costs nothing")
	}
}
