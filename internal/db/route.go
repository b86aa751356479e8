package db

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/replica"
)

// Where the reads of a DB with replicas go, by their context: to a standby that shows what their scope must see, which
// is the process unless the context has another one; to any standby, with [Stale]; or to the primary.

// route is what a context says about the reads with it.
type route struct {
	scope   *ReadScope // nil for the process
	stale   *ReadScope // whose reads need not see what was written; nil for the scope
	primary bool
}

type routeKey struct{}

func routeOf(ctx context.Context) route {
	r, _ := ctx.Value(routeKey{}).(*route)
	if r == nil {
		return route{}
	}
	return *r
}

// ReadScope is what the reads of a context must see, on each DB that is used with it.
type ReadScope struct {
	mu    sync.Mutex
	of    map[*DB]*replica.Scope
	given map[string]replica.Position // of connections that have not been used yet, by their names
}

// on returns the scope of one DB.
func (s *ReadScope) on(db *DB) *replica.Scope {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.of[db]
	if one == nil {
		one = &replica.Scope{}
		if s.of == nil {
			s.of = map[*DB]*replica.Scope{}
		}
		s.of[db] = one
		if at, ok := s.given[db.Name()]; ok {
			one.Reach(at)
		}
	}
	return one
}

// The characters of a position's text that stand between the name of a connection and its position, and between two of
// them. No name has them, and neither a cookie nor a URL has to encode them.
const (
	positionOf   = "!"
	positionNext = "~"
)

// String returns the positions of all DBs as text.
func (s *ReadScope) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := maps.Clone(s.given)
	if all == nil {
		all = map[string]replica.Position{}
	}
	for db, one := range s.of {
		if at := one.Position(); at.Log > 0 {
			all[db.Name()] = at
		}
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, name+positionOf+all[name].String())
	}
	return strings.Join(parts, positionNext)
}

// errPositions is the error of a text that is not that of positions.
var errPositions = errors.New("prom: the text is not a position of ReadPosition")

// maxPositions bounds the length of a text, which a client may have made up.
const maxPositions = 4096

// WithReadScope returns a context with a scope of its own, whose reads see what is before the positions of a text. With
// an error the scope begins without a position.
func WithReadScope(ctx context.Context, text string) (context.Context, error) {
	given, err := parsePositions(text)
	return context.WithValue(ctx, routeKey{}, &route{scope: &ReadScope{given: given}}), err
}

func parsePositions(text string) (map[string]replica.Position, error) {
	if text == "" {
		return nil, nil
	}
	if len(text) > maxPositions {
		return nil, errPositions
	}
	given := map[string]replica.Position{}
	for part := range strings.SplitSeq(text, positionNext) {
		name, position, ok := strings.Cut(part, positionOf)
		at, err := replica.ParsePosition(position)
		if !ok || err != nil {
			return nil, errPositions
		}
		given[name] = at
	}
	return given, nil
}

// ReadPosition returns the positions that the reads of a context need as text, on the DBs that it was used with;
// without a scope, that of the process on all of a registry's. What is not known it asks the primary for.
func (r *Registry) ReadPosition(ctx context.Context) (string, error) {
	s := routeOf(ctx).scope
	if s == nil {
		s = r.process()
	}
	s.mu.Lock()
	of := maps.Clone(s.of)
	s.mu.Unlock()
	for db, scope := range of {
		if scope.Known() {
			continue
		}
		// A read of the primary tells the position behind it.
		st := &driver.Statement{SQL: "SELECT 1", Op: "position", Read: driver.PrimaryOnly}
		ctx := context.WithValue(WithoutTx(ctx), routeKey{}, &route{scope: routeOf(ctx).scope})
		if err := db.Read(ctx, st, driver.RowFunc(func(driver.Rows) error { return nil })); err != nil {
			return "", err
		}
	}
	return s.String(), nil
}

// process returns the scopes of the process on the DBs of a registry that are open.
func (r *Registry) process() *ReadScope {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &ReadScope{of: map[*DB]*replica.Scope{}}
	for _, db := range r.dbs {
		if set := db.replicas(); set != nil {
			s.of[db] = &set.Process
		}
	}
	return s
}

// Stale returns a context whose reads need not see what its scope has written.
func Stale(ctx context.Context) context.Context {
	r := routeOf(ctx)
	r.stale, r.primary = &ReadScope{}, false
	return context.WithValue(ctx, routeKey{}, &r)
}

// OnPrimary returns a context whose reads go to the primary.
func OnPrimary(ctx context.Context) context.Context {
	r := routeOf(ctx)
	if r.primary {
		return ctx
	}
	r.primary = true
	return context.WithValue(ctx, routeKey{}, &r)
}

// Routed reports whether a context says where its reads go.
func Routed(ctx context.Context) bool { return routeOf(ctx) != route{} }
