package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
)

// A keyLine is what the file of keys says of one key.
type keyLine struct {
	Session string  `json:"session"`
	Key     int     `json:"key"`
	Line    string  `json:"line"`            // the cursor's, up to the cursor
	Rest    string  `json:"rest"`            // what a model that knows the final text would say
	Typo    bool    `json:"typo,omitempty"`  // what stands before the cursor is wrong
	Seen    string  `json:"seen"`            // before the next edit: right, none, wrong, crossed, stale, lost, failed, or ""
	Took    string  `json:"took"`            // local, asked, declined or overtaken
	Asked   int     `json:"asked,omitempty"` // requests upstream
	After   float64 `json:"after"`           // milliseconds to the response, before the speed
	Next    float64 `json:"next"`            // milliseconds to the next edit, before the speed
	Answer  string  `json:"answer,omitempty"`
}

// writeKeys writes what became of each key, for whoever wants to know why a
// figure is what it is.
func writeKeys(name string, plans []*plan, speed float64) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, p := range plans {
		for _, k := range p.keys {
			m := k.played
			line := keyLine{
				Session: p.name, Key: k.n, Line: k.line[:k.in], Rest: k.rest, Typo: k.truth < 0,
				Seen: k.judged.seen, Took: k.judged.took, Asked: k.asked,
				After: speed * float64(m.reply.at.Sub(m.pressed).Microseconds()) / 1000,
				Next:  speed * float64(m.over.Sub(m.pressed).Microseconds()) / 1000,
			}
			if items, err := itemsOf(m.reply.result); err == nil && len(items) > 0 {
				line.Answer = items[0].Text
			}
			if err := enc.Encode(line); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}
