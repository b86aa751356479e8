package jsontext

import (
	"strings"
	"unicode"
)

// Merge returns the text of a stored document with a change, and leaves the rest of it as it is. The change is that
// from one text to another, of which a Go type wrote the first when it had read the document, and so knows less of
// it: keys that the type lacks stay, and numbers that it rounds keep their digits.
//
// An element of a list is the stored one if it was in the list before, or if it was changed where it stands. The
// others of a list that became longer or shorter are as they are given.
func Merge(stored, was, now string) string {
	s, ok1 := parse(stored)
	w, ok2 := parse(was)
	n, ok3 := parse(now)
	if !ok1 || !ok2 || !ok3 {
		return now
	}
	return merge(&s, &w, &n)
}

func merge(stored, was, now *node) string {
	switch {
	case was.doc() == now.doc():
		return stored.doc()
	case stored.object() && was.object() && now.object():
		return mergeObjects(stored, was, now)
	case stored.list() && was.list() && now.list() && len(stored.elems) == len(was.elems):
		return mergeLists(stored, was, now)
	}
	return now.doc()
}

func mergeObjects(stored, was, now *node) string {
	result := node{text: "{", changed: true}
	kept := make(map[string]bool, len(now.members)) // keys that the document has
	var others map[string]string                    // see folds
	for _, m := range stored.members {
		key := m.key
		if was.member(key) == nil && now.member(key) == nil {
			// encoding/json does not heed the case of a key that has a field.
			if others == nil {
				others = folds(stored, was, now)
			}
			if k, ok := others[folded(key)]; ok {
				key = k
			}
		}
		before, after := was.member(key), now.member(key)
		kept[key] = true
		switch {
		case after != nil && before != nil:
			m.value = node{text: merge(&m.value, before, after)}
		case after != nil:
			m.value = *after
		case before != nil:
			continue // it was removed
		}
		result.members = append(result.members, m)
	}
	for _, m := range now.members {
		// What a type writes of a key that the document lacks is no change until it changes.
		if before := was.member(m.key); !kept[m.key] && (before == nil || before.doc() != m.value.doc()) {
			result.members = append(result.members, m)
		}
	}
	return result.doc()
}

// folds returns the keys of was and now that the stored document lacks, by what they are without heed of case: those
// may be meant by a key of it that differs in case only.
func folds(stored, was, now *node) map[string]string {
	keys := map[string]string{}
	for _, n := range []*node{was, now} {
		for i := range n.members {
			k := n.members[i].key
			if _, taken := keys[folded(k)]; !taken && stored.member(k) == nil {
				keys[folded(k)] = k
			}
		}
	}
	return keys
}

// folded returns a text that is the same for texts that strings.EqualFold finds equal.
func folded(key string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, key)
}

func mergeLists(stored, was, now *node) string {
	before, after, from := was.elems, now.elems, 0
	for len(before) > 0 && len(after) > 0 && before[0].doc() == after[0].doc() { // the same at the start
		before, after, from = before[1:], after[1:], from+1
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1].doc() == after[len(after)-1].doc() { // and at the end
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	places := make(map[string][]int, len(before)) // in before, by their texts
	for i := range before {
		places[before[i].doc()] = append(places[before[i].doc()], i)
	}
	moved, taken := make([]int, len(after)), make([]bool, len(before))
	for i := range after {
		moved[i] = -1
		if list := places[after[i].doc()]; len(list) > 0 {
			moved[i], places[after[i].doc()] = list[0], list[1:]
			taken[list[0]] = true
		}
	}
	result := node{text: "[", changed: true}
	for i := range now.elems {
		elem := now.elems[i]
		switch j := i - from; {
		case j < 0:
			elem = stored.elems[i]
		case j >= len(after):
			elem = stored.elems[len(stored.elems)-len(now.elems)+i]
		case moved[j] >= 0:
			elem = stored.elems[from+moved[j]]
		case len(before) == len(after) && !taken[j]:
			elem = node{text: merge(&stored.elems[i], &before[j], &after[j])}
		}
		result.elems = append(result.elems, elem)
	}
	return result.doc()
}
