package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/config"
	"github.com/claude-lsp/claude-lsp/internal/store"
)

// firstParty is where requests go if no setting says otherwise.
const firstParty = "https://api.anthropic.com"

// endpointDigest names an endpoint in the store, which holds no addresses.
func endpointDigest(baseURL string) string {
	sum := sha256.Sum256([]byte(cmp.Or(baseURL, firstParty)))
	return hex.EncodeToString(sum[:8])
}

// indexFigures say what the store keeps of the workspace's index.
type indexFigures struct {
	Files int
	Bytes int64     // in the store
	At    time.Time // when the newest of it was read
}

// sendingFindings are about what is sent and how: the window, and what it takes
// to have it at the provider in time. What servers have measured they tell by
// the store.
func (h *house) sendingFindings(ctx context.Context, cfg config.Config, kind config.Provider) []finding {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var (
		l     store.Link
		known bool
		ahead store.Spent
	)
	now := time.Now()
	if st := h.store.open(); st != nil { // what is wrong with it says storeFinding
		l, known, _ = st.LinkTo(ctx, endpointDigest(cfg.Claude.BaseURL))
		rows, _ := st.SpentSince(ctx, now.Format(time.DateOnly))
		for _, r := range rows {
			ahead = ahead.Plus(r.Warming)
		}
	}
	found := []finding{windowFinding(cfg.Context.WindowTokens, l, known && kind == config.ProviderClaude, now)}
	if kind == config.ProviderClaude {
		found = append(found, gzipFinding(cfg, l), prewarmFinding(cfg.Context.Prewarm, ahead))
	}
	if h.indexed != nil {
		found = append(found, indexFinding(ctx, h.indexed, now))
	}
	for i, f := range found {
		if f.told == "" && f.ok { // they are made of numbers and of the names of settings
			found[i].told = f.says
		}
	}
	return found
}

// windowFinding says how large a prompt may be, and who has chosen it by what.
func windowFinding(w config.WindowTokens, l store.Link, known bool, now time.Time) finding {
	f := finding{what: "window", ok: true, says: fmt.Sprintf("at most %s tokens, by context.windowTokens", number(w.Max))}
	switch {
	case !w.Auto:
	case !known || l.Window == 0:
		f.says = fmt.Sprintf("auto, at most %s tokens; no server has measured the link yet", number(w.Max))
		f.todo = "use suggestions in an editor for a while; the window follows what the link carries"
	default:
		f.says = fmt.Sprintf("auto, at most %s tokens: %s by now, because %s", number(w.Max), number(min(l.Window, w.Max)), measured(l, now))
		if l.Window < w.Max {
			f.todo = "a number in context.windowTokens holds the window fixed, whatever the link carries"
		}
	}
	return f
}

// measured is what is known of a link, as a sentence goes on with it.
func measured(l store.Link, now time.Time) string {
	text := fmt.Sprintf("answers begin after %s", ms(l.FirstByte))
	if l.BySize > 0 {
		text += fmt.Sprintf(", %s of it by the size of the prompt", ms(l.BySize))
	}
	if l.Up > 0 {
		text += fmt.Sprintf(", and the uplink carries %.1f Mbit/s", float64(l.Up)/1e6)
	}
	return text + fmt.Sprintf(" (measured %s)", ago(now.Sub(l.At)))
}

// gzipFinding says whether requests are compressed.
func gzipFinding(cfg config.Config, l store.Link) finding {
	f := finding{what: "gzip", ok: true}
	switch {
	case cfg.Context.Gzip == config.GzipNever:
		f.says = "off, by context.gzip"
		f.todo = "context.gzip = \"auto\" sends fewer bytes with each key"
	case l.Refused:
		f.says = "off: the endpoint takes no compressed requests, so they go plain"
		f.todo = "context.gzip = \"never\" saves each server the attempt"
	case cfg.Context.Gzip == config.GzipAuto && !nearOrFirst(cfg.Claude.BaseURL):
		f.says = "off: \"auto\" compresses for the first party and this machine alone"
		f.todo = "if the endpoint takes compressed requests, set context.gzip = \"always\""
	default:
		f.says = fmt.Sprintf("on, by context.gzip = %q", cfg.Context.Gzip)
		if 0 < l.Sent && l.Sent < l.Plain {
			f.says += fmt.Sprintf("; the last request was sent as %s instead of %s", size(l.Sent), size(l.Plain))
		}
	}
	return f
}

// whose says whose a base URL is, without it.
func whose(baseURL string) string {
	switch {
	case cmp.Or(baseURL, firstParty) == firstParty:
		return "the first party"
	case nearOrFirst(baseURL):
		return "this machine, or the first party by another address"
	default:
		return "another address"
	}
}

// nearOrFirst reports whether a base URL is the first party's or this machine's.
func nearOrFirst(baseURL string) bool {
	u, err := url.Parse(cmp.Or(baseURL, firstParty))
	if err != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "api.anthropic.com" || host == "localhost" || ip != nil && ip.IsLoopback()
}

// prewarmFinding says whether prompts are cached ahead, and what that has cost.
func prewarmFinding(on bool, today store.Spent) finding {
	f := finding{what: "prewarm", ok: true, says: "on: the unchanging part of a prompt is cached before the first key needs it"}
	if !on {
		f.says = "off, by context.prewarm"
		f.todo = "the first key in a file waits for its whole prompt to be read; context.prewarm = true has it cached ahead"
	}
	if today.Requests > 0 {
		f.says += fmt.Sprintf("; %d times today, for $%.4f", today.Requests, today.Cost.USD())
	}
	return f
}

// indexFinding says what is kept of the workspace between runs.
func indexFinding(ctx context.Context, figures func(context.Context) (indexFigures, error), now time.Time) finding {
	f := finding{what: "index", ok: true}
	x, err := figures(ctx)
	switch {
	case err != nil:
		f.ok, f.says, f.told, f.todo = false, err.Error(), "cannot be read", "the workspace is read anew by each server; mend the store"
	case x.Files == 0:
		f.says, f.todo = "nothing is kept yet", "open a folder in an editor: its files are read in the background"
	default:
		f.says = fmt.Sprintf("%s files, %s in the store, read %s", number(x.Files), size(x.Bytes), ago(now.Sub(x.At)))
	}
	return f
}

// ago says how long ago something was, roughly.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s ago", max(d, 0).Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min ago", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h ago", d.Hours())
	default:
		return fmt.Sprintf("%.0f days ago", d.Hours()/24)
	}
}
