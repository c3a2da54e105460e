package model

// Limits are what a service said of its limits when it last answered. A Limit
// of which it said nothing is zero.
type Limits struct {
	Requests Limit
	Input    Limit // tokens of prompts, without those that were read from a cache
	Output   Limit // tokens of answers
}

// A Limit is one of them. It is filled up again all the time, at a rate of Max a
// minute.
type Limit struct {
	Max  int // a minute
	Left int // at the moment of the answer; a service may round it
}
