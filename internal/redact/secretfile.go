package redact

import (
	"slices"
	"strings"
)

// SecretFile reports whether the file at path is one that holds secrets, to
// judge by its name and the folders it stands in: such a file is never read
// into a window, and gets no completions unless the user allows it.
//
// The path may be absolute or relative and use either slash; case does not
// matter. Names that are samples by their last extension (.env.example) and
// public halves of keys (id_ed25519.pub) are no secrets.
func SecretFile(path string) bool {
	path = strings.ToLower(strings.ReplaceAll(path, `\`, "/"))
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return false
	}
	if slices.Contains(parts[:len(parts)-1], ".gnupg") {
		return true
	}
	// Windows opens ".env." and ".env::$DATA" as ".env".
	name, _, _ := strings.Cut(parts[len(parts)-1], "::$")
	name = strings.TrimRight(name, ". ")
	parent := ""
	if len(parts) > 1 {
		parent = parts[len(parts)-2]
	}
	return secretName(name) || secretIn(parent, name)
}

// sampleSuffixes end the names of files that are made to be published.
var sampleSuffixes = []string{".example", ".sample", ".template", ".pub"}

// secretNames are whole names of files that programs keep credentials in.
var secretNames = []string{
	"kubeconfig", "kubeconfig.yaml", "kubeconfig.yml", "kubeconfig.json",
	".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".dockercfg",
	".git-credentials", ".htpasswd", ".vault-token", ".s3cfg", ".boto", ".terraformrc",
	"credentials.json", "credentials.tfrc.json", "application_default_credentials.json",
	"secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml",
}

// secretSuffixes end the names of keys, key stores and states with secrets.
var secretSuffixes = []string{
	".pem", ".key", ".p12", ".pfx", ".pkcs12", ".jks", ".keystore", ".ppk", ".keytab",
	".kdbx", ".age", ".gpg", ".ovpn", ".kubeconfig",
	".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup",
}

// secretPrefixes begin such names whatever follows.
var secretPrefixes = []string{".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"}

// secretJSON begin the names of downloaded cloud credentials, in JSON alone:
// service-account.go is code.
var secretJSON = []string{"service-account", "service_account", "serviceaccount", "client_secret"}

func secretName(name string) bool {
	has := func(list []string, match func(name, part string) bool) bool {
		return slices.ContainsFunc(list, func(part string) bool { return match(name, part) })
	}
	switch {
	case has(sampleSuffixes, strings.HasSuffix):
		return false
	case slices.Contains(secretNames, name):
		return true
	case has(secretSuffixes, strings.HasSuffix), has(secretPrefixes, strings.HasPrefix):
		return true
	}
	return strings.HasSuffix(name, ".json") && has(secretJSON, strings.HasPrefix)
}

// secretIn knows names that are secret in one folder and ordinary elsewhere.
func secretIn(parent, name string) bool {
	switch parent {
	case ".kube", ".docker":
		return name == "config" || name == "config.json"
	case ".aws", ".gem", ".cargo":
		return strings.TrimSuffix(name, ".toml") == "credentials"
	case "gh":
		return name == "hosts.yml"
	case "gcloud":
		return name == "credentials.db" || name == "access_tokens.db"
	case ".ssh":
		return name != "config" && !strings.HasPrefix(name, "known_hosts") && !strings.HasSuffix(name, ".pub")
	}
	return false
}
