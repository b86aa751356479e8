package types_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// typed is a set of values of one type, which are kept, or refused by one engine or all. Of each type that is checked,
// a model has three fields: of the type itself, a pointer to it, and a sql.Null of it. One model has the fields of many
// types, because a repo for each type would take minutes to compile.
type typed struct {
	typ    reflect.Type
	values []reflect.Value
	wants  []reflect.Value // what is read back

	refused bool
	engine  string // that refuses them, "" for all
	kind    prom.Kind
}

// kept says that values of a type are stored and come back as they are.
func kept[V any](values ...V) typed { return keptAs(func(v V) V { return v }, values...) }

// keptAs says that values come back as want makes them.
func keptAs[V any](want func(V) V, values ...V) typed {
	c := typed{typ: reflect.TypeFor[V]()}
	for _, v := range values {
		w := want(v)
		c.values, c.wants = append(c.values, reflect.ValueOf(&v).Elem()), append(c.wants, reflect.ValueOf(&w).Elem())
	}
	return c
}

// refused says that values of a type are refused on both engines, in every form and before they are sent.
func refused[V any](values ...V) typed { return refusedOn("", prom.ErrValidation, values...) }

// refusedOn says that values are refused by one engine, or by all of them, and kept by the other.
func refusedOn[V any](engine string, kind prom.Kind, values ...V) typed {
	c := kept(values...)
	c.refused, c.engine, c.kind = true, engine, kind
	return c
}

// fields returns the fields of a model for a type.
func (c *typed) fields(model reflect.Value) (value, pointer, null reflect.Value) {
	for i := range model.NumField() {
		switch f := model.Field(i); {
		case f.Type() == c.typ:
			value = f
		case f.Type() == reflect.PointerTo(c.typ):
			pointer = f
		case f.Type().PkgPath() == "database/sql" && f.NumField() == 2 && f.Field(0).Type() == c.typ:
			null = f
		}
	}
	return value, pointer, null
}

// set gives the fields of a model value i, or the last one. Those that can be NULL are, unless full is set.
func (c *typed) set(model reflect.Value, i int, full bool) {
	v := c.values[min(i, len(c.values)-1)]
	value, pointer, null := c.fields(model)
	value.Set(v)
	pointer.SetZero()
	if full {
		pointer.Set(reflect.New(c.typ))
		pointer.Elem().Set(v)
	}
	null.Field(0).Set(v)
	null.Field(1).SetBool(full)
}

// check returns an error when the fields of a model do not hold what value i becomes.
func (c *typed) check(model reflect.Value, i int, full bool) error {
	want := c.wants[min(i, len(c.wants)-1)].Interface()
	value, pointer, null := c.fields(model)
	if pointer.IsNil() == full || null.Field(1).Bool() != full || !full && !null.IsZero() {
		return fmt.Errorf("%s, value %d: NULL became a value, or a value NULL", c.typ, i)
	}
	got := []any{value.Interface()}
	if full {
		got = append(got, pointer.Elem().Interface(), null.Field(0).Interface())
	}
	for _, g := range got {
		if !reflect.DeepEqual(g, want) {
			return fmt.Errorf("%s, value %d: %.80s became %.200s", c.typ, i, fmt.Sprintf("%#v", want), fmt.Sprintf("%#v", g))
		}
	}
	return nil
}

// eachType runs checks of the types that the model M has, on each engine, for a row of docs/reliability.md or for none,
// which is 0.
func eachType[M any](t *testing.T, suite int, checks []typed) {
	t.Helper()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := prom.NewRepo[M](prom.Using(kit.Open(t, e.DSN)), prom.Table("cell"))
		k := keeper[M]{repo: repo}
		values, refusals := 0, 0
		for i := range checks {
			c := &checks[i]
			values += len(c.values)
			if c.refused && (c.engine == "" || c.engine == e.Name) {
				refuse(t, repo, c)
				refusals += len(c.values)
				continue
			}
			k.add(*c)
		}
		if err := k.run(e.Mode == "cache_statement"); err != nil {
			t.Error(err)
		}
		if suite > 0 {
			dbtest.Reportf(t, suite, "%d values, each in three forms, %d of them refused", values, refusals)
		}
	})
}

// refuse checks that each of the values is refused, in every form, by an insert and by an update.
func refuse[M any](t *testing.T, repo *prom.Repo[M], c *typed) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	for i := range c.values {
		for form := range 3 {
			var all, one M
			c.set(reflect.ValueOf(&all).Elem(), i, true)
			is.NoErr(repo.Create(ctx, &one))
			created := new(M)
			for _, m := range []*M{created, &one} {
				v1, p1, n1 := c.fields(reflect.ValueOf(&all).Elem())
				v2, p2, n2 := c.fields(reflect.ValueOf(m).Elem())
				[]reflect.Value{v2, p2, n2}[form].Set([]reflect.Value{v1, p1, n1}[form])
			}
			for what, err := range map[string]error{"insert": repo.Create(ctx, created), "update": repo.Save(ctx, &one)} {
				if !errors.Is(err, c.kind) {
					t.Errorf("%s, value %d: the error of an %s is %v, not of kind %v", c.typ, i, what, err, c.kind)
				}
			}
			is.Equal(reflect.ValueOf(created).Elem().FieldByName("ID").Int(), int64(0))
		}
	}
}

// keeper checks that values are kept, those of all types of a model at once.
type keeper[M any] struct {
	repo   *prom.Repo[M]
	checks []typed
	rows   int
}

func (k *keeper[M]) add(c typed) {
	for i := range k.checks {
		if o := &k.checks[i]; o.typ == c.typ {
			o.values, o.wants = append(o.values[:len(o.values):len(o.values)],
				c.values...), append(o.wants[:len(o.wants):len(o.wants)], c.wants...)
			k.rows = max(k.rows, len(o.values))
			return
		}
	}
	k.checks = append(k.checks, c)
	k.rows = max(k.rows, len(c.values))
}

func (k *keeper[M]) set(m *M, i int, full bool) {
	for j := range k.checks {
		k.checks[j].set(reflect.ValueOf(m).Elem(), i, full)
	}
}

func (k *keeper[M]) check(what string, m *M, i int, full bool) error {
	for j := range k.checks {
		if err := k.checks[j].check(reflect.ValueOf(m).Elem(), i, full); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if cols := k.repo.Modified(m); len(cols) > 0 {
		return fmt.Errorf("%s: modified without a change: %v", what, cols)
	}
	return nil
}

func idOf[M any](m *M) int64 { return reflect.ValueOf(m).Elem().FieldByName("ID").Int() }

func (k *keeper[M]) run(byCOPY bool) error {
	for i := range k.rows {
		if err := k.one(i); err != nil {
			return err
		}
	}
	if err := k.many(2*k.rows + 1); err != nil || !byCOPY {
		return err
	}
	return k.many(3000) // from which on CreateMany uses COPY
}

// one creates a row with the values i, writes them once more by an update, and then NULL. parity: M15 B5
func (k *keeper[M]) one(i int) error {
	ctx := context.Background()
	var created, bare M
	k.set(&created, i, true)
	k.set(&bare, i, false)
	if err := errors.Join(k.repo.Create(ctx, &created), k.repo.Create(ctx, &bare)); err != nil {
		return fmt.Errorf("create of values %d: %w", i, err)
	}
	if err := k.check("created bare", &bare, i, false); err != nil {
		return err
	}
	updated := bare
	k.set(&updated, i, true)
	if err := k.repo.Save(ctx, &updated); err != nil {
		return fmt.Errorf("update to values %d: %w", i, err)
	}
	read, err := k.repo.Get(ctx, idOf(&created))
	if err != nil {
		return fmt.Errorf("get of values %d: %w", i, err)
	}
	for what, m := range map[string]*M{"created": &created, "updated": &updated, "read": read} {
		if err := k.check(what, m, i, true); err != nil {
			return err
		}
	}
	k.set(&updated, i, false)
	if err := errors.Join(k.repo.Save(ctx, &updated), k.repo.Reload(ctx, &updated)); err != nil {
		return fmt.Errorf("update to NULL: %w", err)
	}
	return k.check("updated to NULL", &updated, i, false)
}

// many creates n rows at once, in turn with and without NULLs, and reads them.
func (k *keeper[M]) many(n int) error {
	ctx := context.Background()
	list := make([]M, n)
	value := func(i int) int {
		if i > 2*k.rows {
			return 0
		}
		return i / 2
	}
	for i := range list {
		k.set(&list[i], value(i), i%2 == 0)
	}
	if err := k.repo.CreateMany(ctx, list); err != nil {
		return fmt.Errorf("create of %d: %w", n, err)
	}
	all, err := k.repo.All(ctx)
	if err != nil {
		return err
	}
	stored := make(map[int64]*M, len(all))
	for i := range all {
		stored[idOf(&all[i])] = &all[i]
	}
	for i := range list {
		if i > 2*k.rows+10 && i < n-10 {
			continue // the same as those before
		}
		read := stored[idOf(&list[i])]
		if read == nil {
			return fmt.Errorf("row %d of %d is not there", i, n)
		}
		for what, m := range map[string]*M{"created among many": &list[i], "read among many": read} {
			if err := k.check(what, m, value(i), i%2 == 0); err != nil {
				return err
			}
		}
	}
	return nil
}
