package main

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"time"
)

// Late is a result in the form that the peer's library has for it. The check calls it for the form that all peers have
// in common; what is timed does not.
type Late[T any] func() []T

// late is for results that have that form.
func late[T any](rows []T, err error) (Late[T], error) { return func() []T { return rows }, err }

// lateRows is for results of a type that only the library has.
func lateRows[M, T any](rows []M, plain func(*M) T, err error) (Late[T], error) {
	return func() []T { return plainRows(rows, plain) }, err
}

func plainRows[M, T any](rows []M, plain func(*M) T) []T {
	list := make([]T, len(rows))
	for i := range rows {
		list[i] = plain(&rows[i])
	}
	return list
}

// checkBlog is check on the tables of the blog.
func checkBlog(ctx context.Context, db Database, lib *Library) (err error) {
	if lib.Blog == nil {
		return nil
	}
	s, err := openSeat(ctx, db, lib, blogStock, checkRows, 4, false)
	if err != nil {
		return err
	}
	defer closeSeat(s, &err)
	c := blogChecker{
		ctx: ctx, peer: s.Peer, table: s.Table, engine: lib.Engine, size: checkRows, began: time.Now().Add(-time.Second),
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"eager", c.eager}, {"totals", c.totals}, {"keyset", c.keyset},
		{"edit document", c.editDocument}, {"service", c.service},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s is not equal: %s: %w", lib.Name, step.name, err)
		}
	}
	return nil
}

// blogChecker is a check on the tables of the blog.
type blogChecker struct {
	ctx    context.Context
	peer   *Peer
	table  Table
	engine string
	size   blogSize
	began  time.Time // before anything was written
}

// posts are those of the beginning, by key.
func (c *blogChecker) posts() iter.Seq[Post] {
	return func(yield func(Post) bool) {
		for i := int64(1); i <= c.size.posts() && yield(c.size.seedPost(i)); i++ {
		}
	}
}

// sameRows compares what a peer read with what is there.
func sameRows[T any](what string, got Late[T], err error, want []T) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return same(what, got(), want)
}

func same[T any](what string, got, want T) error {
	if path, ok := differ(reflect.ValueOf(got), reflect.ValueOf(want)); ok {
		return fmt.Errorf("%s: at %q:\n%+v\nshould be\n%+v", what, path, got, want)
	}
	return nil
}

// differ finds where two values are different. Times are equal as moments, and no rows are as good as an empty list.
func differ(got, want reflect.Value) (path string, differs bool) {
	if at, ok := want.Interface().(time.Time); ok {
		return "", !at.Equal(got.Interface().(time.Time))
	}
	switch want.Kind() {
	case reflect.Slice:
		if got.Len() != want.Len() {
			return "len", true
		}
		for i := range want.Len() {
			if path, differs := differ(got.Index(i), want.Index(i)); differs {
				return fmt.Sprintf("[%d]%s", i, path), true
			}
		}
		return "", false
	case reflect.Struct:
		for i := range want.NumField() {
			if path, differs := differ(got.Field(i), want.Field(i)); differs {
				return "." + want.Type().Field(i).Name + path, true
			}
		}
		return "", false
	}
	return "", !reflect.DeepEqual(got.Interface(), want.Interface())
}
