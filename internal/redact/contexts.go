package redact

// contextRules know secrets by what stands round them.
var contextRules = []rule{
	{
		id: "private-key", keywords: []string{"private key"}, find: findPrivateKey,
		example: "-----BEGIN RSA PRIVATE KEY-----\nMII{w61}\n{w64}\n{w64}\n-----END RSA PRIVATE KEY-----",
	},
	{
		id: "kubernetes-secret", keywords: []string{"kind:"}, generic: true, find: findKubernetes,
		example: "kind: Secret\nmetadata:\n  name: x\ndata:\n  value: {w32}",
	},
	{
		id: "jwt", keywords: []string{"ey"}, find: findJWT,
		example: "eyJ{w20}.eyJ{w30}.{w43}",
	},
	{
		// A token once more in base64: all begin with {" and a field's name.
		id: "jwt-base64", keywords: []string{"zxlk"}, pattern: `ZXlK(?:[\w+/-]|\\[^nrt"'\s]){30,}={0,2}`, example: "ZXlK{w80}",
	},
	{
		id: "bearer", keywords: []string{"bearer ", "bearer%20"}, generic: true, find: findBearer,
		example: "Authorization: Bearer {w26}",
	},
	{
		id: "basic-auth", keywords: []string{"basic "}, generic: true, find: findBasic,
		example: "Authorization: Basic {w30}==",
	},
	{
		id: "curl-user", keywords: []string{"-u ", "-u=", "-u'", `-u"`, "--user ", "--user="}, generic: true, find: findCurlUser,
		example: "curl -u me:{w20} https://api.example.com",
	},
	{
		id: "curl-header", keywords: []string{"authorization:", "authorization: "}, generic: true, surprise: sure,
		pattern: `(?i:authorization):[ \t]*(?:(?i:token|api-token)[ \t]+)?([\w=~@.+/-]{8,400})["'` + "`" + `]`,
		example: `-H "Authorization: {w24}"`,
	},
	{
		id: "url-password", keywords: []string{"://"}, inWord: true, generic: true, find: findURLPassword,
		example: "postgres://app:{w12}@db.example/x",
	},
	{
		id: "azure-key", keywords: []string{"accountkey=", "sharedaccesskey="}, inWord: true,
		pattern: `(?i:accountkey|sharedaccesskey)=([A-Za-z0-9+/]{40,}=*)`,
		example: "Endpoint=sb://x.example/;SharedAccessKey={w43}=",
	},
	{
		id: "home", keywords: []string{"/home/", "/users/", `\users\`}, find: findHome, inWord: true,
		example: "/home/{w8}/src/main.go",
	},
	{
		id: "secret", keywords: []string{
			"passw", "pwd", "passphrase", "secret", "token", "credential", "creds",
			"api_key", "apikey", "api-key", "access_key", "accesskey", "access-key", "auth_key", "authkey", "auth-key",
			"private_key", "privatekey", "private-key", "encryption_key", "encryptionkey", "encryption-key", "signing_key", "signingkey", "signing-key",
			"master_key", "masterkey", "master-key", "license_key", "licensekey", "license-key",
			"account_key", "accountkey", "client_id", "clientid", "client-id", "auth", "_key", "-key", "key", "access_token",
		}, inWord: true, generic: true, find: findAssigned,
		example: `client_secret = "q7Z{w18}9x"`,
	},
	{id: "service-key", keywords: services, inWord: true, generic: true, find: findService, example: `TWITCH_MAIN={x30}`},
}
