package core

import (
	"context"
	"errors"
	"math"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/token"
	"github.com/prom-go/prom/schema"
)

// KeysetPage is the rows of a page that begins or ends at a row, and the tokens of the pages around it.
type KeysetPage struct {
	Rows scan.List
	Next string // the token of the page behind; "" when there is none
	Prev string // the token of the page before; "" when there is none
}

// The ways in which a token leads from its row.
const (
	behindRow byte = iota
	beforeRow
	fromRow  // with the row itself
	backFrom // backwards, with the row itself
)

// keysetPages are the pages of one query or projection.
type keysetPages struct {
	repo *Repo
	k    ast.Keyset
	spec ast.Spec // of all rows
	of   []byte   // see token.For

	read     keysetReader
	memory   *scan.Memory
	complete func(ctx context.Context, b *binding, list scan.List) error
}

// keysetReader reads size rows of a spec.
type keysetReader func(ctx context.Context, b *binding, spec ast.Spec, size int) (keysetRows, error)

// keysetRows are rows, whether there is one more, and the values of a keyset in each.
type keysetRows struct {
	list   scan.List
	more   bool
	values func(i int) ([]schema.Value, error)
}

// Keyset reads the page of size rows to which a token leads, "" to the first one.
func (q *Query) Keyset(ctx context.Context, token string, size int) (KeysetPage, error) {
	r := q.repo
	if err := r.needKey("query"); err != nil {
		return KeysetPage{}, err
	}
	k, err := q.spec.Keyset(r.table.Key)
	if err != nil {
		return KeysetPage{}, ErrorOf("query", r.table, err)
	}
	b, err := r.bind()
	if err != nil {
		return KeysetPage{}, err
	}
	p := keysetPages{repo: r, k: k, spec: q.spec, memory: r.memory, complete: q.complete}
	if len(k.Exprs()) > 0 || q.spec.Columns() != nil {
		p.read = q.readTerms(k)
	} else {
		p.read = q.readWhole(k)
	}
	if p.of, err = r.keysetOf(ctx, b, q.spec, k); err != nil {
		return KeysetPage{}, err
	}
	return p.page(ctx, b, token, size)
}

// readWhole reads rows whose columns are all that a keyset is of.
func (q *Query) readWhole(k ast.Keyset) keysetReader {
	cols := k.Kinds()
	return func(ctx context.Context, b *binding, spec ast.Spec, size int) (keysetRows, error) {
		list, more, err := q.some(ctx, b, spec, size)
		return keysetRows{list, more, func(i int) ([]schema.Value, error) {
			return q.repo.tuple(q.repo.memory.At(list, i), cols)
		}}, err
	}
}

// readTerms reads rows and, behind their columns, the terms of a keyset.
func (q *Query) readTerms(k ast.Keyset) keysetReader {
	return func(ctx context.Context, b *binding, spec ast.Spec, size int) (keysetRows, error) {
		r := q.repo
		into := &behind{memory: r.memory, model: r.plan, kinds: k.Kinds()}
		into.loader.Plan = r.plan
		part, err := partOf(r.plan, spec)
		if err != nil {
			return keysetRows{}, ErrorOf("query", r.table, err)
		}
		if part != nil {
			into.loader.Use(part)
		}
		spec, into.places = spec.Limit(size+1).Behind(k.Selected(), len(r.table.Columns))
		err = r.readBehind(ctx, b, spec, into)
		list, more := cut(r.memory, into.list, size)
		return keysetRows{list, more, func(i int) ([]schema.Value, error) { return into.values(i), nil }}, err
	}
}

// Keyset reads the page of size results to which a token leads, "" to the first one.
func (p Projection) Keyset(ctx context.Context, token string, size int) (KeysetPage, error) {
	if p = p.made(); p.err != nil {
		return KeysetPage{}, ErrorOf("query", p.repo.table, p.err)
	}
	key := func() ([]*schema.Column, error) { return p.repo.table.Key, p.repo.needKey("query") }
	k, spec, places, err := p.spec.ProjectedKeyset(key)
	if err != nil {
		return KeysetPage{}, ErrorOf("query", p.repo.table, err)
	}
	b, err := p.repo.bind()
	if err != nil {
		return KeysetPage{}, err
	}
	of, err := p.repo.keysetOf(ctx, b, p.spec, k)
	if err != nil {
		return KeysetPage{}, err
	}
	if spec.Within() {
		spec, k = ast.Around(&ast.Subquery{Owner: p.repo.owner(), Table: p.repo.table, Spec: spec}, k, places)
	}
	pages := keysetPages{repo: p.repo, k: k, spec: spec, of: of, memory: p.plan.Memory(), complete: p.complete}
	pages.read = func(ctx context.Context, b *binding, spec ast.Spec, size int) (keysetRows, error) {
		list, more, into, err := p.someBehind(ctx, b, spec, size, k.Kinds(), places)
		values := func(i int) ([]schema.Value, error) { return into.values(i)[:len(places)], nil }
		return keysetRows{list, more, values}, err
	}
	return pages.page(ctx, b, token, size)
}

// page reads the page to which a token leads.
func (p *keysetPages) page(ctx context.Context, b *binding, token string, size int) (_ KeysetPage, err error) {
	if err = atLeast(ruled{"size", size, 1}); err == nil && size == math.MaxInt {
		err = errors.New("the page's size is too large")
	}
	if err != nil {
		return KeysetPage{}, ErrorOf("query", p.repo.table, err)
	}
	var way byte
	var at []schema.Value
	if token != "" {
		if way, at, err = p.open(token, b.db.Dialect().Features().SignedOnly); err != nil {
			return KeysetPage{}, ErrorOf("query", p.repo.table, err)
		}
	}
	return p.fetch(ctx, b, way, at, size)
}

// keysetOf returns what tokens of a keyset of a spec are for. Orders by expressions are identified by the statement
// that would select these.
func (r *Repo) keysetOf(ctx context.Context, b *binding, s ast.Spec, k ast.Keyset) ([]byte, error) {
	terms, exprs := k.Names(), k.Exprs()
	if len(exprs) > 0 {
		text, args, err := b.stmts.Select(nil, s.Describing(exprs))
		if err == nil {
			text, err = b.formed(ctx, text)
		}
		if err != nil {
			return nil, ErrorOf("query", r.table, err)
		}
		terms = append(terms, text.SQL, string(token.AppendTuple(nil, args)))
	}
	return token.For("page", r.table.Name, terms...), nil
}

// open reads a token.
func (p *keysetPages) open(text string, signed bool) (way byte, at []schema.Value, err error) {
	content, ok := token.Open(p.repo.tokenKeys, p.of, text)
	if !ok || len(content) == 0 || content[0] > backFrom {
		return 0, nil, ErrToken
	}
	at, rest, ok := token.ReadTuple(content[1:], p.k.Kinds(), signed)
	if !ok || len(rest) > 0 {
		return 0, nil, ErrToken
	}
	return content[0], at, nil
}

// token makes the token of a way from a row.
func (p *keysetPages) token(way byte, at []schema.Value) string {
	return token.Seal(p.repo.tokenKeys, p.of, token.AppendTuple([]byte{way}, at))
}

// fetch reads the page to which a way from a row leads; the first one without a row.
func (p *keysetPages) fetch(ctx context.Context, b *binding, way byte, at []schema.Value, size int) (page KeysetPage,
	err error) {
	back, itself := way == beforeRow || way == backFrom, way == fromRow || way == backFrom
	spec := p.k.In(p.spec, back)
	if at != nil {
		spec = p.k.Beyond(spec, at, back, itself)
	}
	rows, err := p.read(ctx, b, spec, size)
	if err != nil {
		return page, err
	}
	list, more := rows.list, rows.more
	switch {
	case list.Len > 0:
		first, err := rows.values(0)
		if err != nil {
			return page, err
		}
		last, err := rows.values(list.Len - 1)
		if err != nil {
			return page, err
		}
		if back {
			first, last = last, first
			list = p.memory.Reversed(list)
		}
		// On the side that the page was reached from there are rows, or were.
		if back && at != nil || !back && more {
			page.Next = p.token(behindRow, last)
		}
		if !back && at != nil || back && more {
			page.Prev = p.token(beforeRow, first)
		}
	case at != nil && back: // the rows have gone, and those around the token's own may still be there
		page.Next = p.token(flipped(way), at)
	case at != nil:
		page.Prev = p.token(flipped(way), at)
	}
	page.Rows = list
	if err := p.complete(ctx, b, list); err != nil {
		return KeysetPage{}, err
	}
	return page, nil
}

// flipped returns the way to the rows that a way does not lead to.
func flipped(way byte) byte {
	return [...]byte{behindRow: backFrom, beforeRow: fromRow, fromRow: beforeRow, backFrom: behindRow}[way]
}
