package editors

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
)

// An editor asks several servers. The other one of these tests is this test
// binary under another name, which suggests one word and nothing else.
const (
	otherServer = "other-lsp"
	otherWord   = "returnFromTheOther"
)

// isOther reports whether this process was started as the other server.
func isOther() bool { return filepath.Base(os.Args[0]) == otherServer }

// other is the other server. It ends when its input does.
func other() int {
	r := textproto.NewReader(bufio.NewReader(os.Stdin))
	for {
		header, err := r.ReadMIMEHeader()
		if err != nil {
			return 0
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return 1
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r.R, body); err != nil {
			return 1
		}
		var m struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			return 1
		}
		result := "null"
		switch m.Method {
		case "exit":
			return 0
		case "initialize":
			result = `{"capabilities":{"textDocumentSync":1,"completionProvider":{}}}`
		case "textDocument/completion":
			result = `[{"label":"` + otherWord + `","kind":3}]`
		}
		if m.ID != nil && m.Method != "" {
			answer := fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`, m.ID, result)
			fmt.Printf("Content-Length: %d\r\n\r\n%s", len(answer), answer)
		}
	}
}
