package db

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a mark outside a transaction holds for everybody at once, until it is cleared or the DB is closed.
// parity: A15 R11
func TestMark(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.DSN)
		m := db.Mark("table")
		is.True(m == db.Mark("table")) // the same key, the same mark
		is.True(m != db.Mark("other"))
		is.True(!m.IsSet(ctx))
		m.Set(ctx)
		m.Set(ctx)
		is.True(m.IsSet(ctx))
		is.True(!db.Mark("other").IsSet(ctx))
		m.Clear()
		is.True(!m.IsSet(ctx))
		m.Set(ctx)
		is.NoErr(db.Close())
		is.True(!m.IsSet(ctx))
		is.True(!connect(t, e.DSN).Mark("table").IsSet(ctx))
	})
}

// Ensure that a mark set in a transaction holds in it, and for others when the outermost one commits; a rollback at any
// level takes it back. parity: A15
func TestMark_Tx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.DSN)
		kept, lost, deep := db.Mark("kept"), db.Mark("lost"), db.Mark("deep")
		is.NoErr(db.Tx(ctx, func(outer context.Context) error {
			kept.Set(outer)
			kept.Set(outer)
			is.True(kept.IsSet(outer))
			is.True(!kept.IsSet(ctx)) // nobody else sees it yet
			is.True(db.Tx(outer, func(inner context.Context) error {
				is.True(kept.IsSet(inner))
				lost.Set(inner)
				is.True(lost.IsSet(inner))
				is.True(!lost.IsSet(outer))
				return errOwn
			}) == errOwn)
			is.True(!lost.IsSet(outer))
			return db.Tx(outer, func(middle context.Context) error {
				is.NoErr(db.Tx(middle, func(inner context.Context) error { deep.Set(inner); return nil }))
				is.True(deep.IsSet(middle))
				is.True(!deep.IsSet(ctx))
				return nil
			})
		}))
		is.True(kept.IsSet(ctx))
		is.True(deep.IsSet(ctx))
		is.True(!lost.IsSet(ctx))

		for _, end := range []func() error{func() error { return errOwn }, func() error { panic(errOwn) }} {
			func() {
				defer func() { _ = recover() }()
				_ = db.Tx(ctx, func(ctx context.Context) error {
					lost.Set(ctx)
					is.NoErr(db.Tx(ctx, func(ctx context.Context) error { lost.Set(ctx); return nil }))
					return end()
				})
			}()
			is.True(!lost.IsSet(ctx))
		}
	})
}

// Ensure that a mark set in a transaction that cannot commit is not kept.
// parity: A15
func TestMark_CommitFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := connect(t, e.DSN)
		m := db.Mark("table")
		ctx, cancel := context.WithCancel(limited(t))
		err := db.Tx(ctx, func(ctx context.Context) error { m.Set(ctx); cancel(); return nil })
		is.True(errors.Is(err, driver.KindCanceled))
		is.True(!m.IsSet(limited(t)))
	})
}

// Ensure that what a key stands for is made once, for each DB.
func TestExtra(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := connect(t, dbtest.Memory())
	made := make([]any, 16)
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() { made[i] = db.Extra("key", func() any { return new(int) }) })
	}
	group.Wait()
	for _, v := range made {
		is.True(v == made[0])
	}
	is.True(db.Extra("other", func() any { return new(int) }) != made[0])
}
