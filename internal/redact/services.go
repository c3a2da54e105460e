package redact

// services are names of services whose keys have no mark of their own: only
// the name that a key is given to says what it is.
var services = []string{
	"adafruit", "adobe", "adyen", "airtable", "algolia", "alibaba", "aliyun", "amplitude", "artifactory", "asana", "atlassian", "auth0", "beamer",
	"bintray", "bitbucket", "bittrex", "braintree", "buildkite", "circleci", "cloudflare", "cloudinary", "codecov", "cohere", "co_api_key", "coinbase",
	"confluence", "confluent", "contentful", "datadog", "discord", "droneci", "dropbox", "etsy", "facebook", "fastly", "finicity", "finnhub",
	"flickr", "freshbooks", "gitter", "gocardless", "heroku", "honeycomb", "hubspot", "intercom", "jfrog", "jira", "kraken", "kucoin",
	"launchdarkly", "linear", "linkedin", "linked_in", "linked-in", "lob", "looker", "mailchimp", "mailgun", "mailjet", "mapbox", "mattermost",
	"meraki", "messagebird", "message_bird", "message-bird", "mixpanel", "netlify", "new_relic", "new-relic", "newrelic",
	"newyorktimes", "new-york-times", "nytimes", "okta", "pagerduty", "paypal", "plaid", "privateai", "private_ai", "private-ai", "pusher", "rapidapi",
	"rollbar", "sendbird", "sentry", "snyk", "sonar", "spotify", "squarespace", "sumo", "telegram", "travis", "trello", "twilio", "twitch",
	"twitter", "typeform", "vercel", "xray", "yandex", "zendesk", "zoom",
}

// findService takes a random-looking word, or a long number, that is given to
// a name of which a service's name is a part.
func findService(text string, at int) (from, to int) {
	if at > 0 && !startsPart(text, at) {
		return 0, 0 // "blob" is no key of lob
	}
	a, ok := valueAt(text, at)
	if !ok {
		return 0, 0
	}
	value := text[a.from:a.to]
	if !isRandom(value, sure) && !isAccount(value) || !isPlain(value) {
		return 0, 0
	}
	return a.from, a.to
}

// startsPart reports whether a word of a name begins at text[at]: at its
// start, behind a sign, or with a capital behind a small letter.
func startsPart(text string, at int) bool {
	return startsWord(text, at) || class(text[at]) == 'A' && class(text[at-1]) == 'a'
}

// isAccount reports whether value is the number of an account at a service.
func isAccount(value string) bool {
	for i := range len(value) {
		if class(value[i]) != '0' {
			return false
		}
	}
	return 15 <= len(value) && len(value) <= 20
}
