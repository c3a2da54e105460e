package lsp

import (
	"fmt"
	"strings"
	"sync/atomic"

	"go.lsp.dev/protocol"
	"go.uber.org/zap/zapcore"
)

// A ClientLog is a zap core that sends what is logged to the client, by
// window/logMessage, while a client is connected. Debug entries stay at home.
type ClientLog struct {
	zapcore.LevelEnabler
	fields []zapcore.Field
	server *atomic.Pointer[Server]
}

// NewClientLog returns a core for entries of info and above.
func NewClientLog() *ClientLog {
	return &ClientLog{LevelEnabler: zapcore.InfoLevel, server: &atomic.Pointer[Server]{}}
}

// bind connects the log with a server, or with nil ends that.
func (l *ClientLog) bind(s *Server) {
	if l != nil {
		l.server.Store(s)
	}
}

// With implements zapcore.Core.
func (l *ClientLog) With(fields []zapcore.Field) zapcore.Core {
	next := *l
	next.fields = append(append([]zapcore.Field(nil), l.fields...), fields...)
	return &next
}

// Check implements zapcore.Core.
func (l *ClientLog) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if s := l.server.Load(); s != nil && l.Enabled(e.Level) && s.life.at() == running {
		return ce.AddCore(e, l)
	}
	return ce
}

// Write implements zapcore.Core. An entry about the connection itself would
// come back here for ever, so failures are dropped.
func (l *ClientLog) Write(e zapcore.Entry, fields []zapcore.Field) error {
	s := l.server.Load()
	if s == nil {
		return nil
	}
	var text strings.Builder
	text.WriteString(e.Message)
	enc := zapcore.NewMapObjectEncoder()
	for _, f := range append(append([]zapcore.Field(nil), l.fields...), fields...) {
		if f.Key == "stack" { // for the log file, not for an editor's panel
			continue
		}
		f.AddTo(enc)
		fmt.Fprintf(&text, " %s=%v", f.Key, enc.Fields[f.Key])
	}
	kind := protocol.MessageTypeInfo
	switch {
	case e.Level >= zapcore.ErrorLevel:
		kind = protocol.MessageTypeError
	case e.Level >= zapcore.WarnLevel:
		kind = protocol.MessageTypeWarning
	}
	s.sending.RLock()
	defer s.sending.RUnlock()
	if s.life.at() == running {
		_ = s.conn.Notify(s.ctx, "window/logMessage", &protocol.LogMessageParams{Type: kind, Message: text.String()})
	}
	return nil
}

// Sync implements zapcore.Core.
func (l *ClientLog) Sync() error { return nil }
