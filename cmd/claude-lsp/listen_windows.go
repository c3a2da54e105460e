package main

import (
	"context"
	"errors"
	"net"
)

func listenUnix(context.Context, string) (net.Listener, error) {
	return nil, errors.New("--listen unix:PATH is not served on Windows; use a loopback address such as 127.0.0.1:0")
}
