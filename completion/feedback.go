package completion

// Feedback says what became of a candidate after it was handed out.
type Feedback string

// The kinds of feedback. The first two are reported by the editor's command or
// inferred from what was typed.
const (
	Accepted       Feedback = "accepted"
	PartlyAccepted Feedback = "partly_accepted" // some whole words of it
)
