package core

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// keyIndex numbers the different keys of a column as they come, and finds them again. Two keys are the same when the
// database takes them for the same.
type keyIndex struct {
	values []schema.Value
	ints   map[int64]int
	texts  map[string]int
	text   func(v schema.Value) string // nil for kinds that are numbers
	same   *textClasses                // of texts that the database compares by a collation; nil for others
}

// newKeyIndex returns an index of keys of a column's kind, of which about n are expected.
func newKeyIndex(d dialect.Dialect, c *schema.Column, n int) *keyIndex {
	x := &keyIndex{values: make([]schema.Value, 0, n)}
	switch c.Kind {
	case schema.Text, schema.Decimal, schema.UUID, schema.JSON:
		x.text = schema.Value.Text
		if c.NoCase {
			if d.Features().NoCaseASCII {
				x.text = func(v schema.Value) string { return foldASCII(v.Text()) }
			} else {
				x.same = &textClasses{}
				x.text = func(v schema.Value) string { return x.same.of(v.Text()) }
			}
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
	var at int
	var ok bool
	if x.text != nil {
		at, ok = x.texts[x.text(v)]
	} else {
		at, ok = x.ints[v.Int()]
	}
	if !ok {
		return 0, errors.New("the collation of the column treats two different keys as equal; store the same text on both sides of the reference")
	}
	return at, nil
}

// rowKeys is a [keyIndex] of keys that may have several parts.
type rowKeys struct {
	parts  []*keyIndex
	tuples map[string]int   // of several parts, by the numbers of these
	values [][]schema.Value // of several parts
	buf    []byte
}

func newRowKeys(d dialect.Dialect, cols []*schema.Column, n int) *rowKeys {
	k := &rowKeys{parts: make([]*keyIndex, len(cols))}
	for i, c := range cols {
		k.parts[i] = newKeyIndex(d, c, n)
	}
	if len(cols) > 1 {
		k.tuples = make(map[string]int, n)
	}
	return k
}

// add returns the number of a key, or -1 when a part is NULL. The key may be used again.
func (k *rowKeys) add(key []schema.Value) int {
	if len(key) == 1 {
		return k.parts[0].add(key[0])
	}
	k.buf = k.buf[:0]
	for i, v := range key {
		part := k.parts[i].add(v)
		if part < 0 {
			return -1
		}
		k.buf = binary.AppendUvarint(k.buf, uint64(part))
	}
	if at, ok := k.tuples[string(k.buf)]; ok {
		return at
	}
	k.tuples[string(k.buf)] = len(k.values)
	k.values = append(k.values, slices.Clone(key))
	return len(k.values) - 1
}

// find returns the number of a key, as [keyIndex.find] does.
func (k *rowKeys) find(key []schema.Value) (int, error) {
	if len(key) == 1 {
		return k.parts[0].find(key[0])
	}
	k.buf = k.buf[:0]
	for i, v := range key {
		part, err := k.parts[i].find(v)
		if err != nil {
			return 0, err
		}
		k.buf = binary.AppendUvarint(k.buf, uint64(part))
	}
	at, ok := k.tuples[string(k.buf)]
	if !ok {
		return 0, errors.New("the database returned a row that was not requested")
	}
	return at, nil
}

func (k *rowKeys) len() int {
	if k.tuples == nil {
		return len(k.parts[0].values)
	}
	return len(k.values)
}

func (k *rowKeys) value(i, part int) schema.Value {
	if k.tuples == nil {
		return k.parts[0].values[i]
	}
	return k.values[i][part]
}

// keysOf returns what columns of owners hold, each key once, and the place of each owner's, -1 when a part of it is
// NULL.
func keysOf(ctx context.Context, b *binding, of *owners, cols []*schema.Column) (*rowKeys, []int, error) {
	n := len(of.values)
	keys, places := newRowKeys(b.db.Dialect(), cols, n), make([]int, n)
	var key []schema.Value
	var err error
	if keys.collated() {
		all := make([][]schema.Value, n)
		for i := range all {
			if all[i], err = of.key(nil, i, cols); err != nil {
				return nil, nil, ErrorOf("load", b.table, err)
			}
		}
		if err := keys.learn(ctx, b, b.table.Name, cols, all); err != nil {
			return nil, nil, err
		}
	}
	for i := range places {
		if key, err = of.key(key[:0], i, cols); err != nil {
			return nil, nil, ErrorOf("load", b.table, err)
		}
		places[i] = keys.add(key)
	}
	return keys, places, nil
}

// findRow returns the number of the key that columns of a row hold.
func findRow(keys *rowKeys, plan *scan.Plan, row unsafe.Pointer, cols []*schema.Column) (int, error) {
	var buf [4]schema.Value
	key, err := keyParts(buf[:0], plan, row, cols)
	if err != nil {
		return 0, err
	}
	return keys.find(key)
}

// learnRows has keys learn those that rows hold, before they are looked for.
func learnRows(ctx context.Context, keys *rowKeys, b *binding, plan *scan.Plan, rows scan.List,
	cols []*schema.Column) error {
	if !keys.collated() {
		return nil
	}
	m := plan.Memory()
	all := make([][]schema.Value, rows.Len)
	for i := range rows.Len {
		var err error
		if all[i], err = keyParts(nil, plan, m.At(rows, i), cols); err != nil {
			return ErrorOf("load", b.table, err)
		}
	}
	return keys.learn(ctx, b, b.table.Name, cols, all)
}

// keyParts appends what columns of a row hold.
func keyParts(dst []schema.Value, plan *scan.Plan, row unsafe.Pointer, cols []*schema.Column) ([]schema.Value, error) {
	for _, c := range cols {
		v, err := plan.Value(row, c)
		if err != nil {
			return dst, err
		}
		dst = append(dst, v)
	}
	return dst, nil
}

// foldASCII makes texts equal that differ in the case of A to Z.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// grouped sorts a list by the numbers of the groups that its elements belong to, n in all, and returns it with its
// parts. Within a group the order stays.
func grouped(m *scan.Memory, list scan.List, group []int, n int) (sorted scan.List, parts []scan.List) {
	ends := make([]int, n+1)
	for _, g := range group {
		ends[g+1]++
	}
	for g := range n {
		ends[g+1] += ends[g]
	}
	sorted = list
	if !slices.IsSorted(group) {
		sorted = m.Make(list.Len, list.Len)
		next := slices.Clone(ends)
		for i, g := range group {
			m.Copy(m.At(sorted, next[g]), m.At(list, i))
			next[g]++
		}
	}
	parts = make([]scan.List, n)
	for g := range parts {
		parts[g] = m.Part(sorted, ends[g], ends[g+1])
	}
	return sorted, parts
}
