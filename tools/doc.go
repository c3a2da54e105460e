// Package tools holds no code: its go.mod is the one place where the versions
// of the programs are written down that format, lint and test the project. It
// is a module of its own, so that none of their modules becomes one of ours.
package tools
