package jsontext

import "strings"

// Merge returns the text of a stored document with a change, and leaves the rest of it as it is. The change is that from one text to
// another, of which a Go type wrote the first when it had read the document, and so knows less of it: keys that the type lacks stay, and
// numbers that it rounds keep their digits.
//
// An element of a list is the stored one if it was in the list before, or if it was changed where it stands. The others of a list
// that became longer or shorter are as they are given.
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
	case was.text == now.text:
		return stored.text
	case stored.object() && was.object() && now.object():
		return mergeObjects(stored, was, now)
	case stored.list() && was.list() && now.list() && len(stored.elems) == len(was.elems):
		return mergeLists(stored, was, now)
	}
	return now.text
}

func mergeObjects(stored, was, now *node) string {
	result := node{text: "{"}
	kept := make(map[string]bool, len(now.members)) // keys that the document has
	for _, m := range stored.members {
		key := m.key
		if was.member(key) == nil && now.member(key) == nil {
			// encoding/json does not heed the case of a key that has a field.
			key = fold(key, stored, was, now)
		}
		before, after := was.member(key), now.member(key)
		kept[key] = true
		switch {
		case after != nil && before != nil:
			m.value.text = merge(&m.value, before, after)
		case after != nil:
			m.value.text = after.text
		case before != nil:
			continue // it was removed
		}
		result.members = append(result.members, m)
	}
	for _, m := range now.members {
		// What a type writes of a key that the document lacks is no change until it changes.
		if before := was.member(m.key); !kept[m.key] && (before == nil || before.text != m.value.text) {
			result.members = append(result.members, m)
		}
	}
	return result.write()
}

// fold returns the key of was or now that is meant by one of the stored document, when it differs in case only.
func fold(key string, stored, was, now *node) string {
	for _, n := range []*node{was, now} {
		for i := range n.members {
			if k := n.members[i].key; strings.EqualFold(k, key) && stored.member(k) == nil {
				return k
			}
		}
	}
	return key
}

func mergeLists(stored, was, now *node) string {
	from, to := 0, 0 // what is the same at the start and at the end
	for from < len(was.elems) && from < len(now.elems) && was.elems[from].text == now.elems[from].text {
		from++
	}
	for from+to < len(was.elems) && from+to < len(now.elems) && was.elems[len(was.elems)-1-to].text == now.elems[len(now.elems)-1-to].text {
		to++
	}
	before, after := was.elems[from:len(was.elems)-to], now.elems[from:len(now.elems)-to]
	places := make(map[string][]int, len(before)) // in before, by their texts
	for i := range before {
		places[before[i].text] = append(places[before[i].text], i)
	}
	moved, taken := make([]int, len(after)), make([]bool, len(before))
	for i := range after {
		moved[i] = -1
		if list := places[after[i].text]; len(list) > 0 {
			moved[i], places[after[i].text] = list[0], list[1:]
			taken[list[0]] = true
		}
	}
	result := node{text: "["}
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
			elem.text = merge(&stored.elems[i], &before[j], &after[j])
		}
		result.elems = append(result.elems, elem)
	}
	return result.write()
}
