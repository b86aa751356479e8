package promtest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/schema"
)

// Factory makes values of a model, and stores rows of them. It is safe for concurrent use; the order in which
// goroutines get values is then not defined.
type Factory[T any] struct {
	repo  *prom.Repo[T]
	maker *maker
	ctx   context.Context //nolint:containedctx // see In
	in    bool
}

// FactoryOption is an option of a factory: it changes how values are made.
type FactoryOption func(*settings)

type settings struct {
	seed         uint64
	optional     bool
	freshParents bool
	faker        Faker
}

// Faker makes texts for factories with the option [Fake]. The module promseed has one with the words of a library.
type Faker interface {
	// Fake returns a text that suits the name of a column, such as first_name, city or description, or "" for a name
	// that says nothing to it. It takes all randomness from rng, so that the same [Seed] makes the same values. The
	// factory asks again for a text that the column's rules do not allow, or that a unique column has already. It is not
	// called by several goroutines at once.
	Fake(rng *rand.Rand, column string) string
}

// Fake makes the factory ask f for texts. Email addresses, domains, telephone numbers and other texts that could reach
// a person still come from the ranges that are reserved for examples.
func Fake(f Faker) FactoryOption { return func(s *settings) { s.faker = f } }

// Seed sets the seed of the random values; the default is 1. The same seed makes the same values in the same order.
func Seed(n uint64) FactoryOption { return func(s *settings) { s.seed = n } }

// Optional makes the factory set optional fields too, except references. Without it they are NULL.
func Optional() FactoryOption { return func(s *settings) { s.optional = true } }

// FreshParents makes the factory create a new row for each required reference of each value. Without it, the rows of a
// factory refer to the same row, unless a unique index requires another one.
func FreshParents() FactoryOption { return func(s *settings) { s.freshParents = true } }

// New returns a factory of the model T on a database. It panics if T is not a model, as [prom.NewRepo] does.
func New[T any](db *prom.DB, opts ...FactoryOption) *Factory[T] {
	s := settings{seed: 1}
	for _, opt := range opts {
		opt(&s)
	}
	repo := prom.NewRepo[T](prom.Using(db))
	return &Factory[T]{repo: repo, maker: newMaker(db, core.Of(repo), s), ctx: context.Background()}
}

// Repo returns the repo with which the factory stores rows.
func (f *Factory[T]) Repo() *prom.Repo[T] { return f.repo }

// In returns the factory with a context for its calls, such as that of a transaction.
func (f *Factory[T]) In(ctx context.Context) *Factory[T] {
	g := *f
	g.ctx, g.in = ctx, true
	return &g
}

// Make returns a value that fulfills the model's rules, without storing it. Required references are not set, because
// the rows that they refer to would have to be stored. Fields that are set at insertion, such as the key and the times
// of [prom.Model], are not set either. Make panics if it cannot make a value for a field, such as one of a type of your
// own: set it by an override.
func (f *Factory[T]) Make(overrides ...func(*T)) T {
	v, err := f.make(overrides)
	if err != nil {
		panic("promtest: " + err.Error())
	}
	return *v
}

func (f *Factory[T]) make(overrides []func(*T)) (*T, error) {
	v := f.repo.New()
	problems := f.maker.fill(reflect.ValueOf(v).Elem())
	for _, o := range overrides {
		o(v)
	}
	return v, problems.left(reflect.ValueOf(v).Elem())
}

// Create stores a new row and returns it. The overrides change the value before it is stored. Required references that
// they leave unset refer to rows that Create stores too, with everything that these require. All these rows are deleted
// when the test ends, unless the database is one of [DB]. An error ends the test.
//
// A database may refuse a value that the model allows: by a CHECK, an exclusion constraint, a unique index on an
// expression or a trigger. The factory only knows the rules of the model: declare the rule by a tag, or set the field
// by an override.
func (f *Factory[T]) Create(tb testing.TB, overrides ...func(*T)) *T {
	tb.Helper()
	err := f.maker.look(f.ctx)
	var v *T
	if err == nil {
		v, err = f.make(overrides)
	}
	if err == nil {
		err = f.maker.store(tb, scope{ctx: f.ctx, fleeting: f.in}, v)
	}
	if err != nil {
		tb.Fatal("promtest:", err)
	}
	return v
}

// CreateMany stores n new rows, as [Factory.Create] does, and returns them.
func (f *Factory[T]) CreateMany(tb testing.TB, n int, overrides ...func(*T)) []*T {
	tb.Helper()
	list := make([]*T, n)
	for i := range list {
		list[i] = f.Create(tb, overrides...)
	}
	return list
}

// maker makes values of a model that is known at run time only.
type maker struct {
	db       *prom.DB
	repo     *core.Repo
	settings settings
	distinct map[*schema.Column]bool // columns whose values must differ from row to row
	refers   map[*schema.Column]bool // columns that refer to a row together with others

	mu      sync.Mutex
	rng     *rand.Rand
	parents map[*schema.Column]any  // a row that references refer to: a pointer to its model
	makers  map[reflect.Type]*maker // of the parents' models
	counter *counter                // of the model's table
	pool    map[reflect.Type][]any  // rows that references may lead to, by model; nil for none
}

func newMaker(db *prom.DB, repo *core.Repo, s settings) *maker {
	t := repo.Table()
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.Name)) // models differ, whatever order they are made in
	refers := map[*schema.Column]bool{}
	for _, k := range t.ForeignKeys {
		for _, c := range k.Columns {
			refers[c] = true
		}
	}
	return &maker{db: db, repo: repo, settings: s, distinct: distinctColumns(t), refers: refers,
		rng:     rand.New(rand.NewPCG(s.seed, h.Sum64())),
		parents: map[*schema.Column]any{}, makers: map[reflect.Type]*maker{}, counter: counterOf(db, t)}
}

// distinctColumns returns a column of the key, and of each unique index, whose values must differ. A column that has
// many values is preferred, and a reference taken when there is no other.
func distinctColumns(t *schema.Table) map[*schema.Column]bool {
	list := map[*schema.Column]bool{}
	add := func(cols []*schema.Column) {
		best, rank := (*schema.Column)(nil), -1
		for _, c := range cols {
			r := 1
			switch {
			case list[c] || c.Auto || c.ReadOnly:
				return
			case c.References != nil:
				r = 0
			case c.Kind == schema.Text || c.Kind == schema.UUID:
				r = 4
			case c.Kind == schema.Int64 || c.Kind == schema.Int32 || c.Kind == schema.Uint64:
				r = 3
			case c.Kind == schema.Bool || c.Rules.Choices != nil:
			default:
				r = 2
			}
			if r > rank {
				best, rank = c, r
			}
		}
		if best != nil {
			list[best] = true
		}
	}
	add(t.Key)
	for _, ix := range t.Indexes {
		if ix.Unique {
			add(columnsOf(t, ix))
		}
	}
	return list
}

// columnsOf returns the columns of an index, those in its expressions with them.
func columnsOf(t *schema.Table, ix *schema.Index) []*schema.Column {
	var cols []*schema.Column
	for _, c := range ix.Columns {
		if c.Column != nil {
			cols = append(cols, c.Column)
			continue
		}
		for word := range strings.FieldsFuncSeq(c.Expr,
			func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if col := t.Column(word); col != nil {
				cols = append(cols, col)
			}
		}
	}
	return cols
}

// scope is where rows are stored.
type scope struct {
	ctx      context.Context //nolint:containedctx // of one call
	fleeting bool            // what is stored may be taken back, so that it is not referred to later
	keep     bool            // what is stored stays
	making   []reflect.Type  // the models whose rows wait for the one that is made
}

// store sets the required references of a value, a pointer to the model, and inserts it.
func (m *maker) store(tb cleaner, in scope, v any) error {
	tb.Helper()
	in.making = append(in.making[:len(in.making):len(in.making)], m.repo.Table().Model)
	given := map[*schema.Column]bool{} // by overrides
	for _, c := range m.repo.Table().Columns {
		given[c] = !reflect.ValueOf(v).Elem().FieldByIndex(c.Path).IsZero()
	}
	keys := slices.Clone(m.repo.Table().ForeignKeys)
	slices.SortStableFunc(keys, func(a, b *schema.ForeignKey) int { return len(a.Null) - len(b.Null) })
	for _, k := range keys { // a column that one of them has set may be enough for those that may be NULL
		if err := m.setKey(tb, in, v, k, given); err != nil {
			return fmt.Errorf("field %s: %w", k.Field, err)
		}
	}
	for _, c := range m.repo.Table().References() {
		field := reflect.ValueOf(v).Elem().FieldByIndex(c.Path)
		if c.Null || !field.IsZero() {
			continue
		}
		parent, err := m.self(v, c.References.Model, m.repo.Table().Key), error(nil)
		if parent == nil {
			parent, err = m.parent(tb, in, c, c.References.Model, nil, false)
		}
		if err != nil {
			return fmt.Errorf("field %s: %w", c.Field, err)
		}
		key := reflect.ValueOf(parent).Elem().FieldByIndex(c.References.TargetColumn().Path)
		field.Addr().MethodByName("SetKey").Call([]reflect.Value{key})
	}
	if err := m.repo.CreateAny(in.ctx, v); err != nil {
		if errors.Is(err, prom.ErrCheck) && !errors.Is(err, prom.ErrValidation) {
			err = fmt.Errorf("%w: a factory knows the rules of the model alone; state this one by a tag such as choices, min or max, or let an override set the field",
				err)
		}
		return err
	}
	if _, ours := owned.Load(m.db); ours || in.keep {
		return nil
	}
	if len(m.repo.Table().Key) == 0 {
		return fmt.Errorf("%s has no primary key, so its row cannot be deleted when the test ends; use a database of promtest.DB",
			m.repo.Table().Model)
	}
	tb.Cleanup(func() {
		if err := m.repo.UnsafeDeleteAny(context.Background(), v); err != nil {
			tb.Error("promtest:", err)
		}
	})
	return nil
}

// setKey makes columns that refer to a row together refer to one, if they must and no override has set one of them. The
// row has the values of columns that another key of the row has set already.
func (m *maker) setKey(tb cleaner, in scope, v any, k *schema.ForeignKey, given map[*schema.Column]bool) error {
	tb.Helper()
	required := false
	var shared []int // which of the columns another key has set
	for i, c := range k.Columns {
		if given[c] {
			return nil
		}
		if reflect.ValueOf(v).Elem().FieldByIndex(c.Path).IsZero() {
			required = required || !c.Null
		} else {
			shared = append(shared, i)
		}
	}
	if !required {
		return nil
	}
	to := k.To()
	parent, err := m.self(v, k.Model, to), error(nil)
	if parent == nil {
		parent, err = m.parent(tb, in, k.Columns[0], k.Model, func(parent reflect.Value) error {
			for _, i := range shared {
				err := assignKey(parent.FieldByIndex(to[i].Path), to[i],
					reflect.ValueOf(v).Elem().FieldByIndex(k.Columns[i].Path), k.Columns[i])
				if err != nil {
					return err
				}
			}
			return nil
		}, len(shared) > 0)
	}
	if err != nil {
		return err
	}
	for i, c := range k.Columns {
		if slices.Contains(shared, i) {
			continue
		}
		err := assignKey(reflect.ValueOf(v).Elem().FieldByIndex(c.Path), c,
			reflect.ValueOf(parent).Elem().FieldByIndex(to[i].Path), to[i])
		if err != nil {
			return err
		}
	}
	return nil
}

// assignKey sets the field of a column to the value of another one, of a row that refers to it or to which it refers.
func assignKey(field reflect.Value, c *schema.Column, part reflect.Value, from *schema.Column) error {
	if part.Kind() == reflect.Pointer {
		if part.IsNil() {
			return fmt.Errorf("set it by hand: the row that was made for it has NULL in its field %s", from.Field)
		}
		part = part.Elem()
	}
	if from.References != nil {
		part = reflect.ValueOf(schema.KeyOf(part))
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch {
	case c.References != nil:
		field.Addr().MethodByName("SetKey").Call([]reflect.Value{part})
	case part.Type().AssignableTo(field.Type()):
		field.Set(part)
	default:
		return fmt.Errorf("set %s by hand: it is a %s, and the key a %s", c.Field, field.Type(), part.Type())
	}
	return nil
}

// self returns the value itself as the row that it refers to, if it may be one: a row of the same model whose columns
// referred to are known before the row is stored. Else it returns nil.
func (m *maker) self(v any, model reflect.Type, to []*schema.Column) any {
	if model != m.repo.Table().Model {
		return nil
	}
	for _, c := range to {
		field := reflect.ValueOf(v).Elem().FieldByIndex(c.Path)
		switch {
		case !field.IsZero():
		case c.Auto && field.Type() == reflect.TypeFor[prom.UUID]():
			field.Set(reflect.ValueOf(prom.NewUUID()))
		default:
			return nil
		}
	}
	return v
}

// circle returns the models from one of them back to itself, each needing the next, or "" when it is not among those
// whose rows are made.
func circle(making []reflect.Type, model reflect.Type) string {
	at := slices.Index(making, model)
	if at < 0 {
		return ""
	}
	names := make([]string, 0, len(making)-at+1)
	for _, t := range append(slices.Clone(making[at:]), model) {
		names = append(names, t.Name())
	}
	return strings.Join(names, " → ")
}

// parent returns a row of a model for a reference, as a pointer to it. Of several columns, the first one decides.
func (m *maker) parent(tb cleaner, in scope, c *schema.Column, model reflect.Type, preset func(reflect.Value) error,
	fresh bool) (any, error) {
	tb.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if way := circle(in.making, model); way != "" {
		return nil, fmt.Errorf("the required references %s form a circle, so that no row can be stored first: store a row of "+
			"%s, in a transaction whose constraints are checked at its end, and let an override refer to it", way,
			model.Name())
	}
	if rows := m.pool[model]; len(rows) > 0 && !fresh && !m.distinct[c] {
		return pick(m.rng, rows), nil
	}
	fresh = fresh || m.settings.freshParents || in.fleeting || m.distinct[c]
	if v, ok := m.parents[c]; ok && !fresh {
		return v, nil
	}
	p := m.makers[model]
	if p == nil {
		repo, err := core.For(model, (*db.DB)(m.db))
		if err != nil {
			return nil, err
		}
		p = newMaker(m.db, repo, m.settings)
		p.pool = m.pool
		m.makers[model] = p
	}
	if err := p.look(in.ctx); err != nil {
		return nil, err
	}
	v := p.repo.NewAny()
	problems := p.fill(reflect.ValueOf(v).Elem())
	var err error
	if preset != nil {
		err = preset(reflect.ValueOf(v).Elem())
	}
	if err == nil {
		err = problems.left(reflect.ValueOf(v).Elem())
	}
	if err == nil {
		err = p.store(tb, in, v)
	}
	if err != nil || fresh {
		return v, err
	}
	m.parents[c] = v
	tb.Cleanup(func() { // with the test, the row goes or is no longer known to be there
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.parents, c)
	})
	return v, nil
}
