// Package claude asks Claude over the Messages API and streams the answer.
//
// It is a model.Streamer. It renders a model.Prompt as Messages JSON, keeps
// what it encoded for the next keystroke, reads the answer's server-sent events,
// and turns every way in which that can fail into one of the errors of package
// model. It does not retry, pace or count money: internal/route does that.
//
// Three rules hold whatever the server does. The key goes over https, or http
// to loopback, and to no other host than the configured one. A stream is whole
// only when message_stop was read. Breaking out of the loop aborts the request.
package claude

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// What is used where Options says nothing.
const (
	DefaultBaseURL = "https://api.anthropic.com"
	DefaultModel   = "claude-haiku-5-5"

	defaultUserAgent = "claude-lsp"
	defaultMaxTokens = 256
)

// Timeouts bound the phases of a request. A zero field means its default; the
// clock of the next phase starts where the one before ended, but Total counts
// from the beginning.
type Timeouts struct {
	Connect   time.Duration // until there is a connection, TLS included; 2s
	FirstByte time.Duration // from then until the first event of the answer; 10s
	Total     time.Duration // the whole request; 20s
}

func (t Timeouts) orDefaults() Timeouts {
	if t.Connect <= 0 {
		t.Connect = 2 * time.Second
	}
	if t.FirstByte <= 0 {
		t.FirstByte = 10 * time.Second
	}
	if t.Total <= 0 {
		t.Total = 20 * time.Second
	}
	return t
}

// Options says whom to ask and how. The zero value, with a Key, asks the
// first-party API for Haiku 5.5.
type Options struct {
	// Key returns the key for one request. It is asked each time, so that a new
	// key needs no restart; it must be safe for concurrent use. Its errors reach
	// the caller of Stream as model.ErrNoKey.
	Key func(context.Context) (credentials.Key, error)

	BaseURL   string // where /v1/messages is found; a trailing slash or /v1 is fine; "" is DefaultBaseURL
	Model     string // for prompts that name none; "" is DefaultModel
	UserAgent string // "" is "claude-lsp"
	Timeouts  Timeouts
	Gzip      Gzip // which requests are compressed; "" is GzipAuto

	// Observe is told of each stream how long its request was on the way, once it
	// is known what the prompt was: with the first chunk, on the goroutine of the
	// one who reads it. nil is nobody.
	Observe func(Transfer)

	// Limits is told of the limits of the Messages API that each of its responses
	// tells, also with an error; not of those of counting, which are others. nil
	// is nobody.
	Limits func(model.Limits)

	Log *zap.Logger // gets sizes, statuses and durations, never a prompt, answer, key or header; nil is silent
}

// A Client asks one endpoint. It is safe for concurrent use, and holds at most
// a few idle connections and a few megabytes of context, encoded and compressed.
type Client struct {
	opts     Options
	base     *url.URL // scheme, host and path without /v1
	endpoint string   // the URL of the Messages API
	counting string   // that of the counting of tokens
	encoded  encodings
	sections *kept[sectionKey, section]
	gzip     bool // bodies are compressed, as long as the endpoint takes them

	plainOnly atomic.Bool // it turned a compressed body down
	readsGzip atomic.Bool // it answered one
	uncounted atomic.Bool // it does not count tokens
	cold      sync.Map    // of model ids: those for which it turned a Warm down

	network  func() (*network, error) // made once, when first needed
	opened   atomic.Pointer[network]  // what network made, for Close
	dial     dialFunc                 // tests put memory in the place of TCP,
	proxyFor proxyFunc                // and a proxy of their own in the place of the environment's
	life     context.Context          // ends with Close
	end      context.CancelFunc
}

type (
	dialFunc  func(ctx context.Context, network, addr string) (net.Conn, error)
	proxyFunc func(*http.Request) (*url.URL, error)
)

// New returns a client for opts. It opens nothing and reads no file: that is
// left to the first Connect or Stream. An address to which no key may be sent
// is a model.ErrConfig that says what to do.
func New(opts Options) (*Client, error) {
	if opts.BaseURL == "" {
		opts.BaseURL = DefaultBaseURL
	}
	if opts.Model == "" {
		opts.Model = DefaultModel
	}
	if opts.UserAgent == "" {
		opts.UserAgent = defaultUserAgent
	}
	if opts.Log == nil {
		opts.Log = zap.NewNop()
	}
	opts.Timeouts = opts.Timeouts.orDefaults()
	base, err := parseBase(opts.BaseURL)
	if err != nil {
		return nil, err
	}
	c := &Client{
		opts:     opts,
		base:     base,
		endpoint: base.JoinPath("v1/messages").String(),
		counting: base.JoinPath("v1/messages/count_tokens").String(),
		encoded:  newEncodings(maxEncoded),
		sections: newSections(maxSections),
		gzip:     wantsGzip(opts.Gzip, base.Hostname()),
		proxyFor: http.ProxyFromEnvironment,
	}
	c.dial = (&net.Dialer{Timeout: opts.Timeouts.Connect, Control: c.guard()}).DialContext
	c.network = sync.OnceValues(c.openNetwork)
	c.life, c.end = context.WithCancel(context.Background())
	return c, nil
}

// errClosed is the cause with which Close ends what is under way.
var errClosed = errors.New("the client was closed")

// Close aborts what is under way and closes the connections. Streams of a
// closed client end in model.ErrUnavailable.
func (c *Client) Close() {
	c.end()
	if n := c.opened.Load(); n != nil {
		n.transport.CloseIdleConnections()
	}
}

// key returns the key for one request.
func (c *Client) key(ctx context.Context) (credentials.Key, error) {
	if c.opts.Key == nil {
		return credentials.Key{}, errNoKey
	}
	key, err := c.opts.Key(ctx)
	if err == nil {
		err = key.Err()
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return credentials.Key{}, ended(ctx)
	case err != nil && model.TroubleOf(err) != "internal":
		return credentials.Key{}, err // it already has a name and says what to do
	case err != nil:
		return credentials.Key{}, fmt.Errorf("%w: %w", model.ErrNoKey, err)
	case key.Reveal() == "":
		return credentials.Key{}, errNoKey
	}
	return key, nil
}

var errNoKey = fmt.Errorf("%w: set %s (or %s) for the editor's process", model.ErrNoKey, credentials.EnvAPIKey, credentials.EnvAuthToken)
