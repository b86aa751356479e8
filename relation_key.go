package prom

import (
	"errors"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// keyIndex numbers the different keys of a column as they come, and finds them again. Two keys are the same when the database takes
// them for the same.
type keyIndex struct {
	values []schema.Value
	ints   map[int64]int
	texts  map[string]int
	text   func(v schema.Value) string // nil for kinds that are numbers
}

// newKeyIndex returns an index of keys of a column's kind, of which about n are expected.
func newKeyIndex(d dialect.Dialect, c *schema.Column, n int) *keyIndex {
	x := &keyIndex{values: make([]schema.Value, 0, n)}
	switch c.Kind {
	case schema.Text, schema.Decimal, schema.UUID, schema.JSON:
		x.text = schema.Value.Text
		if c.NoCase {
			fold := foldAll
			if d.Features().NoCaseASCII {
				fold = foldASCII
			}
			x.text = func(v schema.Value) string { return fold(v.Text()) }
		}
	case schema.Bytes:
		x.text = func(v schema.Value) string { return string(v.Bytes()) }
	}
	if x.text != nil {
		x.texts = make(map[string]int, n)
	} else {
		x.ints = make(map[int64]int, n)
	}
	return x
}

// add returns the number of a key, or -1 for NULL.
func (x *keyIndex) add(v schema.Value) int {
	if v.IsNull() {
		return -1
	}
	next := len(x.values)
	if x.text != nil {
		text := x.text(v)
		if at, ok := x.texts[text]; ok {
			return at
		}
		x.texts[text] = next
	} else {
		if at, ok := x.ints[v.Int()]; ok {
			return at
		}
		x.ints[v.Int()] = next
	}
	x.values = append(x.values, v)
	return next
}

// find returns the number of a key that the database found to be one of those that were added.
func (x *keyIndex) find(v schema.Value) (int, error) {
	at, ok := 0, false
	if x.text != nil {
		at, ok = x.texts[x.text(v)]
	} else {
		at, ok = x.ints[v.Int()]
	}
	if !ok {
		return 0, errors.New("the database takes two keys for equal that are different texts; give both sides of the reference the same one")
	}
	return at, nil
}

func (x *keyIndex) len() int                 { return len(x.values) }
func (x *keyIndex) value(i int) schema.Value { return x.values[i] }

// foldASCII makes texts equal that differ in the case of A to Z.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// foldAll makes texts equal that differ in case: by way of the capitals, for letters that have one capital and two small forms.
func foldAll(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// grouped sorts a list by the numbers of the groups that its elements belong to, n in all, and returns it with its parts. Within a
// group the order stays.
func grouped[T any](list []T, group []int, n int) (sorted []T, parts [][]T) {
	ends := make([]int, n+1)
	for _, g := range group {
		ends[g+1]++
	}
	for g := range n {
		ends[g+1] += ends[g]
	}
	sorted = list
	if !slices.IsSorted(group) {
		sorted = make([]T, len(list))
		next := slices.Clone(ends)
		for i, g := range group {
			sorted[next[g]] = list[i]
			next[g]++
		}
	}
	parts = make([][]T, n)
	for g := range parts {
		parts[g] = sorted[ends[g]:ends[g+1]:ends[g+1]]
	}
	return sorted, parts
}
