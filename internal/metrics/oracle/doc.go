// Package oracle holds only tests: Prometheus' own parser reads what
// internal/metrics writes, and its linter looks at the names and types that the
// built server shows.
//
// It is a module of its own; run it with
//
//	make test-metrics
package oracle
