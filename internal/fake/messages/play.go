package messages

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// play performs the answer to an accepted request.
func (a *API) play(ctx context.Context, w http.ResponseWriter, x *exchange, ans Answer) {
	if !a.pause(ctx, ans.Delay) {
		return
	}
	switch {
	case ans.Fault != nil:
		a.fail(w, x, ans.Fault)
	case ans.Redirect != "":
		w.Header().Set("Location", ans.Redirect)
		a.write(w, x, http.StatusTemporaryRedirect, "text/plain; charset=utf-8", "")
	case ans.Raw != nil:
		a.write(w, x, ans.Raw.Status, ans.Raw.ContentType, ans.Raw.Body)
	case x.body.Stream:
		a.playStream(ctx, w, x, ans)
	default:
		a.playWhole(ctx, w, x, ans)
	}
}

// breaks is how an answer breaks, or nil: a refusal ends in good order.
func (a Answer) breaks() *Break {
	if a.Break == nil || a.Break.How == Refuse {
		return nil
	}
	return a.Break
}

// pace is how long the model takes over n tokens that come as one delta.
func (a Answer) pace(n int) time.Duration {
	d := a.PerChunk
	if a.TokensPerSecond > 0 {
		d += time.Duration(float64(n) / a.TokensPerSecond * float64(time.Second))
	}
	return d
}

// playStream sends the answer as it comes.
func (a *API) playStream(ctx context.Context, w http.ResponseWriter, x *exchange, ans Answer) {
	br := ans.breaks()
	if br != nil && br.After <= Nothing && br.How != ErrorEvent {
		a.breakOff(ctx, w, br.How)
		return
	}
	r := a.reply(x, ans)
	a.note(x, func(q *Request) { q.Status = http.StatusOK })
	w.Header().Set("Content-Type", streamType)
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	out := &wire{w: w, a: ans}
	out.write(nil) // the headers go out before the first event
	if !a.pause(ctx, ans.FirstByte) {
		return
	}
	hold := (<-chan struct{})(nil) // the first delta is not held
	for _, e := range r.events(ans) {
		if e.delta != "" {
			if hold != nil {
				out.flush()
				if !a.held(ctx, hold) {
					return
				}
			}
			hold = ans.Hold
			d := ans.pace(x.spec.tokens(e.delta))
			if d > 0 {
				out.flush()
			}
			if !a.pause(ctx, d) {
				return
			}
		}
		out.send(out.frame(e))
		if out.err != nil || ctx.Err() != nil {
			return
		}
		a.sent(x, r, e, out.bytes)
	}
	out.flush()
	if br != nil {
		a.playBreak(ctx, w, out, r, br)
	}
}

// sent keeps the record of a stream: a request that is given up is billed for
// what was generated until then.
func (a *API) sent(x *exchange, r reply, e event, bytes int) {
	if e.name == "message_start" {
		a.begin(x)
	}
	a.note(x, func(q *Request) {
		q.Sent = bytes
		switch {
		case e.delta != "":
			q.Deltas++
			q.Usage.Thinking = r.usage.Thinking
			q.Usage.Output = r.usage.Thinking + x.spec.tokens(strings.Join(r.deltas[:q.Deltas], ""))
		case e.name == "message_delta":
			q.Usage = r.usage
		}
	})
}

// playBreak does what br says at the place where the stream has come to.
func (a *API) playBreak(ctx context.Context, w http.ResponseWriter, out *wire, r reply, br *Break) {
	switch br.How {
	case HalfEvent:
		next := event{name: "content_block_delta", data: `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"never whole"}}`}
		if br.After < 0 {
			next = event{name: "message_start", data: `{"type":"message_start","message":{"id":"msg_never_whole"}}`}
		}
		f := out.frame(next)
		out.write(f[:len(f)*2/3])
	case ErrorEvent:
		out.write(out.frame(event{name: "error", data: br.fault().body(r.requestID)}))
	default:
		a.breakOff(ctx, w, br.How)
	}
}

// fault is the error of an ErrorEvent.
func (b *Break) fault() *Fault {
	if b.Error == nil {
		return (&Fault{Status: http.StatusInternalServerError}).whole()
	}
	return b.Error.whole()
}

// breakOff ends the exchange below the protocol. EOF is a handler that returns.
func (a *API) breakOff(ctx context.Context, w http.ResponseWriter, how How) {
	switch how {
	case Stall:
		a.stall(ctx)
	case Reset:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			reset(conn)
			return
		}
		panic(http.ErrAbortHandler) // HTTP/2 has no connection to take: RST_STREAM
	case Drop, HalfEvent:
		panic(http.ErrAbortHandler)
	case EOF, ErrorEvent, Refuse: // these end in good order
	}
}

// reset closes a connection so that the client gets a TCP RST.
func reset(conn net.Conn) {
	raw := conn
	if t, ok := conn.(*tls.Conn); ok {
		raw = t.NetConn()
	}
	if t, ok := raw.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // best effort: without it the close is a FIN, which is a broken answer too
	}
	_ = raw.Close()
}

// playWhole sends the answer in one piece.
func (a *API) playWhole(ctx context.Context, w http.ResponseWriter, x *exchange, ans Answer) {
	r := a.reply(x, ans)
	wait := ans.FirstByte
	for _, d := range r.deltas {
		wait += ans.pace(x.spec.tokens(d))
	}
	if !a.pause(ctx, wait) {
		return
	}
	if br := ans.breaks(); br != nil {
		a.breakWhole(ctx, w, x, r, br)
		return
	}
	a.begin(x)
	a.note(x, func(q *Request) { q.Usage, q.Deltas = r.usage, len(r.deltas) })
	a.write(w, x, http.StatusOK, "application/json", r.message())
}

// breakWhole breaks an answer that comes in one piece: amid its body, unless
// the break is to come before it.
func (a *API) breakWhole(ctx context.Context, w http.ResponseWriter, x *exchange, r reply, br *Break) {
	if br.How == ErrorEvent {
		a.fail(w, x, br.fault())
		return
	}
	if br.After > Nothing {
		body := r.message()
		a.note(x, func(q *Request) { q.Status, q.Sent = http.StatusOK, len(body)/2 })
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = io.WriteString(w, body[:len(body)/2]) // that the client misses the rest is the point
		_ = http.NewResponseController(w).Flush()
	}
	how := br.How
	if how == EOF {
		how = Drop // a body shorter than its length is what an early end is here
	}
	a.breakOff(ctx, w, how)
}

// reply composes the answer and gives it its names.
func (a *API) reply(x *exchange, ans Answer) reply {
	r := compose(ans, x.body, x.spec, x.usage)
	r.requestID = x.id
	r.id = strings.Replace(x.id, "req_", "msg_", 1)
	return r
}
