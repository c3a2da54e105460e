package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/claude-lsp/claude-lsp/lsp"
)

// listen serves one client after another on a socket. A unix socket may be
// opened by its owner alone. On loopback every user of the machine could
// connect, so the client has to name the token that is printed: as "token" in
// its initializationOptions.
func listen(ctx context.Context, address string) error {
	path, unix := strings.CutPrefix(address, "unix:")
	var (
		l     net.Listener
		token string
		err   error
	)
	if unix {
		l, err = listenUnix(ctx, path)
	} else {
		l, err = listenLoopback(ctx, address)
		token = newToken()
	}
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	context.AfterFunc(ctx, func() { _ = l.Close() })
	if unix {
		fmt.Fprintf(os.Stderr, "listening on unix:%s\n", path)
	} else {
		fmt.Fprintf(os.Stderr, "listening on %s token %s\n", l.Addr(), token)
	}
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		// A session that ended badly is not the end of the others.
		_ = serve(ctx, conn, lsp.Options{Token: token}, nil)
	}
}

func listenLoopback(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w; give unix:PATH or a loopback address such as 127.0.0.1:0", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: only a loopback address or unix:PATH is served, because what is typed goes over it", address)
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", address)
}

// newToken is a secret for one run.
func newToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
