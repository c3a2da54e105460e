package claude

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// What an endpoint answers with when all is well.
const (
	streamType = "text/event-stream"
	objectType = "application/json"
)

// exchange sends a body and returns the response once it is known to be what
// was asked for, and the key, which must not turn up in what the server says.
// level is how hard to compress what of the body is not compressed yet.
//
// A server that cannot read a compressed body gets it once more as it is. That
// is no new try: nothing was processed, and nobody waits in between.
func (c *Client) exchange(r *request, url string, b *body, level int) (*http.Response, string, error) {
	n, err := c.network()
	if err != nil {
		return nil, "", err
	}
	key, err := c.key(r.ctx)
	if err != nil {
		return nil, "", err
	}
	r.plain = b.size
	if !c.compresses(b) {
		resp, err := c.post(r, n, url, b, key)
		return resp, key.Reveal(), err
	}
	resp, err := c.post(r, n, url, c.packed(b, level), key)
	if err == nil {
		c.readsGzip.Store(true)
	} else if refused, ok := errors.AsType[*StatusError](err); ok {
		sure, maybe := c.unreadable(refused)
		if sure {
			c.refuseGzip(refused)
		}
		if sure || maybe {
			resp, err = c.post(r, n, url, b, key)
		}
		if maybe && err == nil {
			c.refuseGzip(refused) // it was the encoding, then
		}
	}
	return resp, key.Reveal(), err
}

// post sends a body as it is, once.
func (c *Client) post(r *request, n *network, url string, b *body, key credentials.Key) (*http.Response, error) {
	req, err := http.NewRequestWithContext(r.traced(), http.MethodPost, url, b.reader())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", model.ErrConfig, err)
	}
	req.ContentLength = b.size
	req.GetBody = func() (io.ReadCloser, error) { return b.reader(), nil }
	setHeader(req.Header, key, c.opts.UserAgent)
	want := streamType
	if r.whole {
		want = objectType
	}
	req.Header.Set("Accept", want)
	if b.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	r.body = b

	// RoundTrip and not http.Client: it follows no redirect, keeps no cookies and
	// adds no headers of its own.
	resp, err := n.transport.RoundTrip(req)
	if err != nil {
		err = c.unreachable(r.ctx, err)
		if errors.Is(err, model.ErrTimeout) {
			// The connection may have died without a word; the next request gets a new one.
			n.transport.CloseIdleConnections()
		}
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode == http.StatusOK && kind == want {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }()
	c.log(r, "request refused", resp)
	if e := readError(resp, key.Reveal(), time.Now()); e != nil {
		return nil, e
	}
	if r.ctx.Err() != nil {
		return nil, c.unreachable(r.ctx, r.ctx.Err())
	}
	what := "with a stream"
	if r.whole {
		what = "as the Messages API does"
	}
	return nil, fmt.Errorf("%w: %s answered with %q and not %s; check claude.baseURL", model.ErrConfig, c.base.Host, printable(kind, 60), what)
}

func setHeader(h http.Header, key credentials.Key, userAgent string) {
	if key.Kind() == credentials.Bearer {
		h.Set("Authorization", "Bearer "+key.Reveal())
	} else {
		h.Set("X-Api-Key", key.Reveal())
	}
	h.Set("Anthropic-Version", apiVersion)
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", userAgent)
}

// maxObject bounds what is read of an answer that is no stream.
const maxObject = 64 << 10

// object is an answer that is no stream, of all the kinds that we ask for.
type object struct {
	Type   string   `json:"type"`
	Usage  *usage   `json:"usage"`
	Tokens *int     `json:"input_tokens"`
	Error  apiError `json:"error"`
}

// whole asks for an answer that is no stream.
func (c *Client) whole(ctx context.Context, url string, p model.Prompt, why purpose) (o object, err error) {
	if ctx.Err() != nil {
		return o, ended(ctx)
	}
	if c.life.Err() != nil {
		return o, fmt.Errorf("%w: %w", model.ErrUnavailable, errClosed)
	}
	r := c.begin(ctx)
	r.whole = true
	defer r.finish()
	body, id, err := c.render(p, why)
	if err != nil {
		return o, err
	}
	r.model = id
	resp, secret, err := c.exchange(r, url, body, levelAhead)
	if err != nil {
		return o, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(&firstByte{resp.Body, r}, maxObject))
	if err != nil {
		return o, c.unreachable(r.ctx, err)
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return o, fmt.Errorf("%w: the answer cannot be read: %s", model.ErrIncomplete, printable(err.Error(), 200))
	}
	if o.Type == "error" { // a gateway that wraps it into a 200
		return o, newStatusError(statusOf(o.Error.Type), o.Error, resp.Header.Get("Request-Id"), secret)
	}
	c.log(r, "answered", resp)
	return o, nil
}
