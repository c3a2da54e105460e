package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// reusing measures keys that are answered from memory: the person types what is
// suggested, and nobody is asked.
func reusing(ctx context.Context, binary string, n int) ([]row, error) {
	up := newUpstream()
	defer up.server.Close()
	const warm = 10
	var line strings.Builder // of which nothing repeats, or it would be cut
	for i := 0; line.Len() < 2*(warm+n); i++ {
		fmt.Fprintf(&line, "v%d + ", i)
	}
	up.line = line.String() + "1"
	var rows []row
	for _, size := range []int{4_000, 1_000_000} {
		var took durations
		err := withServer(ctx, binary, up, func(c *client) error {
			if err := c.initialize(); err != nil {
				return err
			}
			text := goFile("Here", size)
			if err := c.open("file:///made/here.go", text+"func g() {\n\t\n}\n"+text); err != nil {
				return err
			}
			row := strings.Count(text, "\n") + 1
			asked := time.Time{}
			for i := range warm + n {
				if i > 0 {
					if err := c.typed("file:///made/here.go", i+1, row, i, up.line[i-1:i]); err != nil {
						return err
					}
				}
				answer, sent, err := c.inline("file:///made/here.go", row, 1+i)
				if err != nil {
					return err
				}
				r, ok := <-answer
				var list struct{ Items []json.RawMessage }
				if !ok || r.err != nil || json.Unmarshal(r.result, &list) != nil || len(list.Items) == 0 {
					return fmt.Errorf("key %d was answered with %s%s", i, r.result, r.err)
				}
				received, _, _ := up.times()
				if i == 0 {
					asked = received
				} else if !received.Equal(asked) {
					return fmt.Errorf("key %d was asked upstream", i)
				}
				if i >= warm {
					took = append(took, r.at.Sub(sent))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{fmt.Sprintf("answer by reuse, %d KB file", 2*size/1000), took.String(), "p50 <= 0.2 ms, p99 <= 1 ms"})
	}
	return rows, nil
}
