// Package oracle measures internal/redact: how many of the secrets that
// gitleaks knows by its default rules it takes out, and how many lines of
// ordinary code it takes for secrets. It has tests alone.
package oracle
