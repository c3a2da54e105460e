package syntax

import "strings"

// A grammar is what the tables say of how one language defines things.
type grammar struct {
	keywords map[string]keyword
	// modifiers may stand before a definition and say nothing of its kind.
	modifiers map[string]bool
	// anchors begin a definition where they are the first word on a line that
	// stands no deeper than what is open; they are where broken text recovers.
	anchors map[string]bool

	newlines   bool            // a statement ends with its line, unless the line or the next one says otherwise
	attributes string          // the bytes that begin an attribute before a definition: @ # [
	directives bool            // a # that is the first on its line begins a directive
	typed      bool            // a definition without a keyword is a type and then a name
	named      bool            // a definition without a keyword, in a type, is a name
	braceTypes bool            // a bracket { may stand in a type and in a pattern
	embedded   bool            // <? and ?> part the language from other text
	primary    bool            // a type's constructor may stand on the lines behind its head
	blocks     bool            // definitions in a block that is no definition count
	labels     map[string]bool // in front of a colon they say who may see what follows
	constants  map[string]bool // modifiers that make a constant of a variable
	between    map[string]bool // of lines: first on one, they do not end the definition in their column
	round      bool            // of lines: curly brackets hold no line together

	// special defines what no keyword begins; i is the first token that is no
	// modifier. It reports whether it knows the statement.
	special func(r *reader, i int, opened bool) (definition, bool)
	// promoted returns the name of the field that a parameter defines besides,
	// or ""; parts are the words in front of its type or value, or all of it.
	promoted func(parts []string) string

	imports func(*importReader) // reads what may import at the current token

	tab int // how wide a tab is in texts that use both; 0 is 4

	line func(*lineReader) // reads one line of a language that is read by lines and indentation
}

// A keyword is a word that begins a definition.
type keyword struct {
	kind SymbolKind
	body mode
	name place
}

// A mode says how to read what stands between the brackets of a definition.
type mode uint8

const (
	skipped mode = iota // not at all: a function's body
	outer               // as the file itself: a namespace
	members             // as statements of a type
	fields              // as members that commas part
	entries             // as names that commas part, and members behind a semicolon: an enum
)

// A place says where a keyword's name stands.
type place uint8

const (
	behind       place = iota // directly behind the keyword; a path's last name
	several                   // as behind; more stand behind commas, or in a pattern
	itself                    // nowhere: the keyword is the name
	target                    // the type's name behind "for", or behind the keyword where there is no "for"
	receiver                  // behind the keyword and, perhaps, a type and a dot
	alias                     // as behind; a body may stand behind "="
	declared                  // where it stands without a keyword, or behind the body: a typedef
	assignedOnly              // as behind, where a value follows; it defines nothing otherwise
	nowhere                   // it defines nothing
	optional                  // as behind; without a name the body belongs to what is around it
)

// grammars has the languages whose definitions are known, by their own ids.
var grammars = map[string]*grammar{
	"go":              &goGrammar,
	"typescript":      &typescriptGrammar,
	"typescriptreact": &typescriptGrammar,
	"javascript":      &typescriptGrammar,
	"javascriptreact": &typescriptGrammar,
	"rust":            &rustGrammar,
	"python":          &pythonGrammar,
	"java":            &javaGrammar,
	"c":               &cGrammar,
	"cpp":             &cGrammar,
	"csharp":          &csharpGrammar,
	"php":             &phpGrammar,
	"kotlin":          &kotlinGrammar,
	"swift":           &swiftGrammar,
	"ruby":            &rubyGrammar,
	"lua":             &luaGrammar,
	"shellscript":     &shellGrammar,
}

// words makes a set of words that blanks part.
func words(list string) map[string]bool { return set(strings.Fields(list)) }
