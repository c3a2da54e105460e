package main

import (
	"github.com/claude-lsp/claude-lsp/completion"
	doccontext "github.com/claude-lsp/claude-lsp/context"
	"github.com/claude-lsp/claude-lsp/context/files"
	"github.com/claude-lsp/claude-lsp/context/rank"
	"github.com/claude-lsp/claude-lsp/internal/model"
	"github.com/claude-lsp/claude-lsp/lsp"
)

// What the names in the store mean, for people. A test walks over all names
// that the parts can give and fails for one that is not here; docs/why.md shows
// the same sentences.

var outcomeWords = map[completion.Outcome]string{
	completion.Shown:      "shown",
	completion.Empty:      "nothing shown",
	completion.NotAsked:   "not asked",
	completion.Superseded: "overtaken by a newer request",
	completion.Cancelled:  "taken back by the editor",
	completion.Stale:      "overtaken by an edit",
	completion.Failed:     "failed",
}

var reasonWords = map[string]string{
	completion.ReasonDisabled:   "suggestions are switched off, by the setting enabled or by the command to disable them",
	lsp.ReasonLanguage:          "suggestions are switched off for this language by languages.<id>.enabled",
	lsp.ReasonSignedOut:         "the plugin was told to sign out, which switches suggestions off until it signs in again",
	lsp.ReasonSnoozed:           "suggestions are snoozed; the command claude-lsp.snooze with 0 minutes ends that",
	lsp.ReasonNoMenu:            "the setting completion.menu keeps suggestions out of menus, and the editor shows nothing else",
	lsp.ReasonNotOpen:           "the editor has not opened the document with the server",
	files.ReasonSecret:          "the file's name says that it holds secrets, and such files are never sent",
	files.ReasonIgnored:         ".claude-lsp-ignore names the file",
	files.ReasonExcluded:        "the setting context.exclude names the file",
	completion.ReasonSelection:  "the entry chosen in the menu does not end at the cursor",
	completion.ReasonMidWord:    "a word goes on behind the cursor",
	completion.ReasonRestOfLine: "much text follows the cursor on its line; asking by hand helps",
	completion.ReasonComment:    "inside a word of a comment, and the last suggestions were not followed",
	completion.ReasonString:     "inside a word of a string, and the last suggestions were not followed",
	completion.ReasonAccepted:   "a suggestion was just accepted here, and nothing was typed since",
	completion.ReasonDeletion:   "text was just taken away, and nothing was typed since",
	completion.ReasonAhead:      "a suggestion was just taken to its end; the line behind it is asked for, and shown when it is begun",
	completion.ReasonUnchanged:  "the model had nothing to say here a moment ago, and nothing has changed",
	completion.ReasonBudget:     "little is left of the budget of the day (budget.dailyUSD): only asking by hand is answered",
	completion.ReasonNoText:     "the document is empty: there is nothing to go by",
	completion.ReasonNothing:    "the model had nothing to insert",
	completion.ReasonUnfit:      "what the model said does not fit here",
	completion.ReasonRefused:    "the model refused to answer",
	completion.ReasonLeft:       "whoever asked stopped listening",
}

var troubleWords = map[model.Trouble]string{
	"no_key":          "there is no key; claude-lsp doctor says what to do",
	"unauthorized":    "the service does not take the key",
	"billing":         "the account cannot pay",
	"budget":          "the budget of the day (budget.dailyUSD) is used up, or what was spent is not known",
	"rate_limited":    "the service wants fewer requests",
	"shed":            "put off, because the service's limit leaves room for what is more urgent alone",
	"invalid_request": "the service takes the request for invalid",
	"unknown_model":   "the service does not know the model",
	"timeout":         "the service did not answer within claude.timeouts",
	"unavailable":     "the service is overloaded or down",
	"offline":         "the service cannot be reached; claude-lsp doctor says more",
	"refused":         "the model refused to answer",
	"incomplete":      "the answer broke off",
	"config":          "the settings do not allow the request",
	"internal":        "something is wrong in the server; its log says more",
}

var sourceWords = map[completion.Source]string{
	completion.FromUpstream: "asked the model",
	completion.FromLive:     "from an answer that was still coming",
	completion.FromKept:     "from memory",
	completion.FromDisk:     "from the disk, said before to the same question",
	completion.FromAhead:    "from memory, asked for before the line was begun",
	completion.FromAccepted: "from memory, going on behind what was accepted",
}

var missWords = map[completion.Miss]string{
	completion.MissNothing:   "nothing was known of the document",
	completion.MissElsewhere: "what was known belongs to other places",
	completion.MissUsedUp:    "all that was known stands in the text already",
	completion.MissInvoked:   "several candidates were wanted, and one was known",
	completion.MissSettings:  "what was known was made with other settings",
	completion.MissTyped:     "something else was typed than what was known",
}

var endWords = map[string]string{
	completion.EndClosed:     "the code was whole",
	completion.EndOneLine:    "the line was whole, and no more was wanted",
	completion.EndFollowing:  "it came to what follows the cursor already",
	completion.EndScope:      "it left the block of the cursor",
	completion.EndRepetition: "it went round in circles",
}

var stopWords = map[model.Stop]string{
	model.StopEnd:      "the model had nothing more to say",
	model.StopLength:   "the answer reached completion.maxTokens, so its last line was dropped",
	model.StopSequence: "the answer came to a stop sequence",
}

// Why a range of lines is in a window; claude-lsp context and docs/context.md
// show it.
var partWords = map[string]string{
	doccontext.ReasonOpen:           "it is open in the editor",
	doccontext.ReasonRecentlyEdited: "it is open in the editor and was changed there",
	doccontext.ReasonGiven:          "the editor handed it in with the request",
	rank.ReasonDefinition:           "it defines a name near the cursor, or one that fits there",
	rank.ReasonImported:             "signatures of a file that the document imports",
	rank.ReasonSibling:              "signatures of a file of the same folder",
	rank.ReasonNear:                 "signatures of a file some imports away",
	rank.ReasonSimilar:              "its text is like that round the cursor",
	rank.ReasonEdited:               "it was edited a moment ago",
	rank.ReasonSeen:                 "it was looked at a moment ago",
	doccontext.ReasonDocument:       "the document itself, further from the cursor",
	rank.ReasonWhole:                "the workspace fits into the window, so all of it is there",
}

// What each filter does to an answer. Where it drops all of it, the words say
// what was wrong.
var stepWords = map[string]string{
	"secrets":     "puts the document's own secrets in the place of their stand-ins; refuses those of others",
	"characters":  "refuses characters that cannot be meant or cannot be seen",
	"cut":         "drops the last line of an answer that was cut off",
	"diff":        "takes the new side of an answer that is a patch",
	"tokens":      "takes off special tokens of a model that leaked",
	"envelope":    "takes the text out of the JSON, the elements or the YAML that the answer came in",
	"display":     "takes off what stands in front of every line: line numbers, prompts, quotation marks",
	"alternative": "ends the answer where it gives a second one",
	"below":       "refuses an answer that shows the text round the cursor and nothing new",
	"prose":       "takes away what is talk and not code",
	"mark":        "takes out the mark of the cursor where the answer repeats it",
	"elision":     "takes away lines that only say that something is left out",
	"stray":       "takes out what no place asks for: the next file of a patch, bullets in front of statements",
	"echo":        "takes off what repeats the text in front of the cursor",
	"line_start":  "settles whether the answer begins on the cursor's line or on a new one",
	"indentation": "brings the answer to the columns and tabs of the file",
	"overlap":     "takes off what follows the cursor already",
	"brackets":    "takes off closing brackets that nothing opened",
	"repetition":  "keeps the first of copies that go on and on",
	"scope":       "ends the answer where it leaves the block of the cursor",
	"in_front":    "ends an answer in front of text on the line where it begins a statement of its own",
	"one_line":    "keeps one line where no more is wanted",
	"tail":        "replaces the rest of the line where the answer was meant to, and refuses what cannot stand in front of it",
	"blanks":      "takes away blanks that nobody sees",
	"nothing":     "refuses what would insert nothing to be seen",
}
