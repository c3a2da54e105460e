package embedded

import "strings"

// keywords are the words that never stand for each other, as names do: those
// that most languages reserve, and the literals and types that read like them.
// That one of them is an ordinary name in some language costs nothing but a
// match.
var keywords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`
		if else elif elsif elseif unless then fi end begin do done for foreach while until loop repeat in of is not and or
		switch case default match when select break continue fallthrough goto return yield defer go await async throw throws raise
		try catch except finally rescue ensure with as
		func function fn def fun sub proc lambda class struct interface trait impl enum union type typedef module namespace package
		import from use using require include export extern var let const val mut static final abstract virtual override
		public private protected internal new delete this self super nil null none None true false True False undefined
		void int uint string bool boolean float double char byte rune any object map chan range error
		where local global nonlocal pass assert typeof instanceof sizeof pub crate mod ref move
	`) {
		m[w] = true
	}
	return m
}()
