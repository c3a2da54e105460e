// Package editor is a strict editor for tests: it speaks the Language Server
// Protocol over any connection and fails the test for what a real editor would
// stumble over, or would silently put up with.
//
//	e := editor.Start(t, conn, editor.Options{InlineCompletion: true})
//	e.Allow("window/logMessage")
//	e.Initialize()
//	e.Open("file:///w/a.go", "go", "package a\n")
//	items := e.Inline("file:///w/a.go", editor.Position{Line: 1}, editor.InlineOptions{}).Items()
//	e.Accept(items[0])
//	e.Shutdown()
//
// It asserts that
//
//   - frames and messages are well formed, and Content-Length is right;
//   - every message of the server is one that the protocol's own model allows
//     (internal/fake/metamodel);
//   - every request gets exactly one response, and the test looked at it;
//   - every other message of the server was looked at too (Next, All) or was
//     declared expected (Allow);
//   - the server sends nothing before the answer to initialize but what the
//     protocol allows, uses no capability that the editor lacks, and is silent
//     after exit;
//   - progress begins, reports and ends in this order under a token that was
//     created;
//   - items are what editors can draw: plain text with a range on one line
//     round the cursor.
//
// It keeps its own copy of each text and has its own framing and counting of
// columns, and uses none of the code or the libraries of the server. So it is a
// second opinion, and not the same mistake made twice.
package editor
