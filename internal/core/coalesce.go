package core

import (
	"context"
	"errors"
	"sync"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

type coalesceKey struct{}

// WithCoalescing returns a context with which every Get, on any repo, is one that may share its statement.
func WithCoalescing(ctx context.Context) context.Context {
	return context.WithValue(ctx, coalesceKey{}, true)
}

// coalescer gathers calls of Get.
type coalescer struct {
	mu      sync.Mutex
	flying  int // statements on their way
	waiting []*waiter
}

// waiter is a Get that waits for others.
type waiter struct {
	key   schema.Value
	on    *binding
	value unsafe.Pointer
	err   error
	alone bool          // a row of the group cannot be read, and it may be this one's
	done  chan struct{} // closed when value or err is there
	group *group
}

// group is the calls that share a statement. The statement is canceled when no caller waits for it any more.
type group struct {
	mu     sync.Mutex
	left   int
	cancel context.CancelFunc
}

func (g *group) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left--; g.left == 0 {
		g.cancel()
	}
}

const (
	// maxFlying is how many statements are on their way before calls wait. One alone would leave the server idle while
	// its answer travels; more make the groups small.
	maxFlying = 2
	maxGroup  = 1000
)

// coalesces reports whether a Get with this context may share.
func (r *Repo) coalesces(ctx context.Context, b *binding) bool {
	if !r.coalesce && ctx.Value(coalesceKey{}) == nil {
		return false
	}
	if len(r.table.Key) != 1 || b.db.InTx(ctx) || b.db.ReadsReplicas() && db.Routed(ctx) {
		return false
	}
	key := r.table.Key[0]
	return key.Kind.Integer() || key.Kind == schema.UUID || key.Kind == schema.Text && !key.NoCase
}

// getShared is get for one key, which may share its round trip.
func (r *Repo) getShared(ctx context.Context, b *binding, w *work) (unsafe.Pointer, error) {
	c := &r.reads
	c.mu.Lock()
	if c.flying < maxFlying {
		c.flying++
		c.mu.Unlock()
		defer r.land(ctx)
		return r.getAlone(ctx, w)
	}
	me := &waiter{key: w.args[0], on: b, done: make(chan struct{})}
	c.waiting = append(c.waiting, me)
	c.mu.Unlock()
	inside, end := b.db.Observe(ctx, db.EventCoalesced, "get", r.table.Name)
	v, alone, err := r.await(inside, me)
	if alone {
		end(0, nil)
		return r.getAlone(ctx, w)
	}
	end(1, err)
	return v, err
}

// await waits for the statement that a waiter shares, and reports whether it needs one alone.
func (r *Repo) await(ctx context.Context, me *waiter) (v unsafe.Pointer, alone bool, err error) {
	select {
	case <-me.done:
		return me.value, me.alone, me.err
	case <-ctx.Done():
		if !r.reads.giveUp(me) {
			me.group.leave()
		}
		return nil, false, ErrorOf("get", r.table, driver.ContextError(ctx.Err()))
	}
}

// getAlone is get for one key, in a statement of its own.
func (r *Repo) getAlone(ctx context.Context, w *work) (unsafe.Pointer, error) {
	v := r.memory.New()
	if err := r.get(ctx, w, "get", r.table.Key, v); err != nil {
		return nil, err
	}
	return v, nil
}

// giveUp takes a waiter that no statement asks for yet out of the queue. It is false when one does.
func (c *coalescer) giveUp(me *waiter) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, w := range c.waiting {
		if w == me {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// land is called when a statement has come back: those who wait are asked for next.
func (r *Repo) land(ctx context.Context) {
	if next, on := r.reads.next(ctx); next != nil {
		go func() {
			for next != nil {
				r.getGroup(on, next[0].on, next)
				next, on = r.reads.next(ctx)
			}
		}()
	}
}

// next takes those who wait for one connection, as a group with a context of its own. Without any, one statement less
// is on its way.
func (c *coalescer) next(ctx context.Context) ([]*waiter, context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.flying--
		return nil, nil
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	g := &group{cancel: cancel}
	list := make([]*waiter, 0, min(len(c.waiting), maxGroup))
	rest := c.waiting[:0]
	for _, w := range c.waiting {
		if len(list) == maxGroup || len(list) > 0 && w.on != list[0].on {
			rest = append(rest, w)
			continue
		}
		w.group = g
		list = append(list, w)
	}
	clear(c.waiting[len(rest):])
	c.waiting, g.left = rest, len(list)
	return list, ctx
}

// getGroup asks for the rows of a group.
func (r *Repo) getGroup(ctx context.Context, b *binding, list []*waiter) {
	unread := false
	err := errors.New("prom: reading the rows of a shared Get ended early") // of a panic in the application's code
	defer func() {
		p := recover()
		for _, w := range list {
			switch {
			case p != nil || err != nil:
				w.value, w.err = nil, ownError(err)
			case w.value == nil && unread:
				w.alone = true
			case w.value == nil:
				w.err = r.notFound("get")
			}
			close(w.done)
		}
		list[0].group.cancel()
	}()
	wanted := make(map[schema.Value][]*waiter, len(list))
	keys := make([]schema.Value, 0, len(list))
	for _, w := range list {
		if _, ok := wanted[w.key]; !ok {
			keys = append(keys, w.key)
		}
		wanted[w.key] = append(wanted[w.key], w)
	}
	key := r.table.Key[0]
	text, args, selectErr := b.stmts.Select(nil, ast.Spec{}.KeyIn(key, keys))
	if selectErr != nil {
		err = ErrorOf("get", r.table, selectErr)
		return
	}
	c := &call{complete: true, text: text, reads: true}
	c.Op, c.SQL, c.Args = "get", text.SQL, args
	err = b.query(ctx, c, driver.RowFunc(func(rows driver.Rows) error {
		loader := scan.Reader{Plan: r.plan}
		unread = false
		for _, w := range list {
			w.value = nil
		}
		for rows.Next() {
			v := r.memory.New()
			if loader.Load(rows, v) != nil {
				unread = true // its key too, maybe
				continue
			}
			found, err := r.plan.Value(v, key)
			if err != nil {
				return err
			}
			for i, w := range wanted[found] {
				if i > 0 { // each has a value of its own, with what it points to
					v = r.memory.New()
					if err := loader.Load(rows, v); err != nil {
						return err
					}
				}
				w.value = v
			}
		}
		return nil
	}))
}

// ownError returns err as an error that its receiver shares with nobody.
func ownError(err error) error {
	if e, ok := err.(*driver.Error); ok {
		clone := *e
		return &clone
	}
	return err
}
