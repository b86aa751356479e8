package walk

import (
	"context"
	"reflect"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promtest"
	"github.com/prom-go/prom/schema"
)

// Model is a generated model with its relations.
type Model struct{ on func(db *prom.DB) table }

// Relation is a relation of the model T, with the Go field that holds its rows.
type Relation[T any] struct {
	field string
	rel   prom.Relation[*T]
}

// Rel returns the relation of a field.
func Rel[T any](field string, rel prom.Relation[*T]) Relation[T] { return Relation[T]{field, rel} }

// Of returns the model of a repo, with its relations.
func Of[T any](repo *prom.Repo[T], relations ...Relation[T]) Model {
	return Model{func(db *prom.DB) table { return &tableOf[T]{repo.Using(db), db, relations} }}
}

// table is a model of which no type is known. A row is a pointer to its struct.
type table interface {
	schema() *schema.Table
	repo() prom.AnyRepo
	all(ctx context.Context) (rows reflect.Value, err error)
	each(ctx context.Context) (n int, err error)
	count(ctx context.Context) (int, error)
	get(ctx context.Context, key ...any) (any, error)
	create(ctx context.Context, row any) error
	createMany(ctx context.Context, rows ...any) error
	save(ctx context.Context, row any) error
	remove(ctx context.Context, row any) error
	removeWhere(ctx context.Context, row any) (int, error)
	factory(ctx context.Context, tb *recorder)
	empty() any
	upsert(ctx context.Context, row any) error
	onConflict(ctx context.Context, row any, nothing bool) (prom.Outcome, error)
	update(ctx context.Context, row reflect.Value, column string, x any) (int, error)
	where(ctx context.Context, column string, xs ...any) (rows reflect.Value, err error)
	sorted(ctx context.Context, column string) (rows reflect.Value, err error)
	relations() []string
	with(ctx context.Context, i int) (rows reflect.Value, err error)
}

type tableOf[T any] struct {
	r    *prom.Repo[T]
	db   *prom.DB
	rels []Relation[T]
}

func (t *tableOf[T]) schema() *schema.Table { return t.r.Schema() }
func (t *tableOf[T]) repo() prom.AnyRepo    { return t.r }

func (t *tableOf[T]) all(ctx context.Context) (reflect.Value, error) {
	rows, err := t.r.All(ctx)
	return reflect.ValueOf(rows), err
}

func (t *tableOf[T]) each(ctx context.Context) (n int, err error) {
	for _, err := range t.r.Each(ctx) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (t *tableOf[T]) count(ctx context.Context) (int, error) { return t.r.Count(ctx) }

func (t *tableOf[T]) get(ctx context.Context, key ...any) (any, error) {
	row, err := t.r.Get(ctx, key...)
	return row, err
}

func (t *tableOf[T]) create(ctx context.Context, row any) error { return t.r.Create(ctx, row.(*T)) }

func (t *tableOf[T]) createMany(ctx context.Context, rows ...any) error {
	list := make([]T, len(rows))
	for i, row := range rows {
		list[i] = *row.(*T)
	}
	return t.r.CreateMany(ctx, list)
}

func (t *tableOf[T]) save(ctx context.Context, row any) error   { return t.r.Save(ctx, row.(*T)) }
func (t *tableOf[T]) remove(ctx context.Context, row any) error { return t.r.Delete(ctx, row.(*T)) }

// removeWhere deletes the rows whose columns all have the values of a row.
func (t *tableOf[T]) removeWhere(ctx context.Context, row any) (int, error) {
	q := t.r.Query()
	for _, c := range t.schema().Columns {
		if c.Kind == schema.JSON || c.Kind.IsList() {
			continue
		}
		f, err := prom.FieldByName(t.r, c.Name)
		if err != nil {
			return 0, err
		}
		v := reflect.ValueOf(row).Elem().FieldByIndex(c.Path)
		x := plain(v)
		if x == nil {
			q = q.Where(f.IsNull())
			continue
		}
		q = q.Where(f.Eq(x))
	}
	return q.Delete(ctx)
}

func (t *tableOf[T]) factory(ctx context.Context, tb *recorder) {
	promtest.New[T](t.db).In(ctx).Create(tb)
}

func (t *tableOf[T]) upsert(ctx context.Context, row any) error { return t.r.Upsert(ctx, row.(*T)) }

func (t *tableOf[T]) onConflict(ctx context.Context, row any, nothing bool) (prom.Outcome, error) {
	c := t.r.OnConflict()
	if nothing {
		c = c.DoNothing()
	}
	return c.Create(ctx, row.(*T))
}

// update sets a column of the row with the key of a row, or of all where there is no key.
func (t *tableOf[T]) update(ctx context.Context, row reflect.Value, column string, x any) (int, error) {
	q := t.r.WithoutWhere()
	for i, key := range keyOf(row, t.schema()) {
		f, err := prom.FieldByName(t.r, t.schema().Key[i].Name)
		if err != nil {
			return 0, err
		}
		q = q.Where(f.Eq(key))
	}
	f, err := prom.FieldByName(t.r, column)
	if err != nil {
		return 0, err
	}
	return q.Update(ctx, f.Set(x))
}

// where returns the rows with a value in a column, or with one of several.
func (t *tableOf[T]) where(ctx context.Context, column string, xs ...any) (reflect.Value, error) {
	f, err := prom.FieldByName(t.r, column)
	if err != nil {
		return reflect.Value{}, err
	}
	cond := f.In(xs...)
	if len(xs) == 1 {
		cond = f.Eq(xs[0])
	}
	rows, err := t.r.Where(cond).All(ctx)
	return reflect.ValueOf(rows), err
}

func (t *tableOf[T]) sorted(ctx context.Context, column string) (reflect.Value, error) {
	f, err := prom.FieldByName(t.r, column)
	if err != nil {
		return reflect.Value{}, err
	}
	rows, err := t.r.OrderBy(f.Asc()).All(ctx)
	return reflect.ValueOf(rows), err
}

func (t *tableOf[T]) empty() any { return t.r.New() }

func (t *tableOf[T]) relations() []string {
	var names []string
	for _, r := range t.rels {
		names = append(names, r.field)
	}
	return names
}

func (t *tableOf[T]) with(ctx context.Context, i int) (reflect.Value, error) {
	rows, err := t.r.With(t.rels[i].rel).All(ctx)
	return reflect.ValueOf(rows), err
}

// referring is a field that holds the key of another row.
type referring interface{ ReferenceValues() (key, row any) }

// plain returns the value of a field without pointers and references, nil for NULL.
func plain(v reflect.Value) any {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if ref, ok := v.Interface().(referring); ok {
		key, _ := ref.ReferenceValues()
		return key
	}
	return v.Interface()
}
