package script_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/fake/script"
	"github.com/claude-lsp/claude-lsp/internal/model"
)

var _ model.Streamer = (*script.Model)(nil)

// read takes at most limit chunks; 0 takes all.
func read(ctx context.Context, m model.Streamer, limit int) (text string, stop model.Stop, err error) {
	for c, e := range m.Stream(ctx, model.Prompt{Task: "go on"}) {
		text, stop, err = text+c.Text, c.Stop, e
		if limit--; limit == 0 {
			break
		}
	}
	return text, stop, err
}

var errWire = errors.New("the wire broke")

func TestStream(t *testing.T) {
	tests := []struct {
		name   string
		answer script.Answer
		limit  int           // chunks the reader takes; 0 is all
		leave  time.Duration // when the reader's context ends; 0 is never
		text   string
		stop   model.Stop
		err    error
		took   time.Duration
		want   script.Counts
	}{
		{name: "whole", answer: script.Says("a", "b"), text: "ab", stop: model.StopEnd, want: script.Counts{Peak: 1, Finished: 1}},
		{name: "empty", answer: script.Says(), stop: model.StopEnd, want: script.Counts{Peak: 1, Finished: 1}},
		{
			name: "cut by length", answer: script.Answer{Chunks: []string{"a"}, Stop: model.StopLength}, text: "a", stop: model.StopLength,
			want: script.Counts{Peak: 1, Finished: 1},
		},
		{
			name: "paced", answer: script.Answer{Chunks: []string{"a", "b"}, First: time.Second, Each: 200 * time.Millisecond},
			text: "ab", stop: model.StopEnd, took: 1400 * time.Millisecond, want: script.Counts{Peak: 1, Finished: 1},
		},
		{name: "error at once", answer: script.Fails(errWire), err: errWire, want: script.Counts{Peak: 1, Failed: 1}},
		{
			name: "error after text", answer: script.Answer{Chunks: []string{"a"}, Err: errWire}, text: "a", err: errWire,
			want: script.Counts{Peak: 1, Failed: 1},
		},
		{name: "the reader breaks out", answer: script.Says("a", "b"), limit: 1, text: "a", want: script.Counts{Peak: 1, Aborted: 1}},
		{
			name: "the reader takes the end and breaks out", answer: script.Says("a"), limit: 2, text: "a", stop: model.StopEnd,
			want: script.Counts{Peak: 1, Finished: 1},
		},
		{
			name: "the context ends in a pause", answer: script.Answer{Chunks: []string{"a", "b"}, Each: time.Hour}, leave: time.Minute,
			text: "a", err: context.DeadlineExceeded, took: time.Minute, want: script.Counts{Peak: 1, Aborted: 1},
		},
		{
			name: "the context ends a hang", answer: script.Answer{Chunks: []string{"a"}, Hang: true}, leave: time.Minute,
			text: "a", err: context.DeadlineExceeded, took: time.Minute, want: script.Counts{Peak: 1, Aborted: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.leave > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.leave)
					defer cancel()
				}
				m := script.New(tt.answer)
				start := time.Now()
				text, stop, err := read(ctx, m, tt.limit)
				if text != tt.text || stop != tt.stop || !errors.Is(err, tt.err) {
					t.Errorf("read %q, stop %q, error %v; want %q, %q, %v", text, stop, err, tt.text, tt.stop, tt.err)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if got := m.Counts(); got != tt.want {
					t.Errorf("counts %+v, want %+v", got, tt.want)
				}
			})
		})
	}
}

// The queue goes first, in order, and each reading of a sequence is a request.
func TestAnswersAreTakenInOrder(t *testing.T) {
	m := script.Func(func(p model.Prompt) script.Answer { return script.Says(strings.ToUpper(p.Task)) })
	m.Queue(script.Says("one"), script.Says("two"))
	seq := m.Stream(t.Context(), model.Prompt{Task: "again"})
	if n := len(m.Prompts()); n != 0 {
		t.Fatalf("%d prompts before the stream was read, want none", n)
	}
	var got []string
	for range 3 {
		var text string
		for c, err := range seq {
			if err != nil {
				t.Fatal(err)
			}
			text += c.Text
		}
		got = append(got, text)
	}
	if want := "one two AGAIN"; strings.Join(got, " ") != want {
		t.Errorf("answers %q, want %q", got, want)
	}
	if n := len(m.Prompts()); n != 3 {
		t.Errorf("%d prompts, want 3", n)
	}
}

// A superseded stream is counted as live until its reader lets go.
func TestLiveAndPeak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script.Always(script.Answer{Hang: true})
		ctx, cancel := context.WithCancelCause(t.Context())
		for range 3 {
			go func() { _, _, _ = read(ctx, m, 0) }()
		}
		synctest.Wait()
		if c := m.Counts(); c.Live != 3 || c.Peak != 3 {
			t.Errorf("counts %+v, want 3 live", c)
		}
		cancel(errWire)
		synctest.Wait()
		if c, want := m.Counts(), (script.Counts{Peak: 3, Aborted: 3}); c != want {
			t.Errorf("counts %+v, want %+v", c, want)
		}
	})
}

// Markdown or bare, usage and stop: the contract of model.Chunk.
func TestChunks(t *testing.T) {
	use := &model.Usage{Input: 7}
	var got []model.Chunk
	for c, err := range script.New(script.Answer{Chunks: []string{"x"}, Bare: true, Usage: use}).Stream(t.Context(), model.Prompt{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c)
	}
	want := []model.Chunk{{Text: "x"}, {Usage: use, Stop: model.StopEnd}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("chunks %+v, want %+v", got, want)
	}
}
