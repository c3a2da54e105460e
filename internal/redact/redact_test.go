package redact

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// fake draws the same n characters of an alphabet each time, in an order that
// looks like none.
func fake(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[(i*i*7+i*11+5)%len(alphabet)]
	}
	return string(b)
}

// Made-up tails for tests.
var (
	fake20  = fake(alphabets['w'], 20)
	fake36  = fake(alphabets['w'], 36)
	fakePEM = "TUFERS1VUC1UTy1URVNULU5PVC1BLUtFWS1BVC1BTEwtSlVTVC1GQUtFMDAwMDAw"
)

func placeholder(id string) string {
	return anonymous.placeholder("", &rule{id: id}, "")
}

// Every rule finds its own example, wherever it stands, and names its kind.
func TestRulesFindTheirExamples(t *testing.T) {
	around := []struct{ name, before, after string }{
		{"alone", "", ""},
		{"in a string", `x := "`, `"` + "\n"},
		{"in a call", "f('", "')"},
		{"after an escape", `"\n`, `\n"`},
		{"on a line of its own", "a\r\n", "\r\nb"},
		{"in a list", "[ ", " , 1]"},
	}
	for i := range rules {
		r := &rules[i]
		example := r.fill(fake)
		for _, a := range around {
			if slices.Contains([]string{"secret", "private-key", "curl-header", "curl-user"}, r.id) && (a.name == "in a string" || a.name == "in a call" || a.name == "after an escape") {
				continue // the example has quotes, blanks or lines of its own
			}
			if r.id == "kubernetes-secret" && a.name != "alone" && a.name != "on a line of its own" {
				continue // a manifest is a file
			}
			text := a.before + example.Text + a.after
			clean, n := Text(text)
			if n != 1 || strings.Count(clean, placeholder(r.id)) != 1 {
				t.Errorf("%s, %s: %d secrets in %q:\n%s", r.id, a.name, n, text, clean)
			}
			if !strings.HasPrefix(clean, a.before) || !strings.HasSuffix(clean, a.after) {
				t.Errorf("%s, %s: text beside the secret changed:\n%s", r.id, a.name, clean)
			}
			if again, _ := Text(text); again != clean {
				t.Errorf("%s: the same text gave %q and %q", r.id, clean, again)
			}
		}
	}
}

func TestText(t *testing.T) {
	// § stands for the one secret that must go; a line without it must stay as it is.
	const random = "q7Zk2mX9vB4tR8wL1nC6"
	tests := []struct{ name, text, secret, kind string }{
		{"Go", `apiKey := "§"`, random, "secret"},
		{"Go constant with a type", `const authToken string = "§"`, random, "secret"},
		{"Rust", `static API_KEY: &'static str = "§";`, random, "secret"},
		{"TypeScript", "private accessToken: string = `§`", random, "secret"},
		{"JSON", `{"client_secret": "§"}`, random, "secret"},
		{"YAML", `  aws_secret_access_key: '§'`, random, "secret"},
		{"PHP array", `'secret' => '§',`, random, "secret"},
		{"index", `env["API_TOKEN"] = "§"`, random, "secret"},
		{"two arguments", `os.Setenv("SERVICE_TOKEN", "§")`, random, "secret"},
		{"call", `client.withToken("§")`, random, "secret"},
		{"comparison", `if token == "§" {`, random, "secret"},
		{"Python bytes", `SECRET_KEY = b"§"`, random, "secret"},
		{"a UUID as key", `api_key = "§"`, "3f2b8c1d-94e7-4a60-b5d2-7c8e1f0a9b36", "secret"},
		{"password of a person", `password = "§"`, "pa55-Wo7d!", "secret"},
		{"line of an environment", "SERVICE_TOKEN=§", random, "secret"},
		{"YAML without quotes", "  apiToken: §", random, "secret"},
		{"password in YAML without quotes", "  password: §", "pa55-Wo7d!", "secret"},
		{"properties", "db.password = §", "pa55-Wo7d!", "secret"},
		{"connection string", `"Server=db;User Id=sa;Password=§;Timeout=5"`, "pa55Wo7d", "secret"},
		{"connection string of keys", "host=db password=§ dbname=x", "pa55Wo7d", "secret"},
		{"XML", "<password>§</password>", random, "secret"},
		{"XML attributes", `<add key="ClearTextPassword" value="§" />`, "pa55-Wo7d!", "secret"},
		{"string in a string", `{"body": "{\"token\": \"§\"}"}`, random, "secret"},
		{"header", `-H "X-Api-Key: §"`, random, "secret"},
		{"name of a service", "DATADOG_PROD=§", "0a9b" + "8c7d6e5f40312233445566778899aabbccdd", "service-key"},
		{"name of a service in camel case", `const myTwitchId = "§"`, "k3f9a2m4pq7x8z6y5w1v0u2t3s4r5q", "service-key"},
		{"password in a URL", "redis://:§@cache:6379/0", "fAk3-pa55", "url-password"},
		{"user and password in a URL", "https://me:§@git.example/x.git", "fAk3-pa55", "url-password"},
		{"a kind is named before its surroundings", `token = "§"`, "gh" + "p_" + fake36, "github-token"},
		{"key after a percent escape", "k%3D§&x=1", "gh" + "p_" + fake36, "github-token"},
		{"a token longer than the first look", "§ end", "sk-" + "ant-" + strings.Repeat(fake20, 100), "anthropic-key"},

		{"a name alone", `token := os.Getenv("API_TOKEN")`, "", ""},
		{"a call without quotes", "password = b64decode(x)", "", ""},
		{"a name without quotes", "token: nextToken2", "", ""},
		{"a version behind a name", "github.com/x/aes-key-wrap, v0.0.0-20170929221519-1c3aa3e4dfc5", "", ""},
		{"a public key's token", `publicKeyToken="89845dcd8080cc91"`, "", ""},
		{"a service inside another word", `blob = "0a9b8c7d6e5f40312233445566778899aabbccdd"`, "", ""},
		{"a number", `token = "12345678901234567890e5"`, "", ""},
		{"a word that begins like one", `tokenizer = "cl100k_base_v2_4f9a8b7c"`, "", ""},
		{"an address", `token_url = "https://example.com/oauth2/v1/token9x8y7z"`, "", ""},
		{"a stand-in", `password: "your-password-123"`, "", ""},
		{"a name in a string", `secretName: "my-app-secret-v2"`, "", ""},
		{"words", `token = "invalid_grant_type_2"`, "", ""},
		{"camel case", `secret = "UserTokenProviderFactoryV2"`, "", ""},
		{"template", `password = "${DB_PASSWORD_1}"`, "", ""},
		{"format", `url := "postgres://%s:%s@%s/db"`, "", ""},
		{"variable in a URL", "https://$USER:$TOKEN@host/", "", ""},
		{"host and port", "http://localhost:8080/a@b", "", ""},
		{"documented password", "mysql://root:password@localhost/x", "", ""},
		{"CSS class", `class="sk-spinner-three-bounce-item-child-first"`, "", ""},
		{"inside a word", "xgh" + "p_" + fake36, "", ""},
		{"hash", `sha = "0123456789abcdef0123456789abcdef"`, "", ""},
		{"headers of a key without one", "strings.Index(s, \"-----BEGIN PRIV" + "ATE KEY-----\")\nx := strings.Index(s, \"-----END PRIV" + "ATE KEY-----\")", "", ""},
		{"certificate", "-----BEGIN CERTIFICATE-----\n" + fakePEM + "\n-----END CERTIFICATE-----", "", ""},
		{"empty", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(tt.text, "§", tt.secret, 1)
			want, wantN := text, 0
			if tt.secret != "" {
				want, wantN = strings.Replace(tt.text, "§", placeholder(tt.kind), 1), 1
			}
			got, n := Text(text)
			if got != want || n != wantN {
				t.Errorf("Text(%q)\n got %q, %d\nwant %q, %d", text, got, n, want, wantN)
			}
			if Count(got) != n {
				t.Errorf("Count(%q) = %d, want %d", got, Count(got), n)
			}
		})
	}
}

func TestPrivateKeyBlocks(t *testing.T) {
	const begin, end = "-----BEGIN OPENSSH PRIV" + "ATE KEY-----", "-----END OPENSSH PRIV" + "ATE KEY-----"
	hidden := placeholder("private-key")
	tests := []struct{ name, text, want string }{
		{
			"keeps its line breaks",
			"a\n" + begin + "\r\n" + fakePEM + "\r\n" + fakePEM + "\r\n" + end + "\nb",
			"a\n" + begin + "\r\n" + hidden + "\r\n\r\n" + end + "\nb",
		},
		{"in one string", `k = "` + begin + `\n` + fakePEM + `\n` + end + `"`, `k = "` + begin + hidden + end + `"`},
		{"its end was cut off", begin + "\n" + fakePEM + "\n" + fakePEM[:20], begin + "\n" + hidden + "\n"},
		{"its beginning was cut off", fakePEM[40:] + "\n" + fakePEM + "\n" + end + "\nb", hidden + "\n\n" + end + "\nb"},
		{
			"encrypted",
			begin + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + fakePEM + "\n" + fakePEM + "\n" + end,
			begin + "\n" + hidden + "\n\n\n\n\n" + end,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, n := Text(tt.text)
			if strings.TrimRight(got, "\n") != strings.TrimRight(tt.want, "\n") || n != 1 {
				t.Errorf("%d secrets\n got %q\nwant %q", n, got, tt.want)
			}
			if a, b := strings.Count(got, "\n"), strings.Count(tt.text, "\n"); a != b {
				t.Errorf("%d line breaks became %d", b, a)
			}
		})
	}
}

func TestHasPlaceholder(t *testing.T) {
	whole := placeholder("github-token")
	for _, text := range []string{whole, "x = \"" + whole + "\"", whole[:len(whole)-9]} {
		if !HasPlaceholder(text) {
			t.Errorf("HasPlaceholder(%q) = false", text)
		}
	}
	for _, text := range []string{"", "REDACTED", "REDACTED_SECRET"} {
		if HasPlaceholder(text) {
			t.Errorf("HasPlaceholder(%q) = true", text)
		}
	}
}

func TestSecretFile(t *testing.T) {
	secret := []string{
		".env", "a/.ENV", ".env.local", ".env.production", ".envrc", `C:\work\.Env`, ".env.", "x/.env::$DATA",
		"tls/server.pem", "SERVER.KEY", "a.p12", "a.pfx", "a.jks", "release.keystore", "keys.kdbx", "s.age",
		"id_rsa", "id_rsa_work", "id_ed25519", "/home/u/.ssh/deploy", "/home/u/.gnupg/private-keys-v1.d/x",
		"prod.tfvars", "prod.auto.tfvars.json", "terraform.tfstate", "terraform.tfstate.backup",
		"kubeconfig", "dev.kubeconfig", "/home/u/.kube/config", ".netrc", "_netrc", ".npmrc", ".pypirc",
		".git-credentials", "/home/u/.aws/credentials", ".docker/config.json", "credentials.json",
		"service-account.json", "service-account-prod.json", "service_account.json", ".htpasswd", "config/secrets.yml",
		"file:///home/u/.env", "prod.env", "k8s/secrets.enc", "secret.yaml", ".vault-token", ".pgpass", ".dockerconfigjson", "master.key", "AuthKey_X.p8",
		"release.jks", "debug.keystore", "keys.kdb", "id_ecdsa", "ssh_host_ed25519_key", "client_secret_123.apps.json", "my-firebase-adminsdk-x1.json",
		"gcp-key.json", "local.settings.json", "wp-config.php", "key.properties", "site.publishsettings", "credentials.csv", "rootkey.csv",
		".bash_history", ".zsh_history", ".python_history", "/home/u/.local/share/fish/fish_history", ".psql_history", ".mylogin.cnf", "shadow",
		"/home/u/.cargo/credentials.toml", "/home/u/.config/gh/hosts.yml", "/home/u/.config/gcloud/access_tokens.db", "/home/u/.azure/msal_token_cache.json",
		"/home/u/.m2/settings.xml", "/home/u/.gradle/gradle.properties", "/home/u/.config/containers/auth.json", "/home/u/.oci/config", "/run/secrets/db_password",
	}
	ordinary := []string{
		"", "/", ".", "main.go", ".env.example", ".env.sample", ".env.template", ".env.local.example", "env.js", "environment.ts",
		"id_rsa.pub", "/home/u/.ssh/config", "/home/u/.ssh/known_hosts", "keyboard.go", "key.go", "kubeconfig.go",
		"service-account.go", "credentials.go", "config", "config.json", "secrets.go", "pem.go", "dotenv/.env/readme.md",
		"charts/app/templates/secret.yaml", "history.go", "secrets/load.py", "gradle.properties", "settings.xml", "auth.json", "phpunit.xml.dist", ".yarnrc.yml",
		"src/secrets/index.ts", "shadow.css", "keyring.go", "vault.go", "master.keys.md", "terraform.tfvars.example", "aws/credentials.ts", "npmrc.md",
	}
	for _, path := range secret {
		if !SecretFile(path) {
			t.Errorf("SecretFile(%q) = false", path)
		}
	}
	for _, path := range ordinary {
		if SecretFile(path) {
			t.Errorf("SecretFile(%q) = true", path)
		}
	}
}

// FuzzText: what was cleaned is clean, line breaks stay, and every secret in
// the seeds goes whatever stands round it.
func FuzzText(f *testing.F) {
	for i := range rules {
		example := rules[i].fill(fake).Text
		f.Add(example)
		f.Add(`token = "` + example + `",` + "\r\n" + example + example)
	}
	f.Add("-----BEGIN PRIV" + "ATE KEY-----\n" + fakePEM + "-----END ")
	f.Fuzz(func(t *testing.T, text string) {
		clean, n := Text(text)
		if again, m := Text(clean); again != clean || m != 0 {
			t.Fatalf("%d more secrets in cleaned text\n was %q\n now %q", m, clean, again)
		}
		if (n == 0) != (clean == text) {
			t.Fatalf("%d secrets, and %q became %q", n, text, clean)
		}
		if (n > 0) != HasPlaceholder(clean) && !HasPlaceholder(text) {
			t.Fatalf("%d secrets and no placeholder in %q", n, clean)
		}
		for _, eol := range []string{"\n", "\r"} {
			if a, b := strings.Count(text, eol), strings.Count(clean, eol); a != b {
				t.Fatalf("%d of %q became %d", a, eol, b)
			}
		}
		if utf8.ValidString(text) && !utf8.ValidString(clean) {
			t.Fatalf("a rune of %q was cut: %q", text, clean)
		}
		SecretFile(text)
	})
}
