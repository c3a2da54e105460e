// Package sdk holds only tests: the official Anthropic SDK talks to the fake
// Messages API of internal/fake/messages, and must understand of every answer
// what the fake meant by it. That is what keeps the fake honest: its frames,
// errors and figures are read by the API's own client.
//
// It is a module of its own; run it with
//
//	cd internal/fake/sdk && go test ./...
//
// The first build compiles the SDK: about 90 seconds of processor time and
// 2.6 GB of memory. After that the tests take about a second.
package sdk
