// Package config reads what the user chose: one table of settings, five
// sources of values, one immutable Config for each workspace folder.
//
// Nothing a user or a repository writes is an error here. What cannot be used
// becomes a Warning that names the key, and the server works with the rest.
package config

import (
	"strings"
	"time"
)

//go:generate go run ./gendocs -o ../../docs

// A Config is what holds for one workspace folder. It is immutable: its maps
// and slices are shared by all who were given it. Default returns the one in
// which nothing was chosen; the zero value switches everything off and is
// never used.
type Config struct {
	Enabled     bool // no suggestion is made where it is false
	Provider    Provider
	Fallback    Fallback
	Model       string // a provider's model id, or a name from Models
	Completion  Completion
	Context     Context
	Budget      Budget
	Cache       Cache
	Metrics     Metrics
	Claude      Claude
	Credentials Credentials
	Redact      Redact
	FIM         FIM
	Models      map[string]Model // by canonical name
	Rules       []Rule           // the first that fits counts
	Log         Log
	Languages   map[string]Language // by canonical id; one that is missing is enabled
}

// ForLanguage narrows c to documents of one LSP language id.
func (c Config) ForLanguage(id string) Config {
	if l, ok := c.Languages[canonicalName(id)]; ok && !l.Enabled {
		c.Enabled = false
	}
	return c
}

// Completion is what shapes a suggestion.
type Completion struct {
	Debounce  Debounce
	MaxTokens int // of one answer, in model tokens
	Multiline Multiline
	Menu      Menu
	Ahead     bool // the line behind a suggestion is asked for before it is begun
}

// A Debounce is the pause between a keystroke and the request it causes.
type Debounce struct {
	Auto bool          // the server chooses; D means nothing then
	D    time.Duration // 0: ask at once
}

// Context is what shapes the prompt.
type Context struct {
	WindowTokens WindowTokens
	Prewarm      bool
	Gzip         Gzip
	Exclude      []string // patterns in the form of .gitignore, those of the least trusted sources last
}

// WindowTokens is the upper bound of a prompt.
type WindowTokens struct {
	Auto bool // the server chooses by what the link can carry, up to Max
	Max  int  // in model tokens; set in either case
}

// Budget is what may be spent.
type Budget struct {
	DailyUSD float64 // on one day, by all editors of the machine together; 0: no limit
}

// Cache is how much is kept on disk.
type Cache struct {
	MaxMB int // in units of 1,000,000 bytes; 0: no cache on disk
}

// Metrics is where figures can be read.
type Metrics struct {
	Listen string // host:port on loopback; "": nowhere
}

// Claude is how the Messages API is reached.
type Claude struct {
	// BaseURL is where the API answers; "" is the first party's own address.
	// A value that could not be understood is kept as it is (or becomes
	// InvalidURL): whoever opens the connection has to refuse it, because the
	// first party must not get a request that was meant for somebody else.
	BaseURL  string
	Standby  []Endpoint
	Hedge    bool
	Timeouts Timeouts
}

// InvalidURL stands for an address that was set to something that is not even
// text. No connection can be made to it.
const InvalidURL = "invalid:"

// Timeouts bound one request. Each is greater than 0.
type Timeouts struct {
	Connect, FirstByte, Total time.Duration
}

// An Endpoint is a place to ask when the one before it is not well.
type Endpoint struct {
	BaseURL     string // as in Claude
	Model       string // "": the same model as at the first endpoint
	Credentials Credentials
}

// Credentials is where a key comes from. It never holds the key.
type Credentials struct {
	Source   Source
	Kind     KeyKind
	Variable string   // environment variable for SourceEnv; "": those that Anthropic's own SDKs read
	File     string   // absolute path
	Command  []string // program and arguments; no shell is involved
	Vault    Vault
}

// Vault is how HashiCorp Vault is asked for a key. Its files are absolute
// paths; a name that is "" leaves the choice to Vault's own VAULT_* variables.
type Vault struct {
	Address, Namespace, CAFile string
	Auth                       VaultAuth
	AuthMount, Role            string
	TokenFile                  string // for VaultToken, and the service account's for VaultKubernetes
	RoleIDFile, SecretIDFile   string // for VaultAppRole
	Path, Field                string // of the secret
}

// Redact is what is let through although it looks like a secret.
type Redact struct {
	Allow []string // rule ids or path patterns
}

// FIM is a local fill-in-the-middle server.
type FIM struct {
	URL     string
	Dialect Dialect
	Model   string
}

// A Model is a choice of provider and model under a name of its own.
type Model struct {
	Provider     Provider
	Model        string
	BaseURL      string // as in Claude
	MaxTokens    int    // 0: as in Completion
	WindowTokens int    // 0: as in Context
}

// A Rule says which model is used where. An empty list fits everything.
type Rule struct {
	Languages []string
	Files     []string // patterns in the form of .gitignore
	When      When
	Use       string // a name from Models, or a model id
}

// Log is what is written about the server's work, and where to.
type Log struct {
	Level LogLevel
	File  string // absolute path; "": standard error
}

// A Language is what was chosen for documents of one LSP language id.
type Language struct {
	Enabled bool
}

// canonicalName is the form in which language ids and model names are
// compared: an environment variable can hold neither lower case (on Windows)
// nor a hyphen, so that CLAUDE_LSP_LANGUAGES_OBJECTIVE_C_ENABLED has to mean
// objective-c.
func canonicalName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r > 0x7f:
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
}
