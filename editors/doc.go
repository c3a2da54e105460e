// Package editors drives real editors against the built server, as a person
// does: keys go in, the screen is looked at, and what counts is the text that
// stands in the file afterwards.
//
// What an editor and the server say to each other is written down on the way, so
// that a scenario also knows what was asked, and that each request had one
// answer.
//
// It holds tests alone. `make editors` fetches the editors; without them the
// tests are skipped, and with CI set they fail. The API they talk to is the
// strict fake on loopback, which fails a test when it must refuse a request.
package editors
