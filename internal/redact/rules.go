package redact

import (
	"regexp"
	"strings"
)

// A rule knows one kind of secret. Rules are data: adding a kind is adding an
// entry to the table, with an example that the tests run.
type rule struct {
	id       string   // the kind, as the placeholder names it
	keywords []string // lower case, two bytes or more; one of them begins the match, in either case
	pattern  string   // what must stand at the keyword; group 1, where there is one, is the secret
	inWord   bool     // the keyword may follow a letter or digit
	generic  bool     // told by its surroundings: gives way to a rule that knows the kind

	// find takes the place of pattern where an expression would be too slow or
	// cannot say it. It returns the secret as text[from:to], empty for none.
	find func(text string, at int) (from, to int)

	example string // text with exactly one secret of this kind; made up
	re      *regexp.Regexp
}

// reach is how far a pattern looks at first. Expressions get a short text
// because the matcher's cost has a part that grows with the text it is given.
const reach = 512

// match returns the secret whose keyword stands at text[at:], or an empty
// range.
func (r *rule) match(text string, at int) (from, to int) {
	if !r.inWord && !startsWord(text, at) {
		return 0, 0
	}
	if r.find != nil {
		from, to = r.find(text, at)
	} else {
		from, to = r.matchPattern(text, at)
	}
	if strings.HasPrefix(text[from:to], marker) {
		return 0, 0 // cleaned before
	}
	return from, to
}

func (r *rule) matchPattern(text string, at int) (from, to int) {
	for limit := reach; ; limit *= 8 {
		rest := text[at:]
		if len(rest) > limit {
			rest = rest[:limit]
		}
		m := r.re.FindStringSubmatchIndex(rest)
		if m == nil {
			return 0, 0
		}
		if m[1] == len(rest) && len(rest) == limit {
			continue // cut short by the limit: the rest of the secret must go too
		}
		if len(m) > 2 && m[2] >= 0 {
			return at + m[2], at + m[3]
		}
		return at + m[0], at + m[1]
	}
}

// startsWord reports whether text[at] begins a word. What an escape such as
// \n or %3D ends in does not count as a letter before it.
func startsWord(text string, at int) bool {
	if at == 0 || !isAlnum(text[at-1]) {
		return true
	}
	if at >= 2 && text[at-2] == '\\' {
		return true
	}
	return at >= 3 && text[at-3] == '%'
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// Made-up tails for the examples. The examples are put together from pieces
// so that no scanner takes this file for a leak.
const (
	fake16  = "FAKE2FAKE3FAKE4F"
	fake20  = "Fake0Fake1Fake2Fake3"
	fake35  = fake20 + "Fake4Fake5Fake6"
	fake36  = fake35 + "x"
	fake40  = fake20 + fake20
	hex32   = "0123456789abcdef" + "0123456789abcdef"
	fakePEM = "TUFERS1VUC1UTy1URVNULU5PVC1BLUtFWS1BVC1BTEwtSlVTVC1GQUtFMDAwMDAw"
)

// rules is the first set. Sources: what each provider documents about the form
// of its keys. Where a form is not documented the length is a lower bound.
var rules = []rule{
	{
		id: "anthropic-key", keywords: []string{"sk-ant-"}, pattern: `sk-ant-[\w-]{20,}`,
		example: "sk-" + "ant-api03-" + fake40,
	},
	{
		id: "openai-key", keywords: []string{"sk-"},
		pattern: `sk-(?:(?:proj|svcacct|admin|None)-[\w-]{20,}|\w{20}T3BlbkFJ\w{20,}|[A-Za-z0-9]{48,})`,
		example: "sk-" + "proj-" + fake40,
	},
	{
		id: "openrouter-key", keywords: []string{"sk-or-v1-"}, pattern: `sk-or-v1-[0-9a-f]{32,}`,
		example: "sk-" + "or-v1-" + hex32 + hex32,
	},
	{
		id: "github-token", keywords: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"},
		pattern: `(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})`,
		example: "gh" + "p_" + fake36,
	},
	{
		id: "gitlab-token", keywords: []string{"glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "gloas-", "glsoat-", "glft-", "glagent-", "glimt-"},
		pattern: `gl(?:pat|dt|rt|ptt|cbt|oas|soat|ft|agent|imt)-[\w.-]{20,}`,
		example: "gl" + "pat-" + fake20,
	},
	{
		id: "slack-token", keywords: []string{"xoxa-", "xoxb-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xoxc-", "xoxd-", "xapp-"},
		pattern: `(?:xox[abcdeoprs][.-][\w%.-]{10,}|xapp-\d-\w+-\d+-\w+)`,
		example: "xo" + "xb-1234567890-" + fake20,
	},
	{
		id: "slack-webhook", keywords: []string{"hooks.slack.com/"},
		pattern: `hooks\.slack\.com/(?:services|workflows|triggers)/([\w/+-]{20,})`,
		example: "https://hooks.slack" + ".com/services/T00000000/B00000000/" + fake20,
	},
	{
		id: "aws-access-key", keywords: []string{"akia", "asia", "abia", "acca"},
		pattern: `(A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16})(?:[^A-Za-z0-9]|$)`,
		example: "AK" + "IA" + fake16,
	},
	{
		id: "google-key", keywords: []string{"aiza"}, pattern: `(AIza[\w-]{35})(?:[^\w-]|$)`,
		example: "AI" + "za" + fake35,
	},
	{
		id: "google-oauth", keywords: []string{"gocspx-", "ya29."}, pattern: `(?:GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,})`,
		example: "GOC" + "SPX-" + fake35,
	},
	{
		id: "stripe-key", keywords: []string{"sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_", "whsec_"},
		pattern: `(?:[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{24,})`,
		example: "sk" + "_live_" + fake20,
	},
	{id: "npm-token", keywords: []string{"npm_"}, pattern: `npm_[A-Za-z0-9]{36,}`, example: "np" + "m_" + fake36},
	{
		id: "pypi-token", keywords: []string{"pypi-"}, pattern: `pypi-AgE[\w-]{50,}`,
		example: "py" + "pi-AgEIcHlwaS5vcmc" + fake40 + fake20,
	},
	{id: "huggingface-token", keywords: []string{"hf_"}, pattern: `hf_[A-Za-z0-9]{34,}`, example: "h" + "f_" + fake36},
	{
		id: "digitalocean-token", keywords: []string{"dop_v1_", "doo_v1_", "dor_v1_"}, pattern: `do[opr]_v1_[0-9a-f]{64}`,
		example: "do" + "p_v1_" + hex32 + hex32,
	},
	{
		id: "sendgrid-key", keywords: []string{"sg."}, pattern: `SG\.[\w-]{16,32}\.[\w-]{32,64}`,
		example: "S" + "G." + fake20 + "ab." + fake40 + "abc",
	},
	{id: "vault-token", keywords: []string{"hvs.", "hvb.", "hvr."}, pattern: `hv[sbr]\.[\w-]{24,}`, example: "hv" + "s." + fake36},
	{id: "docker-token", keywords: []string{"dckr_pat_", "dckr_oat_"}, pattern: `dckr_[po]at_[\w-]{24,}`, example: "dckr" + "_pat_" + fake36},
	{id: "databricks-token", keywords: []string{"dapi"}, pattern: `dapi[0-9a-f]{32}(?:-\d)?`, example: "da" + "pi" + hex32},
	{
		id: "shopify-token", keywords: []string{"shpat_", "shpca_", "shppa_", "shpss_"}, pattern: `shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}`,
		example: "sh" + "pat_" + hex32,
	},
	{id: "grafana-token", keywords: []string{"glsa_", "glc_"}, pattern: `(?:glsa_\w{32,}|glc_[A-Za-z0-9+/]{32,}=*)`, example: "gl" + "sa_" + fake40},
	{id: "groq-key", keywords: []string{"gsk_"}, pattern: `gsk_[A-Za-z0-9]{40,}`, example: "gs" + "k_" + fake40},
	{id: "telegram-token", keywords: []string{":aa"}, inWord: true, find: findTelegram, example: "1234567890" + ":AA" + fake35[:33]},
	{
		id: "azure-key", keywords: []string{"accountkey=", "sharedaccesskey="}, inWord: true,
		pattern: `(?i:accountkey|sharedaccesskey)=([A-Za-z0-9+/]{40,}=*)`, example: "Account" + "Key=" + fake40 + fake40 + "==",
	},
	{
		id: "age-key", keywords: []string{"age-secret-key-"}, pattern: `(?i)age-secret-key-1[0-9a-z]{58}`,
		example: "AGE-SECRET" + "-KEY-1" + "QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
	},
	{
		id: "jwt", keywords: []string{"eyj"}, pattern: `eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}`,
		example: "ey" + "J" + fake20 + ".ey" + "J" + fake20 + "." + fake20,
	},
	{
		id: "bearer", keywords: []string{"bearer ", "bearer%20"}, generic: true, find: findBearer,
		example: "Authorization: Bear" + "er a1B2c3D4e5F6g7H8i9J0k1L2",
	},
	{
		id: "private-key", keywords: []string{"private key"}, find: findPrivateKey,
		example: "-----BEGIN RSA PRIV" + "ATE KEY-----\n" + fakePEM + "\n" + fakePEM + "\n-----END RSA PRIV" + "ATE KEY-----",
	},
	{
		id: "url-password", keywords: []string{"://"}, inWord: true, generic: true, find: findURLPassword,
		example: "postgres://app:" + "fAk3-pa55" + "@db.example/x",
	},
	{
		id: "secret", keywords: []string{
			"passw", "pwd", "passphrase", "secret", "token", "credential",
			"api_key", "apikey", "api-key", "access_key", "accesskey", "access-key", "auth_key", "authkey",
			"private_key", "privatekey", "encryption_key", "encryptionkey", "signing_key", "signingkey", "master_key", "masterkey",
			"account_key", "accountkey",
		}, inWord: true, generic: true, find: findAssigned,
		example: `client_` + `secret = "q7Zk2mX9vB4tR8wL1nC6"`,
	},
}

// compile makes the expressions of the rules. A program that sends nothing
// never needs them.
func compile(rules []rule) []rule {
	for i := range rules {
		if rules[i].find == nil {
			rules[i].re = regexp.MustCompile(`^(?:` + rules[i].pattern + `)`)
		}
	}
	return rules
}
