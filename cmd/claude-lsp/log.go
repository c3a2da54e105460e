package main

import (
	"fmt"
	"os"
	"path/filepath"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

// newLog writes to stderr or a file, never to stdout, which belongs to the
// protocol. The level can be changed while the program runs.
func newLog(cfg config.Log, also ...zapcore.Core) (*zap.Logger, zap.AtomicLevel, error) {
	level := zap.NewAtomicLevelAt(logLevel(cfg.Level))
	sink := zapcore.Lock(zapcore.AddSync(os.Stderr))
	var trouble error
	if cfg.File != "" {
		f, err := openLog(cfg.File)
		if err != nil {
			trouble = fmt.Errorf("log.file: %w; the log goes to stderr", err)
		} else {
			sink = zapcore.Lock(f)
		}
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.ISO8601TimeEncoder
	enc.EncodeLevel = zapcore.CapitalLevelEncoder
	enc.EncodeDuration = zapcore.StringDurationEncoder
	enc.CallerKey = zapcore.OmitKey
	cores := append([]zapcore.Core{zapcore.NewCore(zapcore.NewConsoleEncoder(enc), sink, level)}, also...)
	return zap.New(zapcore.NewTee(cores...)), level, trouble
}

// openLog opens a log for appending. Only its owner may read it.
func openLog(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

func logLevel(l config.LogLevel) zapcore.Level {
	switch l {
	case config.LogDebug:
		return zap.DebugLevel
	case config.LogWarn:
		return zap.WarnLevel
	case config.LogError:
		return zap.ErrorLevel
	default:
		return zap.InfoLevel
	}
}
