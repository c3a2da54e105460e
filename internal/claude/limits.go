package claude

import (
	"net/http"
	"strconv"

	"github.com/claude-lsp/claude-lsp/internal/model"
)

// limitsOf reads what a response tells of the limits. When they are full again
// is told too and not read: it is a time by the server's clock, and the rate of
// filling up, which follows from the limit, says the same without one.
func limitsOf(h http.Header) (l model.Limits, told bool) {
	for name, to := range map[string]*model.Limit{"Requests": &l.Requests, "Input-Tokens": &l.Input, "Output-Tokens": &l.Output} {
		limit, err := strconv.Atoi(h.Get("Anthropic-Ratelimit-" + name + "-Limit"))
		left, err2 := strconv.Atoi(h.Get("Anthropic-Ratelimit-" + name + "-Remaining"))
		if err == nil && err2 == nil && limit > 0 {
			*to = model.Limit{Max: limit, Left: max(0, left)}
			told = true
		}
	}
	return l, told
}
