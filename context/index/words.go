package index

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Identifiers shorter or longer than this say nothing, or were made by a machine.
const (
	minWord = 2
	maxWord = 64
)

// maxWords bounds the words that are kept of one file.
const maxWords = 1 << 14

// Hash returns the number that stands for a word. Two words of the same number
// are taken for one, which costs a little of a ranking's quality and no more.
func Hash(word string) uint32 {
	h := uint32(2166136261)
	for i := range len(word) {
		h = (h ^ uint32(word[i])) * 16777619
	}
	return h
}

// HashFold returns Hash of a word in lower case; what is not ASCII stays.
func HashFold(word string) uint32 {
	h := uint32(2166136261)
	for i := range len(word) {
		h = (h ^ uint32(lower(word[i]))) * 16777619
	}
	return h
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// Identifiers yields the names in a text, keywords and the words of comments
// among them, each with its place in bytes.
func Identifiers(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := 0; i < len(text); {
			if !inName(text[i]) {
				i++
				continue
			}
			from := i
			for i < len(text) && inName(text[i]) {
				i++
			}
			if c := text[from]; '0' <= c && c <= '9' {
				continue
			}
			if !yield(from, text[from:i]) {
				return
			}
		}
	}
}

func inName(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
}

// Parts yields the parts that an identifier is made of, as they are written:
// HTTPServer_v2 has HTTP, Server and v2.
func Parts(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		from := 0
		for i := 0; i <= len(name); i++ {
			switch {
			case i == len(name) || name[i] == '_':
			case i > from && upper(name[i]) && !upper(name[i-1]):
			case i > from && upper(name[i]) && i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z':
			default:
				continue
			}
			if i > from && !yield(name[from:i]) {
				return
			}
			from = i
			if i < len(name) && name[i] == '_' {
				from++
			}
		}
	}
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

// words counts the words of a text.
func words(text string) []Word {
	counts := make(map[uint32]uint16, min(len(text)/32, maxWords))
	add := func(h uint32) {
		if n, ok := counts[h]; n < 1<<16-1 && (ok || len(counts) < maxWords) {
			counts[h] = n + 1
		}
	}
	for _, name := range Identifiers(text) {
		if len(name) < minWord || len(name) > maxWord {
			continue
		}
		whole := Hash(name)
		add(whole)
		for part := range Parts(name) {
			if h := HashFold(part); h != whole && len(part) >= minWord {
				add(h)
			}
		}
	}
	list := make([]Word, 0, len(counts))
	for h, n := range counts {
		list = append(list, Word{h, n})
	}
	slices.SortFunc(list, func(a, b Word) int {
		if a.Hash < b.Hash {
			return -1
		}
		return 1
	})
	return list
}

// Count returns how often a word occurs in the file.
func (e *Entry) Count(hash uint32) int {
	i, ok := slices.BinarySearchFunc(e.Words, hash, func(w Word, h uint32) int {
		switch {
		case w.Hash < h:
			return -1
		case w.Hash > h:
			return 1
		}
		return 0
	})
	if !ok {
		return 0
	}
	return int(e.Words[i].Count)
}

// last returns what stands behind the last separator.
func last(s string, sep byte) string { return s[strings.LastIndexByte(s, sep)+1:] }
