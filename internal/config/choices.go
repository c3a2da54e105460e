package config

// The settings with a fixed list of values, each with a type of its own so
// that one cannot be taken for another.
type (
	// A Provider is who answers.
	Provider string
	// A Fallback is who answers when the provider cannot.
	Fallback string
	// Multiline says whether a suggestion may have several lines.
	Multiline string
	// Menu says who gets suggestions as entries of the completion menu.
	Menu string
	// Gzip says which hosts get compressed requests.
	Gzip string
	// A Source is a kind of place that keys come from.
	Source string
	// A KeyKind is how a key is sent.
	KeyKind string
	// VaultAuth is a way to log in to Vault.
	VaultAuth string
	// A Dialect is the protocol of a fill-in-the-middle server.
	Dialect string
	// When says which requests a rule is for.
	When string
	// A LogLevel is the least important kind of message that is written.
	LogLevel string
)

// The values of the settings provider, fallback and models.<name>.provider.
const (
	ProviderAuto     Provider = "auto" // Claude where a key is found, else the embedded model
	ProviderClaude   Provider = "claude"
	ProviderEmbedded Provider = "embedded"
	ProviderFIM      Provider = "fim"

	FallbackNone     Fallback = "none"
	FallbackEmbedded Fallback = "embedded"
	FallbackFIM      Fallback = "fim"
)

// The values of the settings under completion and context.
const (
	MultilineAuto   Multiline = "auto"
	MultilineAlways Multiline = "always"
	MultilineNever  Multiline = "never"

	MenuAuto   Menu = "auto" // only clients without inline completion
	MenuAlways Menu = "always"
	MenuNever  Menu = "never"

	GzipAuto   Gzip = "auto" // the first party and loopback
	GzipAlways Gzip = "always"
	GzipNever  Gzip = "never"
)

// The values of the settings about credentials.
const (
	SourceEnv     Source = "env"
	SourceFile    Source = "file"
	SourceCommand Source = "command"
	SourceKeyring Source = "keyring"
	SourceVault   Source = "vault"

	KindAPIKey KeyKind = "apiKey" // "" is the same, but for ANTHROPIC_AUTH_TOKEN
	KindBearer KeyKind = "bearer"

	VaultToken      VaultAuth = "token"
	VaultAppRole    VaultAuth = "approle"
	VaultKubernetes VaultAuth = "kubernetes"
)

// The values of fim.dialect, rules[].when and log.level.
const (
	DialectLlama  Dialect = "llama.cpp"
	DialectOllama Dialect = "ollama"
	DialectOpenAI Dialect = "openai"

	WhenAlways    When = "always"
	WhenInvoked   When = "invoked"   // the user asked
	WhenAutomatic When = "automatic" // the editor asked because of typing

	LogDebug LogLevel = "debug"
	LogInfo  LogLevel = "info"
	LogWarn  LogLevel = "warn"
	LogError LogLevel = "error"
)
