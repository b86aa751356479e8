package render

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// cache keeps the text of statements by their shape. Reading it takes no lock.
type cache struct {
	texts        atomic.Pointer[map[string]*Text]
	write        sync.Mutex
	hits, misses atomic.Uint64

	epoch *atomic.Uint64 // with which texts become old; nil when none do
	since atomic.Uint64  // the epoch of the texts

	seen func(tables []*schema.Table) bool // whether the forms of tables are known; nil when all are
}

// maxShapes bounds the cache of one table. A program has a few dozen shapes; one that makes them without end, by raw
// SQL with values in its text, starts anew when the cache is full.
const maxShapes = 1024

// now returns the epoch.
func (c *cache) now() uint64 {
	if c.epoch == nil {
		return 0
	}
	return c.epoch.Load()
}

// known returns the text of a shape, or nil when it is new, or was made when a table was unknown that is known by now.
func (c *cache) known(key []byte) *Text {
	if texts := c.textsOf(c.now()); texts != nil {
		if text, ok := (*texts)[string(key)]; ok && (text.unknown == nil || !c.seen(text.unknown)) {
			c.hits.Add(1)
			return text
		}
	}
	return nil
}

// get returns the text of a shape, and renders it when it is new. What it is given is kept by a text with unknown
// tables, and so it is on the heap: a call that is made often asks known first.
func (c *cache) get(key []byte, render func() (*Text, error)) (*Text, error) {
	return c.find(key, func() (*Text, error) {
		text, err := render()
		if err == nil && text.unknown != nil {
			text.again = func() (*Text, error) { return c.get(key, render) }
		}
		return text, err
	})
}

// find is get for who has looked at all tables, and needs no Again.
func (c *cache) find(key []byte, render func() (*Text, error)) (*Text, error) {
	now := c.now()
	if text := c.known(key); text != nil {
		return text, nil
	}
	text, err := render()
	if err != nil {
		c.misses.Add(1)
		return nil, err
	}
	if text.unknown == nil { // otherwise it counts when they are known
		c.misses.Add(1)
	}
	c.write.Lock()
	defer c.write.Unlock()
	fresh := map[string]*Text{}
	if old := c.textsOf(now); old != nil && len(*old) < maxShapes {
		fresh = maps.Clone(*old)
	}
	fresh[string(key)] = text
	c.texts.Store(&fresh)
	c.since.Store(now)
	return text, nil
}

// textsOf returns the texts of an epoch, or nil when there are none. They are stored before their epoch is.
func (c *cache) textsOf(now uint64) *map[string]*Text {
	if c.since.Load() != now {
		return nil
	}
	return c.texts.Load()
}

// sql is get for statements on one table whose rows need no guess.
func (c *cache) sql(key []byte, render func() (string, error)) (string, error) {
	text, err := c.find(key, func() (*Text, error) {
		sql, err := render()
		return &Text{SQL: sql}, err
	})
	if err != nil {
		return "", err
	}
	return text.SQL, nil
}

// CacheStats are the figures of the cache of statements.
type CacheStats struct {
	Shapes       int    // kept now
	Hits, Misses uint64 // since the start
}

// Stats returns the figures of the cache.
func (s *Statements) Stats() CacheStats {
	st := CacheStats{Hits: s.cache.hits.Load(), Misses: s.cache.misses.Load()}
	if texts := s.cache.texts.Load(); texts != nil {
		st.Shapes = len(*texts)
	}
	return st
}

// Figures returns the figures of the cache, for who does not know its type.
func (s *Statements) Figures() (shapes int, hits, misses uint64) {
	st := s.Stats()
	return st.Shapes, st.Hits, st.Misses
}

// key is a shape in memory that the next statement uses again: what is looked up need not outlive the call.
type key struct{ shape ast.Shape }

var keys = sync.Pool{New: func() any { return &key{make(ast.Shape, 0, 256)} }}

// maxKey bounds the memory that a key keeps.
const maxKey = 4096

// takeKey returns an empty key; give returns it for others.
func takeKey() *key { return keys.Get().(*key) }

func (k *key) give() {
	if cap(k.shape) <= maxKey {
		k.shape = k.shape[:0]
		keys.Put(k)
	}
}
