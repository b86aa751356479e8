package dialect

import (
	"slices"
	"strings"
)

// englishStopWords are those of PostgreSQL's configuration english (tsearch_data/english.stop).
var englishStopWords = strings.Fields(`i me my myself we our ours ourselves you your yours yourself yourselves he him his
	himself she her hers herself it its itself they them their theirs themselves what which who whom this that these
	those am is are was were be been being have has had having do does did doing a an the and but if or because as until
	while of at by for with about against between into through during before after above below to from up down in out on
	off over under again further then once here there when where why how all any both each few more most other some such
	no nor not only own same so than too very s t can will just don should now`)

// IsEnglish reports whether a text search configuration is that of English.
func IsEnglish(language string) bool {
	return language == "english" || language == "pg_catalog.english"
}

// WithoutStopWords returns the query as an engine needs it that has no stop words: words and phrases are left out that
// PostgreSQL ignores in the language, and stop words at both ends of phrases. A phrase keeps those between its words.
func (q *TextQuery) WithoutStopWords(language string) TextQuery {
	w := TextQuery{Text: q.Text}
	isStop := func(word string) bool {
		word = strings.TrimFunc(word, func(r rune) bool { return !hasWords(string(r)) })
		return IsEnglish(language) && slices.Contains(englishStopWords, strings.ToLower(word))
	}
	for _, args := range q.Any {
		var all []TextArg
		for _, a := range args {
			first := slices.IndexFunc(a.Words, func(word string) bool { return !isStop(word) })
			if first < 0 {
				continue
			}
			a.Words = a.Words[first:]
			for !a.Prefix && isStop(a.Words[len(a.Words)-1]) {
				a.Words = a.Words[:len(a.Words)-1]
			}
			all = append(all, a)
		}
		if len(all) > 0 {
			w.Any = append(w.Any, all)
		}
	}
	return w
}
