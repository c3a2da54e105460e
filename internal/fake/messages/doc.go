// Package messages is a strict Messages API for tests: it refuses what the
// real one refuses, and plays the faults a real one has.
//
// A test starts it, says what the model answers and points the code under test
// at it:
//
//	api := messages.Start(t, messages.Options{})
//	api.Say("```go\nreturn nil\n```")
//	// … code under test talks to api.URL() …
//	got := api.Requests()
//
// A request that was refused fails the test, unless the test said before that
// it wants that refusal (API.ExpectRefusal); an announced refusal that never
// came fails it too. So a whole suite that runs against this package proves
// that the client sends nothing the real API would turn down.
//
// # What is checked, and what is played
//
//   - 401 without x-api-key or Authorization: Bearer, and for an unknown key
//   - 400 for a missing or unknown anthropic-version, an unknown anthropic-beta,
//     a content type that is not JSON, a field the API does not know
//   - a table of models: prefill (with the exact message), sampling parameters,
//     thinking types, effort, output limit, context window, unknown and retired
//     models (404)
//   - sampling parameters are refused under 2026-10-21 for every model, under
//     2023-06-01 as the model has it
//   - stop sequences and text blocks of nothing but white space, more than four
//     cache breakpoints, a 1h breakpoint after a 5m one
//   - max_tokens 0, which only fills the prompt cache: an empty answer, and
//     refused with stream, thinking enabled, output format or a forced tool
//   - the stream as documented: pings, blocks chosen by type with thinking
//     first, several message_delta, events, blocks and deltas of unknown types
//     (Answer.Unknown); cut anywhere (Answer.Split, Answer.CRLF), stalled,
//     broken off with and without notice, refused before and after text
//     (Answer.Break)
//   - a prompt cache with honest usage: see cache.go for its rules
//   - 429 with retry-after (RateLimited) and without (SpendCap), 500, 504, 529,
//     413 and every other status of the documentation (Fail), redirects, bodies
//     that are not of this API (HTML, Garbage)
//   - request-id and rate-limit headers on every answer
//   - HTTP/1.1, or HTTP/2 over TLS (Options.HTTP2)
//   - the time at which the client gave a request up (Request.Cancelled)
//   - gzip bodies, and their refusal (Options.RefuseGzip)
//   - /v1/messages, /v1/messages/count_tokens, /v1/models; /v1/complete is gone
//     (404)
//
// # What is not
//
// Blocks other than text (images, documents, tools) are accepted by their type
// and not looked into. Messages in the role "system" and server-side message
// threads are refused. Rate limits are never reached by themselves. Where the
// real rule is not public, the stricter guess is taken and its comment says so;
// clients should look at status, type and error_code, never at a message.
package messages
