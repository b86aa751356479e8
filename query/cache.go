package query

import (
	"encoding/binary"
	"maps"
	"sync"
	"sync/atomic"
)

// maxShapes bounds the cache of one table. A program has a few dozen shapes; one that makes them without end, by raw SQL with
// values in its text, starts anew when the cache is full.
const maxShapes = 1024

// cache keeps the text of statements by their shape. Reading it takes no lock.
type cache struct {
	texts        atomic.Pointer[map[string]*Text]
	write        sync.Mutex
	hits, misses atomic.Uint64
}

// Text is the text of a statement, and what was seen of its results.
type Text struct {
	SQL  string
	rows atomic.Int64
}

// Rows returns how many rows the statement returned last, 0 when it has not run yet: the best guess of how many come next.
func (t *Text) Rows() int { return int(t.rows.Load()) }

// SawRows notes how many rows the statement returned.
func (t *Text) SawRows(n int) {
	if t.rows.Load() != int64(n) { // writing what all read would slow them
		t.rows.Store(int64(n))
	}
}

// get returns the text of a shape, and renders it when it is new.
func (c *cache) get(key []byte, render func() (string, error)) (*Text, error) {
	if texts := c.texts.Load(); texts != nil {
		if text, ok := (*texts)[string(key)]; ok {
			c.hits.Add(1)
			return text, nil
		}
	}
	c.misses.Add(1)
	sql, err := render()
	if err != nil {
		return nil, err
	}
	c.write.Lock()
	defer c.write.Unlock()
	fresh := map[string]*Text{}
	if old := c.texts.Load(); old != nil && len(*old) < maxShapes {
		fresh = maps.Clone(*old)
	}
	text := &Text{SQL: sql}
	fresh[string(key)] = text
	c.texts.Store(&fresh)
	return text, nil
}

// sql is get for statements whose rows need no guess.
func (c *cache) sql(key []byte, render func() (string, error)) (string, error) {
	text, err := c.get(key, render)
	if err != nil {
		return "", err
	}
	return text.SQL, nil
}

// shape is the key of a statement's text: everything that the text depends on, and no value.
type shape []byte

func (k shape) byte(b ...byte) shape { return append(k, b...) }
func (k shape) int(n int) shape      { return binary.AppendUvarint(k, uint64(n)) }

func (k shape) text(s string) shape { return append(k.int(len(s)), s...) }

func (k shape) nodes(nodes []node) shape {
	k = k.int(len(nodes))
	for i := range nodes {
		n := &nodes[i]
		k = append(k, byte(n.op))
		switch n.op {
		case opTrue:
		case opAnd, opOr, opNot:
			k = k.nodes(n.kids)
		case opRaw:
			k = k.text(n.raw.text)
		case opMatch:
			k = append(k, byte(n.match), bit(n.fold)|bit(n.not)<<1).int(n.col.Ordinal)
		default:
			k = append(k, byte(n.part)).int(n.col.Ordinal)
		}
	}
	return k
}

func (k shape) orders(orders []orderTerm) shape {
	k = k.int(len(orders))
	for _, o := range orders {
		k = append(k, byte(o.part), bit(o.desc)).int(o.col.Ordinal)
	}
	return k
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
