//go:build !linux

package main

// inBackground runs f. Only on Linux a single thread can be told to let others
// go first.
func inBackground(f func()) { f() }
