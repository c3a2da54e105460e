package claude

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

// parseBase checks where requests, and with them the key, are to go.
//
// Plain http is for loopback alone: addresses of 127.0.0.0/8, ::1, and the name
// localhost, whose addresses are looked at once more when it is dialled (see
// guard), because a hosts file can say anything.
func parseBase(raw string) (*url.URL, error) {
	fail := func(why string) error {
		return fmt.Errorf("%w: claude.baseURL (ANTHROPIC_BASE_URL) %s", model.ErrConfig, why)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, fail("is not a URL") // the parser's text would repeat a password in it
	}
	host := u.Hostname()
	switch {
	case u.Scheme != "https" && u.Scheme != "http" || host == "":
		return nil, fail("must look like " + DefaultBaseURL)
	case u.User != nil:
		return nil, fail("must not hold a user name or password: set the key as " + credentials.EnvAuthToken)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fail("must end with the path: no ? and no #")
	case u.Scheme == "http" && !loopback(host):
		return nil, fail("is http, over which anybody on the way could read the key: use https://" + printable(u.Host, 200) +
			"; http is allowed to 127.0.0.1, [::1] and localhost alone")
	}
	// People copy the address with what the SDKs add to it themselves.
	path := strings.TrimRight(u.Path, "/")
	path = strings.TrimSuffix(path, "/messages")
	path = strings.TrimRight(strings.TrimSuffix(path, "/v1"), "/")
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}, nil
}

// loopback reports whether host is this machine, by its name alone.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// guard returns a check of each address before it is dialled, or nil for https,
// where the certificate says who answers. With plain http nothing but loopback
// is dialled, whatever localhost was resolved to.
func (c *Client) guard() func(network, address string, _ syscall.RawConn) error {
	if c.base.Scheme == "https" {
		return nil
	}
	return func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil || !loopback(host) {
			return fmt.Errorf("%w: %s is not an address of this machine, and the key goes over http to loopback alone: use https",
				model.ErrConfig, printable(address, 100))
		}
		return nil
	}
}

// A network is what requests go through. It is made when first needed: reading
// certificates takes longer than the editor should wait for initialize.
type network struct {
	transport *http.Transport
	proxy     *url.URL // nil: none
}

// Connections are kept through the pauses of thinking and typing. The pings
// find the dead ones (a laptop that slept, a changed network) before the next
// keystroke does.
const (
	idleTime     = 10 * time.Minute
	pingInterval = 15 * time.Second
	pingTimeout  = 5 * time.Second
)

func (c *Client) openNetwork() (*network, error) {
	proxy, err := c.proxyURL()
	if err != nil {
		return nil, err
	}
	roots, err := trusted(os.Getenv("SSL_CERT_FILE"))
	if err != nil {
		// As with every program that reads the variable, a bad file is no end: the
		// system's own certificates may do, and where they do not the error says so.
		c.opts.Log.Warn("SSL_CERT_FILE is not used", zap.Error(err))
	}
	n := &network{
		proxy: proxy,
		transport: &http.Transport{
			Proxy:               http.ProxyURL(proxy),
			DialContext:         func(ctx context.Context, n, a string) (net.Conn, error) { return c.dial(ctx, n, a) },
			TLSHandshakeTimeout: c.opts.Timeouts.Connect,
			TLSClientConfig: &tls.Config{
				RootCAs:            roots,
				MinVersion:         tls.VersionTLS12,
				ClientSessionCache: tls.NewLRUClientSessionCache(4), // a later handshake takes one round trip less
			},
			// HTTP/2: an aborted request resets its stream, where HTTP/1 would throw the
			// connection away, and typing aborts requests all the time.
			ForceAttemptHTTP2: true,
			HTTP2:             &http.HTTP2Config{SendPingTimeout: pingInterval, PingTimeout: pingTimeout},

			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        idleTime,
			DisableCompression:     true, // compressed events arrive in lumps
			MaxResponseHeaderBytes: 64 << 10,
			WriteBufferSize:        64 << 10,
			OnProxyConnectResponse: proxyAnswer,
		},
	}
	c.opened.Store(n)
	return n, nil
}

// proxyURL returns the proxy that the environment names for the endpoint:
// HTTPS_PROXY unless NO_PROXY excepts the host, with user:password@ where it
// wants them. Loopback is never asked for through a proxy. net/http reads the
// environment once for the process.
func (c *Client) proxyURL() (*url.URL, error) {
	proxy, err := c.proxyFor(&http.Request{URL: c.base})
	if err != nil {
		// The text of err may repeat the proxy's password.
		return nil, fmt.Errorf("%w: HTTPS_PROXY (HTTP_PROXY) is not the URL of a proxy, such as http://user:password@proxy.example:3128", model.ErrConfig)
	}
	return proxy, nil
}

// proxyAnswer words a proxy's refusal, of which net/http passes on the status
// line alone.
func proxyAnswer(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case resp.StatusCode == http.StatusProxyAuthRequired:
		return fmt.Errorf("%w: the proxy %s wants a user name and password: set HTTPS_PROXY=%s://user:password@%s", model.ErrConfig, proxy.Host, proxy.Scheme, proxy.Host)
	}
	return fmt.Errorf("the proxy %s refused the connection with status %d", proxy.Host, resp.StatusCode)
}

// trusted returns the certificates to trust: the system's, and on top of them
// those of file. Go reads SSL_CERT_FILE itself on Linux and the BSDs alone, and
// there in the place of the system's file; on macOS and Windows it asks the
// system and ignores the variable. nil means the system's.
func trusted(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", file)
	}
	return pool, nil
}
