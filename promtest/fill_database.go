package promtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/schema"
)

// Fill stores n rows in the table of each repo, made as those of a [Factory] are. It is for a database that people look
// at, such as one for development, and not for tests. References refer to rows that Fill has made, chosen at random; it
// also creates rows of tables without a repo where references require them. Each connection has one transaction, so
// after an error nothing is stored on it. Optional references are NULL.
func Fill(ctx context.Context, n int, repos []prom.AnyRepo, opts ...FactoryOption) error {
	s := settings{seed: 1}
	for _, opt := range opts {
		opt(&s)
	}
	if n < 0 {
		return errors.New("promtest: Fill takes a number of rows")
	}
	var dbs []*prom.DB
	byDB := map[*prom.DB][]prom.AnyRepo{}
	for _, r := range repos {
		d, err := r.DB()
		if err != nil {
			return err
		}
		if byDB[d] == nil {
			dbs = append(dbs, d)
		}
		byDB[d] = append(byDB[d], r)
	}
	for _, d := range dbs {
		f := filler{n: n, pool: map[reflect.Type][]any{}, done: map[reflect.Type]bool{}, makers: map[reflect.Type]*maker{}}
		for _, r := range byDB[d] {
			repo := core.Of(r)
			m := newMaker(d, repo, s)
			m.pool = f.pool
			f.makers[repo.Table().Model] = m
		}
		err := d.Tx(ctx, func(ctx context.Context) error {
			for _, r := range byDB[d] {
				if err := f.fill(ctx, r.Schema()); err != nil {
					return fmt.Errorf("promtest: fill %s: %w", r.Schema().Name, err)
				}
			}
			return nil
		})
		forget(d) // what was counted may have been rolled back
		if err != nil {
			return err
		}
	}
	return nil
}

// filler fills the tables of a connection.
type filler struct {
	n      int
	pool   map[reflect.Type][]any
	done   map[reflect.Type]bool
	makers map[reflect.Type]*maker
}

// fill fills a table, and before it those that it requires.
func (f *filler) fill(ctx context.Context, t *schema.Table) error {
	m := f.makers[t.Model]
	if m == nil || f.done[t.Model] {
		return nil
	}
	f.done[t.Model] = true
	for _, c := range t.References() {
		if !c.Null {
			if err := f.fill(ctx, c.References.Target()); err != nil {
				return err
			}
		}
	}
	for _, k := range t.ForeignKeys {
		if slices.ContainsFunc(k.Columns, func(c *schema.Column) bool { return !c.Null }) {
			if err := f.fill(ctx, k.Target()); err != nil {
				return err
			}
		}
	}
	if err := m.look(ctx); err != nil {
		return err
	}
	for range f.n {
		v := m.repo.NewAny()
		problems := m.fill(reflect.ValueOf(v).Elem())
		err := problems.left(reflect.ValueOf(v).Elem())
		if err == nil {
			err = m.store(nobody{}, scope{ctx: ctx, fleeting: true, keep: true}, v)
		}
		if err != nil {
			return err
		}
		f.pool[t.Model] = append(f.pool[t.Model], v)
	}
	return nil
}

// cleaner is what storing a row needs of a test.
type cleaner interface {
	Helper()
	Cleanup(fn func())
	Error(args ...any)
}

// nobody is the test of rows that stay.
type nobody struct{}

func (nobody) Helper()        {}
func (nobody) Cleanup(func()) {}
func (nobody) Error(...any)   {}
