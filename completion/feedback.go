package completion

import "time"

// A FeedbackKind says what became of a suggestion. Each suggestion that was
// shown ends in one of the accepted kinds, in FeedbackTypedThrough, in
// FeedbackRejected, or in none of them where it was taken off the screen before
// the person had decided.
type FeedbackKind string

// The kinds of feedback.
const (
	// FeedbackShown: there was time to read it, or some of it was accepted.
	// Typed along, hidden by a slip and shown again, or joined by more
	// candidates, it is still one; what is never read has no feedback at all.
	FeedbackShown FeedbackKind = "shown"
	// FeedbackAccepted: all of it that was not typed by hand was inserted,
	// at once or in parts. Of several candidates it is the one that was taken,
	// and the others are not rejected.
	FeedbackAccepted FeedbackKind = "accepted"
	// FeedbackAcceptedWords: whole words of it were inserted, and then no more.
	FeedbackAcceptedWords FeedbackKind = "accepted_words"
	// FeedbackAcceptedLines: the same, and at least one whole line with several
	// words came at once.
	FeedbackAcceptedLines FeedbackKind = "accepted_lines"
	// FeedbackTypedThrough: all of it was typed by hand. It was right, and
	// nobody took it: neither accepted nor rejected.
	FeedbackTypedThrough FeedbackKind = "typed_through"
	// FeedbackRejected: something else was typed, or the person deleted text,
	// moved away, closed the document, or undid a part that was accepted before.
	FeedbackRejected FeedbackKind = "rejected"
	// FeedbackUndone follows FeedbackAccepted: all of it was taken out again within
	// seconds. It was a rejection after all, and whoever counts takes it from
	// there.
	FeedbackUndone FeedbackKind = "undone"
	// FeedbackKept follows one of the accepted kinds: so much still stands after
	// so long, see KeptAfter. It does not come for what was undone, or whose
	// document was closed before.
	FeedbackKept FeedbackKind = "kept"
)

// KeptAfter is when it is looked what still stands of an accepted text. Half a
// minute is enough to read it and mend a word, two minutes to see it fail to
// compile, ten to have thought better of it.
func KeptAfter() [3]time.Duration {
	return [...]time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute}
}

// A Feedback says what became of a suggestion, in numbers and names: never
// text of a document or an answer.
type Feedback struct {
	Kind FeedbackKind
	ID   string // of the candidate

	Language string // LSP language id
	Provider string // who was asked, such as "claude"
	Model    string // the provider's model id

	Characters int           // for the accepted kinds and FeedbackUndone: of the text that was inserted; typed ones do not count
	After      time.Duration // for FeedbackKept: one of KeptAfter
	Share      float64       // for FeedbackKept: from 0 to 1, of the inserted bytes that are no white space
}

// Stands reports whether what was accepted counts as still there: two thirds of
// it. A renamed variable or an added argument leaves a suggestion what it was;
// where more than a third had to be written anew, the person wrote it.
func (f Feedback) Stands() bool { return f.Share >= 2.0/3 }
