package lsp

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.lsp.dev/protocol"
)

// A progress is one report of work-done progress under a token.
type progress struct {
	server *Server
	token  protocol.ProgressToken
}

func (p progress) begin(title string) {
	p.send(protocol.WorkDoneProgressBegin{Kind: "begin", Title: title})
}

// beginShares is begin for work whose share that is done is told.
func (p progress) beginShares(title string) {
	p.send(protocol.WorkDoneProgressBegin{Kind: "begin", Title: title, Percentage: new(uint32(0))})
}

// share shows how much of the work is done; only what begins with a share can.
func (p progress) share(message string, percent int) {
	p.send(protocol.WorkDoneProgressReport{Kind: "report", Message: &message, Percentage: new(uint32(min(max(percent, 0), 100)))})
}

func (p progress) end(message string) {
	v := protocol.WorkDoneProgressEnd{Kind: "end"}
	if message != "" {
		v.Message = &message
	}
	p.send(v)
}

func (p progress) send(value any) {
	raw, err := protocol.Marshal(value)
	if err != nil {
		return
	}
	p.server.notify("$/progress", &protocol.ProgressParams{Token: p.token, Value: raw})
}

// progressAfter is how long work takes before it is worth a report: what is
// done in a moment would only flicker.
const progressAfter = 300 * time.Millisecond

// progressTokens numbers the reports that the server begins.
var progressTokens atomic.Uint64

// Progress shows work that the server does by itself, such as reading the
// workspace, to clients that show such things. It returns at once; report and
// end may be called from any goroutine. What is done so far is in percent and
// should never fall.
func (s *Server) Progress(title string) (report func(message string, percent int), end func(message string)) {
	token := protocol.String(fmt.Sprintf("claude-lsp/%d", progressTokens.Add(1)))
	p := progress{server: s, token: token}
	type news struct {
		text    string
		percent int
		last    bool
	}
	messages := make(chan news, 16)
	s.spawn(func(ctx context.Context) {
		select {
		case <-s.ready:
		case <-ctx.Done():
			return
		}
		shown := false
		wait := time.NewTimer(progressAfter)
		defer wait.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-wait.C:
				if shown = s.client.progress && s.createProgress(ctx, token); shown {
					p.beginShares(title)
				}
			case n := <-messages:
				switch {
				case n.last && shown:
					p.end(n.text)
				case shown:
					p.share(n.text, n.percent)
				}
				if n.last {
					return
				}
			}
		}
	})
	var ended atomic.Bool
	report = func(text string, percent int) {
		if ended.Load() {
			return
		}
		select {
		case messages <- news{text: text, percent: percent}:
		default: // a slow client gets fewer reports
		}
	}
	end = func(text string) {
		if ended.Swap(true) {
			return
		}
		select {
		case messages <- news{text: text, last: true}:
		case <-s.ctx.Done():
		}
	}
	return report, end
}

// createProgress asks the client to show a report; it may refuse.
func (s *Server) createProgress(ctx context.Context, token protocol.ProgressToken) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return s.call(ctx, "window/workDoneProgress/create", &protocol.WorkDoneProgressCreateParams{Token: token}, nil) == nil
}
