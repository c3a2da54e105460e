package redact

import (
	"math"
	"strings"
)

// isRandom reports whether value looks drawn at random rather than written by
// a person: letters and digits in an order that words, names and versions do
// not have. It is tuned for few false alarms. Want is how sure it has to be,
// in the unit of surprise.
func isRandom(value string, want int) bool {
	if len(value) < 9 {
		return false
	}
	letters, digits := 0, 0
	for i := range len(value) {
		switch class(value[i]) {
		case 'a', 'A':
			letters++
		case '0':
			digits++
		}
	}
	switch {
	case isUUID(value):
		return true
	case letters < 2 || letters+digits < 9:
		return false
	case digits == 0:
		want = max(want, verySure)
	case value[0] == '0' && hasFold(value, "0x"), value[0] == '-' && hasFold(value, "-0x"):
		return false // a number
	}
	return surprise(value) >= want && entropy(value) >= 2.7
}

// The two ways to be sure: sure where a name and quotes say already that a
// secret is likely, very sure where less is known.
const (
	sure     = 8
	verySure = 18
)

// surprise compares two sources that value may come from: names as they stand
// in code, and keys as machines draw them (hexadecimal, letters and digits,
// base64). It is twice the logarithm of how much likelier the second one is,
// pair of characters by pair. Code is below 0 but for few names; a key of 20
// characters or more is nearly always above 12.
func surprise(value string) (sum int) {
	for i := 1; i < len(value); i++ {
		sum += int(pairs[symbols[value[i-1]]][symbols[value[i]]]) - 'j'
		if class(value[i-1]) == 'a' && class(value[i]) == 'A' {
			sum++
		}
	}
	return sum
}

// pairs has the surprise of each pair of symbols: 'j' is none, a letter more
// is one more. Counted over the names in the sources of Go and of seven
// projects in other languages, and over keys of seven alphabets.
var pairs = [28]string{
	"mjhhnlgninkeffngnefeiikjjnof",
	"jnlnknmoijohlmimojjmhnnpjoog",
	"hnlmimkgjoggjleknhigijmolonf",
	"jlljgllmgmnikkhklhhjikjkkomf",
	"hkhhjjhkinlfgejhideekhifjnnd",
	"knmmkjlogpphllhlpijiinnolpng",
	"kmjmfmljgpokligloiikknnoonnf",
	"gnmlgmonhpollmilokkiionpmpph",
	"iigghhhomomggdfhniffliojpioi",
	"lpookoppnpopopmoppjpmopppprl",
	"kmmmgmknipommllmomjmlonpopnh",
	"flkheilmfplgmlfknlhhhllojong",
	"fjkhflnmhnnjilggomijimnnmonf",
	"glgffhfmhmjjkjgknlgeijlnlnpf",
	"higglijmjmjgfehfoehhgihlnopg",
	"fmijfllkipkhjmghnfhgimlnlpof",
	"oonnppppoppnmpponmnphooppopk",
	"fkhidjhmfpijhifknhgghjlnhone",
	"glgkekkgfoiijkhhkjfdglkmgnnd",
	"ekhjdjlfeomiikfilfghhllkgmkd",
	"jhjkgkjohpohifminhhgonokpnmj",
	"gmklgkmnipnlknmjmmjkmmlmoomi",
	"inlmjnomippmlkjmoikmnnloppqi",
	"kmkmklonkpnnmnlionlhnlnmnpjh",
	"mmkllmnnlpnkjjlgpmhjnonponqh",
	"mooohpppmppooonppponooooonrl",
	"oooomnqpprqonppprpoppmrjrrkh",
	"fgdffffhfjjffgffifefhghjmlhf",
}

// symbols has the row of a byte in pairs: letters in either case, then digits,
// then all others.
var symbols = func() (s [256]uint8) {
	for i := range s {
		switch c := byte(i); class(c) {
		case 'a':
			s[i] = c - 'a'
		case 'A':
			s[i] = c - 'A'
		case '0':
			s[i] = 26
		default:
			s[i] = 27
		}
	}
	return s
}()

// class sorts bytes into digits '0', small letters 'a', capitals 'A' and all
// others '-'.
func class(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return '0'
	case 'a' <= c && c <= 'z':
		return 'a'
	case 'A' <= c && c <= 'Z':
		return 'A'
	}
	return '-'
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && strings.IndexByte("0123456789abcdefABCDEF", s[i]) < 0 {
			return false
		}
	}
	return true
}

// entropy is the Shannon entropy of s in bits a byte.
func entropy(s string) float64 {
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
