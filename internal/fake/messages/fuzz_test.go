package messages_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// FuzzBody: whatever a client sends, the API answers it: with a message or an
// error in its own form, and never with a panic.
func FuzzBody(f *testing.F) {
	for _, body := range []string{
		plain, streamed, "{}", "null", `{"model":null}`, `{"messages":[{"role":"user","content":[null]}]}`,
		`{"model":"claude-haiku-4-5","max_tokens":9,"top_k":-1,"tools":[{}],"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"\ud83d\ude00"}]}`,
	} {
		f.Add(body)
	}
	api := messages.New(messages.Options{Forget: true})
	f.Cleanup(api.Close)
	api.Say("``` é 𝒳")
	f.Fuzz(func(t *testing.T, body string) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/messages", strings.NewReader(body))
		req.Header = headers()
		w := httptest.NewRecorder()
		api.ServeHTTP(w, req)
		answer := w.Body.String()
		switch {
		case strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream"):
			all, rest := frames(t, answer)
			if len(all) == 0 || all[len(all)-1].kind != "message_stop" || rest != "" {
				t.Errorf("stream %s", answer)
			}
		case w.Code == http.StatusOK:
			if !json.Valid([]byte(answer)) {
				t.Errorf("answer %s", answer)
			}
		case w.Code == http.StatusBadRequest || w.Code == http.StatusNotFound:
			if kind, message, _, _ := errorOf(t, answer); kind == "" || message == "" {
				t.Errorf("error %s", answer)
			}
		default:
			t.Errorf("%d %s", w.Code, answer)
		}
	})
}
