package db

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
	"weak"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// TenantOptions bound the connections of all tenants together.
type TenantOptions struct {
	MaxConns  int
	PerTenant int
	IdleAfter time.Duration
}

// The defaults of [TenantOptions].
const (
	DefaultTenantConns = 100
	DefaultPerTenant   = 2
	DefaultTenantIdle  = 5 * time.Minute
)

// Tenants opens connections at run time, one DB for each tenant, within a budget of connections over all of them. An
// open DB has all its possible connections reserved in the budget, so that no call within a DB waits for another
// tenant. A DB without calls gives way to one that needs room, the one that was used least recently first.
//
// A DB that is closed is held by nobody here, so that its memory, the caches of its statements above all, goes when the
// program forgets it.
type Tenants struct {
	resolve func(ctx context.Context, id string) (string, error)
	o       TenantOptions
	options []OpenOption

	mu      sync.Mutex
	dbs     map[string]weak.Pointer[DB]
	open    map[*tenancy]struct{}
	idle    list.List // of *tenancy that are open and have no calls, the least recently used first
	waiters list.List // of *tenantWaiter
	used    int       // connections that are reserved
	closed  bool
	timer   *time.Timer // closes what was idle for long; nil before the first
	stats   TenantStats
}

// TenantStats are the figures of tenants.
type TenantStats struct {
	Known, Open, Busy         int
	Reserved, Max, Waiting    int
	Opened, Waits             uint64
	ClosedForRoom, ClosedIdle uint64
}

// tenancy is what Tenants knows of one DB, or of one connection beside the pools. The lock of Tenants guards it.
type tenancy struct {
	t       *Tenants
	db      *DB // nil for a connection beside the pools
	cost    int
	open    bool
	busy    int           // calls
	closing chan struct{} // not nil while its pool is being closed
	place   *list.Element // in the list of the idle
	since   time.Time     // of being idle
}

// tenantWaiter is a call that waits for room. Only the first one may take it.
type tenantWaiter struct {
	of   *tenancy
	told chan struct{}
}

// NewTenants returns tenants whose DSNs a function knows.
func NewTenants(resolve func(ctx context.Context, id string) (string, error), o TenantOptions,
	options []OpenOption) *Tenants {
	if o.MaxConns <= 0 {
		o.MaxConns = DefaultTenantConns
	}
	if o.PerTenant <= 0 {
		o.PerTenant = DefaultPerTenant
	}
	if o.IdleAfter == 0 {
		o.IdleAfter = DefaultTenantIdle
	}
	return &Tenants{resolve: resolve, o: o, options: options, dbs: map[string]weak.Pointer[DB]{},
		open: map[*tenancy]struct{}{}}
}

// DB returns the DB of a tenant, which connects at its first call.
func (t *Tenants) DB(ctx context.Context, id string) (*DB, error) {
	if db, err := t.known(id); db != nil || err != nil {
		return db, err
	}
	text, err := t.resolve(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("prom: tenant %q: %w", id, err)
	}
	db, err := t.newDB(id, text)
	if err != nil {
		return nil, fmt.Errorf("prom: tenant %q: %w", id, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if other := t.dbs[id].Value(); other != nil { // somebody was faster
		return other, nil
	}
	t.dbs[id] = weak.Make(db)
	runtime.AddCleanup(db, t.forgotten, id)
	return db, nil
}

// tenantKey is the key of the tenant of a context, of one set of tenants.
type tenantKey struct{ of *Tenants }

// With returns a context of a tenant.
func (t *Tenants) With(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, tenantKey{t}, id)
}

// From returns the DB of the tenant of a context.
func (t *Tenants) From(ctx context.Context) (*DB, error) {
	id, _ := ctx.Value(tenantKey{t}).(string)
	return t.DB(ctx, id)
}

func (t *Tenants) known(id string) (*DB, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return nil, closedTenants()
	case id == "":
		return nil, errors.New("prom: a tenant without a name: every call needs its tenant")
	}
	return t.dbs[id].Value(), nil
}

// forgotten is called when a DB is gone from memory.
func (t *Tenants) forgotten(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.dbs[id]; ok && p.Value() == nil {
		delete(t.dbs, id)
	}
}

func (t *Tenants) newDB(id, text string) (*DB, error) {
	d, err := dsn.Parse(text)
	if err != nil {
		return nil, err
	}
	if d.Path == dsn.Memory && d.Dialect == dsn.SQLite {
		return nil, errors.New("prom: an in-memory database ends when it is closed, as a tenant's is when it is idle: " +
			"use a file")
	}
	if d.Options.ReadReplicas {
		return nil, errors.New("prom: reads=replicas is not possible for tenants, whose connections are counted: " +
			"leave it out")
	}
	if d.Name == "" {
		d.Name = id
	}
	if d.Options.MaxConns == 0 {
		d.Options.MaxConns = int32(min(t.o.PerTenant, 1<<20))
		d.Options.MinConns = min(d.Options.MinConns, d.Options.MaxConns)
	}
	cost := int(d.Options.MaxConns)
	if d.Dialect == dsn.SQLite {
		cost++ // the writer
	}
	if cost > t.o.MaxConns {
		return nil, fmt.Errorf("prom: the tenant may have %d connections, and all tenants together %d: "+
			"raise MaxConns, or lower PerTenant or pool_maxconn", cost, t.o.MaxConns)
	}
	db := newDB(d)
	for _, o := range t.options {
		o(db)
	}
	db.tenant = &tenancy{t: t, db: db, cost: cost}
	return db, nil
}

func closedTenants() error {
	return driver.Unsent(&driver.Error{Kind: driver.KindClosed, Detail: "the tenants were closed"})
}

// enter reserves the connections of a tenant for a call, unless they are. It waits for room as long as the context
// lasts. Leave must follow.
func (n *tenancy) enter(ctx context.Context) error {
	t := n.t
	t.mu.Lock()
	defer t.mu.Unlock()
	var w *tenantWaiter
	var at *list.Element
	defer func() {
		if at != nil {
			t.waiters.Remove(at)
			t.tell()
		}
	}()
	for {
		switch {
		case t.closed:
			return closedTenants()
		case n.open:
			n.begin()
			return nil
		case n.closing != nil:
			if err := t.wait(ctx, n.closing); err != nil {
				return err
			}
			continue
		case (t.waiters.Len() == 0 || t.waiters.Front() == at) && t.makeRoom(n):
			continue // the lock was open meanwhile
		}
		if w == nil {
			w = &tenantWaiter{n, make(chan struct{}, 1)}
			at = t.waiters.PushBack(w)
			t.stats.Waits++
		}
		if err := t.wait(ctx, w.told); err != nil {
			return err
		}
	}
}

// wait waits with the lock open.
func (t *Tenants) wait(ctx context.Context, told <-chan struct{}) error {
	t.mu.Unlock()
	defer t.mu.Lock()
	select {
	case <-told:
		return nil
	case <-ctx.Done():
		e := driver.EndOfContext(ctx.Err())
		if e.Kind == driver.KindTimeout {
			e.Detail = "all connections of the tenants are in use: raise MaxConns, or give the calls more time"
		}
		return driver.Unsent(e)
	}
}

// begin counts a call of a tenant that is open.
func (n *tenancy) begin() {
	n.busy++
	if n.place != nil {
		n.t.idle.Remove(n.place)
		n.place = nil
	}
}

// leave ends a call.
func (n *tenancy) leave() {
	t := n.t
	t.mu.Lock()
	defer t.mu.Unlock()
	if n.busy--; n.busy > 0 {
		return
	}
	if n.db == nil {
		t.used -= n.cost
		t.tell()
		return
	}
	n.since = time.Now()
	n.place = t.idle.PushBack(n)
	t.tell()
	t.schedule(t.o.IdleAfter)
}

// tell wakes the first of those who wait.
func (t *Tenants) tell() {
	if front := t.waiters.Front(); front != nil {
		front.Value.(*tenantWaiter).wake()
	}
}

func (w *tenantWaiter) wake() {
	select {
	case w.told <- struct{}{}:
	default: // it has been woken already
	}
}

// makeRoom opens a tenant, for which it closes others that are idle. It is false if there is no room.
func (t *Tenants) makeRoom(n *tenancy) bool {
	var victims []*tenancy
	free := t.o.MaxConns - t.used
	for at := t.idle.Front(); at != nil && free < n.cost; at = at.Next() {
		victims = append(victims, at.Value.(*tenancy))
		free += at.Value.(*tenancy).cost
	}
	if free < n.cost {
		return false
	}
	// What is freed here is taken over, so that nobody else gets it meanwhile; what is left of it is free when all are
	// closed.
	freed := costs(victims)
	n.closing = make(chan struct{})
	t.used += max(0, n.cost-freed)
	t.close(victims)
	t.used -= max(0, freed-n.cost)
	t.stats.ClosedForRoom += uint64(len(victims))
	close(n.closing)
	n.closing, n.open = nil, true
	if n.db != nil {
		t.open[n] = struct{}{}
		t.stats.Opened++
	}
	for at := t.waiters.Front(); at != nil; at = at.Next() { // for the same tenant
		if w := at.Value.(*tenantWaiter); w.of == n {
			w.wake()
		}
	}
	return true
}

// costs is how many connections are reserved for tenants.
func costs(list []*tenancy) (sum int) {
	for _, n := range list {
		sum += n.cost
	}
	return sum
}

// close closes tenants that are idle, with the lock open. Their connections are still reserved when it returns.
func (t *Tenants) close(list []*tenancy) {
	for _, v := range list {
		t.idle.Remove(v.place)
		v.place, v.open, v.closing = nil, false, make(chan struct{})
		delete(t.open, v)
	}
	t.mu.Unlock()
	for _, v := range list {
		v.db.disconnect()
	}
	t.mu.Lock()
	for _, v := range list {
		close(v.closing)
		v.closing = nil
	}
}

// schedule has tenants closed that are idle for long.
func (t *Tenants) schedule(after time.Duration) {
	if t.o.IdleAfter < 0 || t.closed {
		return
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(after, t.closeIdle)
	} else if t.idle.Len() == 1 {
		t.timer.Reset(after)
	}
}

func (t *Tenants) closeIdle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	var old []*tenancy
	for at := t.idle.Front(); at != nil && time.Since(at.Value.(*tenancy).since) >= t.o.IdleAfter; at = at.Next() {
		old = append(old, at.Value.(*tenancy))
	}
	t.close(old)
	t.used -= costs(old)
	t.stats.ClosedIdle += uint64(len(old))
	t.tell()
	if at := t.idle.Front(); at != nil && !t.closed {
		t.timer.Reset(max(time.Millisecond, t.o.IdleAfter-time.Since(at.Value.(*tenancy).since)))
	}
}

// shut closes the pool of a tenant for [DB.Close]. One with calls stays in the budget, because it may connect again.
func (n *tenancy) shut() {
	t := n.t
	t.mu.Lock()
	if n.place == nil {
		t.mu.Unlock()
		n.db.disconnect()
		return
	}
	defer t.mu.Unlock()
	t.close([]*tenancy{n})
	t.used -= n.cost
	t.tell()
}

// reserve reserves a connection beside the pools.
func (n *tenancy) reserve(ctx context.Context) (release func(), err error) {
	if n == nil {
		return func() {}, nil
	}
	one := &tenancy{t: n.t, cost: 1}
	if err := one.enter(ctx); err != nil {
		return nil, err
	}
	return sync.OnceFunc(one.leave), nil
}

// Forget closes the DB of a tenant, and asks for its DSN anew when it is next used.
func (t *Tenants) Forget(id string) error {
	t.mu.Lock()
	db := t.dbs[id].Value()
	delete(t.dbs, id)
	t.mu.Unlock()
	if db == nil {
		return nil
	}
	return db.Close()
}

// Stats returns the figures.
func (t *Tenants) Stats() TenantStats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Known, s.Open, s.Busy = len(t.dbs), len(t.open), len(t.open)-t.idle.Len()
	s.Reserved, s.Max, s.Waiting = t.used, t.o.MaxConns, t.waiters.Len()
	return s
}

// Close closes all of them, and refuses calls that come later.
func (t *Tenants) Close() error {
	t.mu.Lock()
	t.closed = true
	if t.timer != nil {
		t.timer.Stop()
	}
	var dbs []*DB
	for n := range t.open {
		dbs = append(dbs, n.db)
	}
	for at := t.waiters.Front(); at != nil; at = at.Next() {
		at.Value.(*tenantWaiter).wake()
	}
	t.mu.Unlock()
	var err error
	for _, db := range dbs {
		err = errors.Join(err, db.Close())
	}
	return err
}
