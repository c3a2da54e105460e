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
	if parent == "templates" && strings.HasPrefix(name, "secret") {
		return false // of a chart: it says where the secrets come from
	}
	return secretName(name) || secretIn(parent, name)
}

// sampleSuffixes end the names of files that are made to be published.
var sampleSuffixes = []string{".example", ".sample", ".template", ".dist", ".pub"}

// secretNames are whole names of files that programs keep credentials in, and
// of what shells and databases remember of what was typed.
var secretNames = []string{
	"kubeconfig", "kubeconfig.yaml", "kubeconfig.yml", "kubeconfig.json", ".dockercfg", ".dockerconfigjson",
	".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf", ".htpasswd", ".htdigest",
	".git-credentials", ".vault-token", ".vault_pass", ".vault_pass.txt", ".s3cfg", ".boto", ".terraformrc", "terraform.rc",
	"credentials.json", "credentials.tfrc.json", "credentials.csv", "credentials.xml", "application_default_credentials.json",
	"rootkey.csv", "accesskeys.csv", "google-services.json", "googleservice-info.plist",
	"secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml", "secrets.env", "secrets.properties", "secrets.ini", "secrets.enc",
	"secret.yml", "secret.yaml", "secret.json", "secret.toml", "credentials.yml.enc", "master.key",
	"local.settings.json", "wp-config.php", "filezilla.xml", "sitemanager.xml", "recentservers.xml", ".remote-sync.json", ".ftpconfig", "sftp-config.json",
	"keystore.properties", "key.properties", ".cargo-credentials", "shadow", "gshadow", ".rhosts", ".fetchmailrc", ".msmtprc", ".muttrc",
	".bash_history", ".zsh_history", ".zhistory", ".sh_history", ".ash_history", "fish_history", ".history", "consolehost_history.txt",
	".python_history", ".node_repl_history", ".psql_history", ".mysql_history", ".sqlite_history", ".rediscli_history", ".irb_history", ".lesshst",
	".mongorc.js", ".dbshell", ".viminfo", ".wgetrc", ".curlrc", "logins.json", "key4.db", "login data", "cookies.sqlite",
}

// secretSuffixes end the names of keys, key stores and states with secrets.
var secretSuffixes = []string{
	".pem", ".key", ".p12", ".pfx", ".pkcs12", ".p8", ".pk8", ".jks", ".jceks", ".bks", ".keystore", ".ppk", ".keytab",
	".kdb", ".kdbx", ".psafe3", ".1pif", ".agilekeychain", ".keychain", ".keychain-db", ".age", ".gpg", ".ovpn", ".kubeconfig", ".publishsettings", ".rdp",
	".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup", ".mobileprovision", ".env", ".vault", ".jwk",
}

// secretPrefixes begin such names whatever follows.
var secretPrefixes = []string{".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_xmss", "ssh_host_"}

// secretJSON begin the names of downloaded cloud credentials, in JSON alone:
// service-account.go is code.
var secretJSON = []string{
	"service-account", "service_account", "serviceaccount", "client_secret", "client-secret", "gcp-key", "gcloud-key", "gcp-credentials", "gcloud-service-key", "google-credentials",
}

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
	return strings.HasSuffix(name, ".json") && (has(secretJSON, strings.HasPrefix) || strings.Contains(name, "firebase-adminsdk"))
}

// secretIn knows names that are secret in one folder and ordinary elsewhere.
func secretIn(parent, name string) bool {
	switch parent {
	case ".kube", ".docker":
		return name == "config" || name == "config.json"
	case ".aws", ".gem", ".cargo", ".oci", ".aliyun":
		return strings.TrimSuffix(name, ".toml") == "credentials" || parent == ".aws" && name == "config" || parent == ".oci" && name == "config"
	case "gh", "hub", "glab-cli":
		return name == "hosts.yml" || name == "config.yml" && parent == "glab-cli"
	case "gcloud":
		return name == "credentials.db" || name == "access_tokens.db"
	case ".azure":
		return strings.HasPrefix(name, "accesstokens") || strings.HasPrefix(name, "msal_token_cache") || name == "azureprofile.json"
	case ".m2", ".gradle":
		return name == "settings.xml" || name == "settings-security.xml" || name == "gradle.properties"
	case ".ssh":
		return name != "config" && !strings.HasPrefix(name, "known_hosts") && !strings.HasSuffix(name, ".pub")
	case "containers", "composer", ".composer":
		return name == "auth.json"
	case ".bundle":
		return name == "config"
	case "secrets", ".secrets":
		return !strings.Contains(name, ".") // a mounted secret has no extension
	}
	return false
}
