package render

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

var errClaimPaged = errors.New("Claim sets limit and lock itself; remove Limit, Offset and ForUpdate")

// Claim updates the first rows of a query, as many as its limit says, and returns all columns of them. Rows that other
// transactions have locked are passed over. The rows come in the query's order where Ordered says so.
func (s *Statements) Claim(dst []schema.Value, q ast.Spec, n int, assigns []*ast.Assign, at time.Time) (*Text,
	[]schema.Value, error) {
	if q.Flags != 0 || q.Locks() {
		return nil, nil, errClaimPaged
	}
	if q.More != nil {
		return nil, nil, ast.ErrProjected
	}
	if err := q.Err(); err != nil {
		return nil, nil, err
	}
	if err := q.Guard("a claim"); err != nil {
		return nil, nil, err
	}
	list, err := assignments(make([]ast.Assign, 0, mostAssigned), assigns)
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, errors.New("Claim needs an assignment that removes the rows from the query")
	}
	return s.claim(dst, q.Limit(n).Lock(dialect.LockUpdate, dialect.SkipLocked), kept(s.Table, list, at))
}

func (s *Statements) claim(dst []schema.Value, q ast.Spec, list []ast.Assign) (*Text, []schema.Value, error) {
	if err := q.Err(); err != nil {
		return nil, nil, err
	}
	ordered := s.ordersClaims()
	args := dst
	if ordered {
		args = q.Values(args, s.Dialect)
	}
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindClaim).Int(len(list))
	for i := range list {
		key, args = key.Assign(&list[i]), list[i].Values(args, s.Dialect)
	}
	if !ordered {
		args = q.Values(args, s.Dialect)
	}
	text, err := s.cache.get(key.Spec(&q), func() (*Text, error) {
		r := s.renderer()
		if ordered {
			s.claimOrdered(r, &q, list)
		} else {
			s.claimByKey(r, &q, list)
		}
		r.st.text.Locks = false // by itself, and outside a transaction too
		return r.finish(placed{s.Dialect, r.b.String(), r.args}, len(args)-len(dst))
	})
	return text, args, err
}

// ordersClaims reports whether claims come in the query's order: whether an update can be part of a query, which goes
// with rows that are locked one by one.
func (s *Statements) ordersClaims() bool { return s.Dialect.Features().ManyWriters }

// claimByKey writes UPDATE … WHERE key IN (SELECT key …), and what is returned.
func (s *Statements) claimByKey(r *renderer, q *ast.Spec, list []ast.Assign) {
	r.b.WriteString("UPDATE " + s.from + " SET " + s.assigned(r, list))
	if from := s.before(list); from != "" {
		r.b.WriteString(" FROM " + from)
	}
	keys := strings.Join(s.quoted(s.Table.Key), ", ")
	r.b.WriteString(" WHERE (" + keys + ") IN (")
	s.claimed(r, q)
	r.b.WriteString(") " + s.returning())
}

// claimOrdered writes a query that picks rows and locks them, numbers them, updates them, and reads them in the order
// of their numbers. The first part is kept from being looked at twice, which could pick other rows.
func (s *Statements) claimOrdered(r *renderer, q *ast.Spec, list []ast.Assign) {
	picked, numbered, done := r.alias(), r.alias(), r.alias()
	n := r.d.Quote(s.freeName("n"))
	r.b.WriteString("WITH " + picked + " AS MATERIALIZED (")
	s.claimed(r, q)
	r.b.WriteString("), " + numbered + " AS (SELECT *, row_number() OVER () AS " + n + " FROM " + picked + "), " + done +
		" AS (UPDATE " + s.from + " SET ")
	bare := r.sc.bare
	r.sc.bare = false // the keys are columns of both
	r.b.WriteString(s.assigned(r, list) + " FROM " + numbered + " WHERE ")
	for i, c := range s.quoted(s.Table.Key) {
		if i > 0 {
			r.b.WriteString(" AND ")
		}
		r.b.WriteString(s.name + "." + c + " = " + numbered + "." + c)
	}
	r.b.WriteString(" RETURNING ")
	for _, c := range s.columns {
		r.b.WriteString(s.name + "." + c + ", ")
	}
	r.sc.bare = bare
	r.b.WriteString(numbered + "." + n + ") SELECT " + strings.Join(s.columns, ", ") + " FROM " + done + " ORDER BY " + n)
}

// claimed writes the query of the keys of the rows to claim.
func (s *Statements) claimed(r *renderer, q *ast.Spec) {
	outer := r.sc
	text, args, err := r.selectBuilder(q, selectColumns, s.Table.Key).ToSql()
	if err != nil {
		r.fail(err)
	}
	r.sc = outer
	r.b.WriteString(text)
	r.args = append(r.args, args...)
}

// assigned writes assignments.
func (s *Statements) assigned(r *renderer, list []ast.Assign) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = s.columns[list[i].Col.Ordinal] + " = " + r.text(func() { r.assigned(&list[i]) })
	}
	return strings.Join(texts, ", ")
}

// ClaimOrder returns the terms of an order by which rows that were claimed can be put in it, when their values tell it:
// columns that are compared by their values, and that the claim has not changed.
func (s *Statements) ClaimOrder(q ast.Spec, assigns []*ast.Assign) (cols []*schema.Column, desc, nullsFirst []bool) {
	if s.ordersClaims() {
		return nil, nil, nil
	}
	for i := range q.Orders {
		o := &q.Orders[i]
		changed := o.Col != nil && (o.Col.Updated || slices.ContainsFunc(assigns,
			func(a *ast.Assign) bool { return a != nil && a.Col == o.Col }))
		if o.Expr != nil || o.Part != 0 || o.Col.NoCase || o.Col.Kind == schema.Decimal || changed {
			break // what comes behind it means nothing without it
		}
		cols, desc = append(cols, o.Col), append(desc, o.Desc)
		nullsFirst = append(nullsFirst, o.NullsFirst())
	}
	return cols, desc, nullsFirst
}
