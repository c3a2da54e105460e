// Package embedded is a model that needs no key and no network: it continues
// what is being typed from the workspace's own text.
//
// # How it answers
//
// Text is cut into tokens by internal/syntax; blanks and comments do not count.
// Every place in the document, in the prompt's blocks and in the workspace's
// files of the same language is looked at where the same tokens stand as
// before the cursor, as many as possible, and where the next one begins with
// what is typed of it. These matches vote on the next token: the longest ones
// decide, shorter ones share in what those leave open. Of equals the more
// frequent wins, then the nearer: the document itself, its folder, then the
// order of paths. The matches that agree go on to the next token, up to the end
// of the line or of the block.
//
// The answer leads into what follows the cursor: it ends before text that
// stands there, closes no bracket that is closed already, and is indented as
// the document is.
//
// # When it says nothing
//
// A wrong suggestion costs more than none. How sure the model is of a line is
// the product, over its tokens and the line's end, of the share of the vote
// that each one won. A token that a single place vouches for, a string, and a
// name that the document does not hold yet count for less, because these are
// where lines differ that are alike otherwise. A first line must reach 0.40,
// each one after it 0.60. These numbers are not probabilities but bounds: at
// 0.40 about seven of ten lines shown are what was really written, in sources
// that the numbers were not chosen on too. BenchmarkSelf says so for this
// repository. In a comment and inside a word it says nothing at all.
//
// Names are not replaced: a place that differs from this one by the name of a
// variable is no match at that name, so the shorter match behind it speaks.
//
// # Why it searches by reading
//
// There is no suffix array and no table of k-grams. A file is kept as one number
// per token, and a request reads them all: 10 MB of source are two million
// numbers, which takes some milliseconds, always finds the longest match, and
// costs eight bytes a token. An index would answer in less, but it doubles the
// memory, must be built anew for a file with every change, and has to be cut off
// somewhere in what it can find. Changing a file here means to cut that one file
// into tokens again, and the answer cannot depend on the order in which files
// came.
package embedded
