package prom

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// AnyRepo is a [Repo] of any model. It is what functions over several repos take, such as [Dump], and what [RepoOf] returns.
type AnyRepo interface {
	Installer

	// Schema returns the schema of the repo's table.
	Schema() *schema.Table
	// DB returns the repo's connection.
	DB() (*DB, error)
	// NewAny returns a new value of the repo's model with the defaults of its fields, as a pointer.
	NewAny() any
	// CreateAny is Create for a value whose type is known at run time only: a pointer to the repo's model.
	CreateAny(ctx context.Context, v any) error
	// UnsafeDeleteAny deletes the row with the key of v, a pointer to the repo's model, for good: past hooks, and where others are only
	// marked as deleted. A row that is gone is no error.
	UnsafeDeleteAny(ctx context.Context, v any) error

	bind() (*binding, error)
	rowPlan() *scan.Plan
}

// models make repos of the models that the program stores or refers to, by model: reflect.Type → func(*DB) AnyRepo.
var models sync.Map

// knowModel lets [RepoOf] make repos of the model.
func knowModel[T any]() {
	model := reflect.TypeFor[T]()
	if _, ok := models.Load(model); !ok {
		models.Store(model, func(db *DB) AnyRepo { return NewRepo[T](Using(db)) })
	}
}

// RepoOf returns a repo on a connection for a model that is known at run time only, such as the target of a reference. The program must
// have made a repo of the model before, by [NewRepo], or the field of a reference to it, by [RefOf].
func RepoOf(model reflect.Type, db *DB) (AnyRepo, error) {
	if known, ok := models.Load(model); ok {
		return known.(func(*DB) AnyRepo)(db), nil
	}
	return nil, fmt.Errorf("prom: no repo of %s has been made; call prom.NewRepo[%s]() first", model, model.Name())
}

// NewAny is [Repo.New] for who does not know the type: it returns a *T.
func (r *Repo[T]) NewAny() any { return r.New() }

// CreateAny is [Repo.Create] for a value whose type is known at run time only: a *T.
func (r *Repo[T]) CreateAny(ctx context.Context, v any) error {
	value, ok := v.(*T)
	if !ok {
		return errorOf("insert", r.table, fmt.Errorf("the value is a %T, not a *%s", v, r.table.Model))
	}
	return r.Create(ctx, value)
}

// UnsafeDeleteAny deletes the row with the key of v, a *T, for good: past hooks, and where others are only marked as deleted. A row that is
// gone is no error.
func (r *Repo[T]) UnsafeDeleteAny(ctx context.Context, v any) error {
	value, ok := v.(*T)
	if !ok {
		return errorOf("delete", r.table, fmt.Errorf("the value is a %T, not a *%s", v, r.table.Model))
	}
	if err := r.needKey("delete"); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	var err error
	if w.args, err = r.rowKey(w.args, value); err != nil {
		return errorOf("delete", r.table, err)
	}
	err = r.missed(ctx, r.deleteBy(ctx, w, r.table.Key), query.Spec{}.WithDeleted(), r.table.Key, w.args)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return err
}

func (r *Repo[T]) rowPlan() *scan.Plan { return r.plan }

// onOne returns the connection of repos, which must be the same for all, and the bindings by table.
func onOne(op string, repos []AnyRepo) (db *DB, bound map[*schema.Table]*binding, err error) {
	bound = map[*schema.Table]*binding{}
	for _, r := range repos {
		b, err := r.bind()
		if err != nil {
			return nil, nil, err
		}
		if db == nil {
			db = b.db
		}
		if b.db != db {
			return nil, nil, errorOf(op, b.table, errors.New("the repos are on different connections; call once for each"))
		}
		bound[b.table] = b
	}
	if db == nil {
		return nil, nil, fmt.Errorf("prom: %s: no repos were given", op)
	}
	return db, bound, nil
}
