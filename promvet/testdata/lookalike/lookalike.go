// Package lookalike has methods and functions that are named as those of package prom, and are none of its own.
package lookalike

import (
	"context"
	"iter"
)

type Repo[T any] struct{ rows []T }

func NewRepo[T any](rows ...T) *Repo[T] { return &Repo[T]{rows} }

// Each gives errors that say nothing.
func (r *Repo[T]) Each(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for i := range r.rows {
			if !yield(&r.rows[i], nil) {
				return
			}
		}
	}
}

func (r *Repo[T]) Get(ctx context.Context, key ...any) (*T, error) { return nil, nil }

// Where changes the repo itself.
func (r *Repo[T]) Where(keep ...func(T) bool) *Query[T] { r.rows = nil; return &Query[T]{} }

type Query[T any] struct{}

func (q *Query[T]) Where(keep ...func(T) bool) *Query[T] { return q }

func TextOf[P, V any](of P, field *V) *V { return field }
