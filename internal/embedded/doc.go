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
// of the line. For each line after that the places are looked for anew, with
// what the answer says as if it had been typed.
//
// Names may differ. A place that has another name, number or string where the
// document has its own is a match all the same, if it is the same other name
// each time; each name costs some of the match's length. What such a place goes
// on with is said in the document's names, and in names made like them: where
// didSave stands for didClose, its onSave is onClose here.
//
// What follows the cursor counts too. A match that comes to the same text within
// some lines has more of a vote. The answer ends before text that stands there,
// closes no bracket that is closed already, and is indented as the document is.
// Where a line is to begin, only places with a line as deep, against the one
// before it, are matches.
//
// # When it says nothing
//
// A wrong suggestion costs more than none. How likely a line is right is the
// product of how likely each of its tokens is, which chance takes from the
// vote: how much of it the token won, from how many places, how long they
// match, and whether it is a name that the document does not hold yet. The rest
// of a line is said from 0.30 on, a whole line from 0.50 on, and the lines after
// it as long as they are likely together. Where the user asked, the first line
// is said from 0.12 on. Tokens of a line are not independent, so the product is
// a cautious bound: at 0.30 two of three lines shown are what was really
// written. The benchmarks say so for this repository, which had no part in
// choosing the numbers. In a comment and inside a word it says nothing at all.
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
