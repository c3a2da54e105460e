// Package dropin holds the built server against copilot-language-server: it is
// driven by a client that was written for that one, and of each capability of
// that one's completion surface a test says whether it is here too. There are
// 34 of them; docs/drop-in-table.md is the table, and TestRows makes it.
//
// A row is tested by what it does and not by what is announced: prompts are
// looked into, requests upstream are counted, texts are compared after the
// suggestion went in.
package dropin
