package config

import "time"

// The rows of the table. A row's field points at where the value goes.

func everyday() []group {
	return []group{
		{"General", []Setting{
			{
				Key: "enabled", Type: Bool, Default: true, Trust: LowerOnly,
				Doc:   "Whether there are suggestions at all. What is off in your own file stays off in every project; the command to enable suggestions switches them on for a sitting.",
				field: func(d *draft, _ place) any { return &d.Enabled },
			},
			{
				Key: "provider", Type: Choice, Default: "auto", Trust: UserOnly,
				Values: []string{"auto", "claude", "embedded", "fim"}, LaterValues: []string{"fim"},
				Doc:   "Who answers: Claude, the embedded model that continues from the workspace's own text and needs no key, or a local fill-in-the-middle server. With `auto` it is Claude where a key is found, and the embedded model elsewhere.",
				field: func(d *draft, _ place) any { return &d.Provider },
			},
			{
				Key: "fallback", Type: Choice, Default: "none", Trust: UserOnly,
				Values: []string{"none", "embedded", "fim"}, LaterValues: []string{"fim"},
				Doc:   "Who answers when the provider cannot: nobody, the embedded model, or the fill-in-the-middle server.",
				field: func(d *draft, _ place) any { return &d.Fallback },
			},
			{
				Key: "model", Type: Text, Default: "claude-haiku-5-5", Trust: Editor,
				Doc:   "Which of Claude's models is asked, by its id.",
				field: func(d *draft, _ place) any { return &d.Model },
			},
			{
				Key: "languages.<id>.enabled", Type: Bool, Default: true, Trust: LowerOnly,
				Doc:   "Whether there are suggestions in documents of one language. The id is the one of the language server protocol, such as `go`, `typescriptreact` or `objective-c`; upper case counts as lower case, and every other character as a hyphen.",
				field: func(d *draft, at place) any { return &entryOf(d.languages, at, Language{Enabled: true}).Enabled },
			},
		}},
		{"Suggestions", []Setting{
			{
				Key: "completion.debounce", Type: Duration, Auto: true, Default: Debounce{Auto: true}, Max: 10, Trust: Editor,
				Doc:   "How long to wait after a keystroke before the model is asked. With `auto` the server chooses by what was typed.",
				field: func(d *draft, _ place) any { return &d.Completion.Debounce },
			},
			{
				Key: "completion.maxTokens", Type: Int, Default: 256, Min: 1, Max: 8192, Trust: EditorLowers,
				Doc:   "How long one answer may be, in model tokens (about 2.5 characters each).",
				field: func(d *draft, _ place) any { return &d.Completion.MaxTokens },
			},
			{
				Key: "completion.multiline", Type: Choice, Default: "auto", Trust: EditorLowers,
				Values: []string{"auto", "always", "never"},
				Doc:    "Whether a suggestion may have several lines. With `auto` that depends on where the cursor stands.",
				field:  func(d *draft, _ place) any { return &d.Completion.Multiline },
			},
			{
				Key: "completion.menu", Type: Choice, Default: "auto", Trust: Editor,
				Values: []string{"auto", "always", "never"},
				Doc:    "Whether suggestions are entries of the editor's completion menu. With `auto` they are in editors that cannot show ghost text.",
				field:  func(d *draft, _ place) any { return &d.Completion.Menu },
			},
			{
				Key: "completion.ahead", Type: Bool, Default: true, Trust: EditorLowers,
				Doc:   "Whether the line behind a suggestion is asked for before it is begun, while the last characters of the suggestion are typed or as soon as it is accepted. It is there at once then; now and then it is asked for in vain.",
				field: func(d *draft, _ place) any { return &d.Completion.Ahead },
			},
		}},
		{"Log", []Setting{
			{
				Key: "log.level", Type: Choice, Default: "info", Trust: Editor,
				Values: []string{"debug", "info", "warn", "error"},
				Doc:    "The least important kind of message that is written. No level writes prompts, answers or keys.",
				field:  func(d *draft, _ place) any { return &d.Log.Level },
			},
			{
				Key: "log.file", Type: Path, Default: "", Unset: "standard error", Trust: UserOnly,
				Doc:   "The file to which messages are written.",
				field: func(d *draft, _ place) any { return &d.Log.File },
			},
		}},
	}
}

func sending() []group {
	return []group{
		{"What is sent", []Setting{
			{
				Key: "context.windowTokens", Type: Int, Auto: true, Default: WindowTokens{Max: 95_000}, Min: 500, Max: 1_000_000,
				Trust: LowerOnly,
				Doc:   "The upper bound of a prompt, in model tokens. Some models price the whole request higher above 100,000 tokens, so a greater number gets a warning that says what a full prompt costs. With `auto` the server measures the link and takes the largest size that costs no more than a fifth of the time until an answer begins, up to the number that held before.",
				field: func(d *draft, _ place) any { return &d.Context.WindowTokens },
			},
			{
				Key: "context.exclude", Type: List, Default: []string{}, Max: 10_000, Trust: LowerOnly,
				Doc:   "Patterns of files that are never sent, in the form of `.gitignore` and beside `.gitignore` and `.claude-lsp-ignore`. The patterns of all sources add up. A pattern that takes an exclusion back (`!name`) counts in your own file and the environment alone.",
				field: func(d *draft, _ place) any { return &d.Context.Exclude },
			},
			{
				Key: "context.prewarm", Type: Bool, Default: true, Trust: LowerOnly,
				Doc:   "Whether the unchanging part of a prompt is sent ahead, so that it is cached before the first keystroke needs it: when a document is opened or saved, or is changed again after a pause, at most once in five minutes. It costs what the first request would cost in its place; for a document that is opened and never completed in, that is spent in vain.",
				field: func(d *draft, _ place) any { return &d.Context.Prewarm },
			},
			{
				Key: "context.gzip", Type: Choice, Default: "auto", Bools: true, Trust: Editor,
				Values: []string{"auto", "always", "never"},
				Doc:    "Whether requests are compressed. With `auto` they are for the first party and for loopback addresses. A server that cannot read them gets them as they are.",
				field:  func(d *draft, _ place) any { return &d.Context.Gzip },
			},
			{
				Key: "redact.allow", Type: List, Default: []string{}, Max: 10_000, Trust: UserOnly,
				Doc:   "Rules and files that are let through although they look like secrets: ids of rules such as `github-token`, or patterns of paths such as `fixtures/*.pem`. What the text of such a file holds is replaced all the same. A change counts from the next start.",
				field: func(d *draft, _ place) any { return &d.Redact.Allow },
			},
		}},
		{"Money and disk", []Setting{
			{
				Key: "budget.dailyUSD", Type: Number, Default: 0.0, Max: 1e6, Trust: LowerOnly,
				Unset: "no limit",
				Doc:   "How much may be spent on one day, in US dollars, by all editors of the machine together. Nothing is cached ahead from 70 % on, prompts are small from 80 % on, only asking by hand is answered from 95 % on, and nothing paid is asked when the next request does not fit, until midnight. 0 is no limit.",
				field: func(d *draft, _ place) any { return &d.Budget.DailyUSD },
			},
			{
				Key: "cache.maxMB", Type: Int, Default: 256, Max: 1 << 20, Trust: Editor,
				Doc:   "How much of the disk may be used for what only helps, in megabytes: answers, which serve the very same question again and take at most a quarter of it; what is known of the workspaces' files; the last decisions, which `claude-lsp why` tells, and how long requests took by day. 0 keeps nothing but what was spent, and deletes what there is. `claude-lsp purge` removes all.",
				field: func(d *draft, _ place) any { return &d.Cache.MaxMB },
			},
			{
				Key: "metrics.listen", Type: Listen, Default: "", Unset: "nowhere", Trust: UserOnly,
				Doc:   "The loopback address at which Prometheus can read the server's figures, such as `127.0.0.1:9464`: see [metrics.md](metrics.md). Nothing is counted for it while it is not set.",
				field: func(d *draft, _ place) any { return &d.Metrics.Listen },
			},
		}},
	}
}

func reaching() []group {
	const millisecond, tenMinutes = 0.001, 600
	standby := func(d *draft, at place) *Endpoint {
		return element(&d.Claude.Standby, at, Endpoint{Credentials: Credentials{Source: SourceEnv}})
	}
	return []group{
		{"Claude", append([]Setting{
			{
				Key: "claude.baseURL", Type: URL, Default: "", Unset: "Anthropic's own address", Trust: UserOnly, AlsoEnv: "ANTHROPIC_BASE_URL",
				Doc:   "Where the Messages API answers. A key is sent over https or to this machine alone. An address that cannot be understood stops the requests instead of sending them elsewhere.",
				field: func(d *draft, _ place) any { return &d.Claude.BaseURL },
			},
			{
				Key: "claude.timeouts.connect", Type: Duration, Default: 2 * time.Second, Min: millisecond, Max: tenMinutes, Trust: Editor,
				Doc:   "How long making a connection may take.",
				field: func(d *draft, _ place) any { return &d.Claude.Timeouts.Connect },
			},
			{
				Key: "claude.timeouts.firstByte", Type: Duration, Default: 10 * time.Second, Min: millisecond, Max: tenMinutes, Trust: Editor,
				Doc:   "How long the first byte of an answer may take.",
				field: func(d *draft, _ place) any { return &d.Claude.Timeouts.FirstByte },
			},
			{
				Key: "claude.timeouts.total", Type: Duration, Default: 20 * time.Second, Min: millisecond, Max: tenMinutes, Trust: Editor,
				Doc:   "How long a whole answer may take.",
				field: func(d *draft, _ place) any { return &d.Claude.Timeouts.Total },
			},
			{
				Key: "claude.hedge", Type: Bool, Default: false, Trust: LowerOnly,
				Doc:   "Whether a request that is slower than 95 of 100 before it is also sent to the first standby. The faster answer counts, and both are paid for. See [steadiness.md](steadiness.md).",
				field: func(d *draft, _ place) any { return &d.Claude.Hedge },
			},
			{
				Key: "claude.standby", Type: Tables, Max: 16, Unset: "none", Trust: UserOnly,
				Doc:   "Where to ask when the first address is not well, in this order: when it answers with a 5xx or 529, or cannot be reached. See [steadiness.md](steadiness.md).",
				field: func(d *draft, _ place) any { return &d.Claude.Standby },
			},
			{
				Key: "claude.standby[].baseURL", Type: URL, Unset: "Anthropic's own address", Trust: UserOnly,
				Doc:   "As `claude.baseURL`, for this standby.",
				field: func(d *draft, at place) any { return &standby(d, at).BaseURL },
			},
			{
				Key: "claude.standby[].model", Type: Text, Unset: "the same model", Trust: UserOnly,
				Doc:   "The model's id at this standby.",
				field: func(d *draft, at place) any { return &standby(d, at).Model },
			},
		}, credentials("claude.standby[].credentials", func(d *draft, at place) *Credentials { return &standby(d, at).Credentials })...)},
		{"Credentials", credentials("credentials", func(d *draft, _ place) *Credentials { return &d.Credentials })},
	}
}

// credentials are the rows for one source of keys: the first endpoint and each
// standby have one.
func credentials(prefix string, of func(*draft, place) *Credentials) []Setting {
	vault := func(d *draft, at place) *Vault { return &of(d, at).Vault }
	rows := []Setting{
		{
			Key: ".source", Type: Choice, Default: "env", Values: []string{"env", "file", "command", "keyring", "vault"},
			Doc:   "Where the key comes from: the environment, a file, a command's output, the keyring of the operating system, or HashiCorp Vault (see [docs/keys.md](keys.md)). No setting holds the key itself.",
			field: func(d *draft, at place) any { return &of(d, at).Source },
		},
		{
			Key: ".kind", Type: Choice, Unset: "`apiKey`, and `bearer` for `ANTHROPIC_AUTH_TOKEN`", Values: []string{"apiKey", "bearer"},
			Doc:   "How the key is sent: in the header `x-api-key`, as keys of the Console are, or as `Authorization: Bearer`, as many gateways want it.",
			field: func(d *draft, at place) any { return &of(d, at).Kind },
		},
		{
			Key: ".variable", Type: Text, Unset: "`ANTHROPIC_API_KEY`, then `ANTHROPIC_AUTH_TOKEN`",
			Doc:   "The environment variable that holds the key, for the source `env`.",
			field: func(d *draft, at place) any { return &of(d, at).Variable },
		},
		{
			Key: ".file", Type: Path, Unset: "none",
			Doc:   "The file that holds the key and nothing else, for the source `file`. It is refused when others can read it.",
			field: func(d *draft, at place) any { return &of(d, at).File },
		},
		{
			Key: ".command", Type: List, Max: 100, Unset: "none",
			Doc:   "The program that prints the key, and its arguments, for the source `command`. No shell is involved.",
			field: func(d *draft, at place) any { return &of(d, at).Command },
		},
		{
			Key: ".vault.address", Type: URL, Unset: "`VAULT_ADDR`",
			Doc:   "Where Vault answers.",
			field: func(d *draft, at place) any { return &vault(d, at).Address },
		},
		{
			Key: ".vault.namespace", Type: Text, Unset: "`VAULT_NAMESPACE`",
			Doc:   "The namespace in Vault.",
			field: func(d *draft, at place) any { return &vault(d, at).Namespace },
		},
		{
			Key: ".vault.caFile", Type: Path, Unset: "`VAULT_CACERT`, else the system's",
			Doc:   "The file of certificates by which Vault is known, in PEM.",
			field: func(d *draft, at place) any { return &vault(d, at).CAFile },
		},
		{
			Key: ".vault.auth", Type: Choice, Unset: "`token`", Values: []string{"token", "approle", "kubernetes"},
			Doc:   "How to log in to Vault.",
			field: func(d *draft, at place) any { return &vault(d, at).Auth },
		},
		{
			Key: ".vault.authMount", Type: Text, Unset: "the method's own name",
			Doc:   "The path at which the login method is mounted.",
			field: func(d *draft, at place) any { return &vault(d, at).AuthMount },
		},
		{
			Key: ".vault.role", Type: Text, Unset: "none",
			Doc:   "The role to log in as, for `kubernetes`.",
			field: func(d *draft, at place) any { return &vault(d, at).Role },
		},
		{
			Key: ".vault.tokenFile", Type: Path, Unset: "`VAULT_TOKEN`, else `~/.vault-token`; the pod's own for `kubernetes`",
			Doc:   "The file that holds the token, for `token` and `kubernetes`.",
			field: func(d *draft, at place) any { return &vault(d, at).TokenFile },
		},
		{
			Key: ".vault.roleIDFile", Type: Path, Unset: "none",
			Doc:   "The file that holds the role id, for `approle`.",
			field: func(d *draft, at place) any { return &vault(d, at).RoleIDFile },
		},
		{
			Key: ".vault.secretIDFile", Type: Path, Unset: "none",
			Doc:   "The file that holds the secret id, for `approle`.",
			field: func(d *draft, at place) any { return &vault(d, at).SecretIDFile },
		},
		{
			Key: ".vault.path", Type: Text, Unset: "none",
			Doc:   "The path of the secret, with its mount, such as `secret/data/anthropic`.",
			field: func(d *draft, at place) any { return &vault(d, at).Path },
		},
		{
			Key: ".vault.field", Type: Text, Unset: "`key`",
			Doc:   "The field of the secret that holds the key.",
			field: func(d *draft, at place) any { return &vault(d, at).Field },
		},
	}
	for i := range rows {
		r := &rows[i]
		r.Key, r.Trust = prefix+r.Key, UserOnly
	}
	return rows
}

func choosing() []group {
	model := func(d *draft, at place) *Model { return entryOf(d.models, at, Model{Provider: ProviderClaude}) }
	rule := func(d *draft, at place) *Rule { return element(&d.Rules, at, Rule{When: WhenAlways}) }
	return []group{
		{"Local fill-in-the-middle server", []Setting{
			{
				Key: "fim.url", Type: URL, Default: "", Unset: "none", Trust: UserOnly, Later: true,
				Doc:   "Where the server answers.",
				field: func(d *draft, _ place) any { return &d.FIM.URL },
			},
			{
				Key: "fim.dialect", Type: Choice, Unset: "found out by asking the server", Trust: UserOnly, Later: true,
				Values: []string{"llama.cpp", "ollama", "openai"},
				Doc:    "Which protocol the server speaks.",
				field:  func(d *draft, _ place) any { return &d.FIM.Dialect },
			},
			{
				Key: "fim.model", Type: Text, Default: "", Unset: "the server's own choice", Trust: UserOnly, Later: true,
				Doc:   "The model that the server is asked for.",
				field: func(d *draft, _ place) any { return &d.FIM.Model },
			},
		}},
		{"Several models", []Setting{
			{
				Key: "models.<name>.provider", Type: Choice, Default: "claude", Trust: UserOnly, Later: true,
				Values: []string{"claude", "embedded", "fim"},
				Doc:    "Who answers for a model of your own naming. The name is compared as language ids are.",
				field:  func(d *draft, at place) any { return &model(d, at).Provider },
			},
			{
				Key: "models.<name>.model", Type: Text, Unset: "the provider's default", Trust: UserOnly, Later: true,
				Doc:   "The provider's id of the model.",
				field: func(d *draft, at place) any { return &model(d, at).Model },
			},
			{
				Key: "models.<name>.baseURL", Type: URL, Unset: "the provider's address", Trust: UserOnly, Later: true,
				Doc:   "Where the model is asked.",
				field: func(d *draft, at place) any { return &model(d, at).BaseURL },
			},
			{
				Key: "models.<name>.maxTokens", Type: Int, Min: 1, Max: 8192, Unset: "`completion.maxTokens`", Trust: UserOnly, Later: true,
				Doc:   "As `completion.maxTokens`, for this model.",
				field: func(d *draft, at place) any { return &model(d, at).MaxTokens },
			},
			{
				Key: "models.<name>.windowTokens", Type: Int, Min: 500, Max: 1_000_000, Unset: "`context.windowTokens`", Trust: UserOnly, Later: true,
				Doc:   "As `context.windowTokens`, for this model.",
				field: func(d *draft, at place) any { return &model(d, at).WindowTokens },
			},
			{
				Key: "rules", Type: Tables, Max: 1000, Unset: "none", Trust: UserOnly, Later: true,
				Doc:   "Which model is used where. The first rule that fits a document and a request counts.",
				field: func(d *draft, _ place) any { return &d.Rules },
			},
			{
				Key: "rules[].languages", Type: List, Max: 1000, Unset: "every language", Trust: UserOnly, Later: true,
				Doc:   "The languages the rule is for, by their ids.",
				field: func(d *draft, at place) any { return &rule(d, at).Languages },
			},
			{
				Key: "rules[].files", Type: List, Max: 1000, Unset: "every file", Trust: UserOnly, Later: true,
				Doc:   "The files the rule is for, as patterns in the form of `.gitignore`.",
				field: func(d *draft, at place) any { return &rule(d, at).Files },
			},
			{
				Key: "rules[].when", Type: Choice, Default: "always", Values: []string{"always", "invoked", "automatic"}, Trust: UserOnly, Later: true,
				Doc:   "Which requests the rule is for: those the user asked for, those that came of typing, or both.",
				field: func(d *draft, at place) any { return &rule(d, at).When },
			},
			{
				Key: "rules[].use", Type: Text, Unset: "`model`", Trust: UserOnly, Later: true,
				Doc:   "The model to use: a name of your own or a provider's id.",
				field: func(d *draft, at place) any { return &rule(d, at).Use },
			},
		}},
	}
}
