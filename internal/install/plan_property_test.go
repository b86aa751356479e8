package install_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// sort is a sort of field that a random model may have.
type sort struct {
	typ      reflect.Type
	tag      string
	value    func(i int) schema.Value // of row i; different for each when unique is set
	unique   bool
	noNull   bool
	noIndex  bool
	defaults []string
	rules    []string // each is true of all values
	becomes  []int    // the sorts that it may be changed to, in the order of sorts
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

func intOf(k schema.Kind) func(i int) schema.Value {
	return func(i int) schema.Value { return schema.IntValue(k, int64(i)+1) }
}

func textOf(k schema.Kind, format string) func(i int) schema.Value {
	return func(i int) schema.Value { return schema.TextValue(k, fmt.Sprintf(format, i)) }
}

var noon = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

var sorts = []sort{
	0: {typ: typeOf[int16](), value: intOf(schema.Int16), unique: true, defaults: []string{"3", "-5"},
		rules: []string{"min=1", "min=-7,max=900", "nonempty"}, becomes: []int{1, 2}},
	1: {typ: typeOf[int32](), value: intOf(schema.Int32), unique: true, defaults: []string{"3"},
		rules: []string{"min=1", "max=100000"}, becomes: []int{0, 2}},
	2: {typ: typeOf[int64](), value: intOf(schema.Int64), unique: true, defaults: []string{"3", "9000000000"},
		rules: []string{"min=1", "max=100000"}, becomes: []int{0, 1, 9}},
	3: {typ: typeOf[int8](), value: intOf(schema.Int16), unique: true, becomes: []int{0, 1, 2}},
	4: {typ: typeOf[uint16](), value: intOf(schema.Int32), unique: true, becomes: []int{1, 2}},
	5: {typ: typeOf[uint64](), value: func(i int) schema.Value { return schema.UintValue(uint64(i) + 1) }, unique: true},
	6: {typ: typeOf[bool](), value: func(i int) schema.Value { return schema.BoolValue(i%2 == 0) },
		defaults: []string{"true", "false"}},
	7: {typ: typeOf[float32](), value: func(i int) schema.Value {
		return schema.FloatValue(schema.Float32,
			float64(i)+0.5)
	}, unique: true, becomes: []int{8}},
	8: {typ: typeOf[float64](), value: func(i int) schema.Value {
		return schema.FloatValue(schema.Float64,
			float64(i)+0.25)
	}, unique: true, defaults: []string{"1.5", "+Inf"},
		rules: []string{"min=-0.5", "max=1e9"}},
	9: {typ: typeOf[string](), value: textOf(schema.Text, "text%d"), unique: true, defaults: []string{"it's"},
		rules: []string{"size=1..40", "min=1", "max=90", "size=2..", "choices=a|b", "regex=^[a-z0-9]*$"}, becomes: []int{10}},
	10: {typ: typeOf[string](), tag: "nocase", value: textOf(schema.Text, "TEXT%d"), unique: true,
		rules: []string{"size=1..40", "min=2"}, becomes: []int{9}},
	11: {typ: typeOf[string](), tag: "uuid", value: textOf(schema.UUID, "f47ac10b-58cc-4372-a567-%012d"), unique: true},
	12: {typ: typeOf[string](), tag: "decimal=12.2", value: textOf(schema.Decimal, "%d.25"), unique: true,
		defaults: []string{"12.50"}, becomes: []int{13}},
	13: {typ: typeOf[string](), tag: "decimal=14.2", value: textOf(schema.Decimal, "%d.25"), unique: true},
	14: {typ: typeOf[time.Time](),
		value: func(i int) schema.Value {
			return schema.TimeValue(schema.Time,
				noon.Add(time.Duration(i)*time.Second))
		}, unique: true,
		defaults: []string{"2020-02-29T23:30:00Z"}},
	15: {typ: typeOf[time.Time](), tag: "date",
		value: func(i int) schema.Value {
			return schema.TimeValue(schema.Date,
				noon.AddDate(0, 0, i))
		}, unique: true, becomes: []int{14}},
	16: {typ: typeOf[time.Duration](), tag: "clock",
		value: func(i int) schema.Value { return schema.ClockValue(time.Duration(i) * time.Minute) }, unique: true},
	17: {typ: typeOf[[]byte](), value: func(i int) schema.Value { return schema.BytesValue([]byte{byte(i), 1, 2}) },
		noNull: true, rules: []string{"size=1..4", "max=9"}},
	18: {typ: typeOf[map[string]int](), value: textOf(schema.JSON, `{"a": %d}`), noNull: true, noIndex: true},
	19: {typ: typeOf[[]string](), value: listOf(schema.TextValue(schema.Text, "a")), noIndex: true, noNull: true},
	20: {typ: typeOf[prom.Ref[owner]](), value: intOf(schema.Int64), unique: true},
	21: {typ: typeOf[[]int64](), value: listOf(schema.IntValue(schema.Int64, 7)), noIndex: true, noNull: true},
	22: {typ: typeOf[[]time.Time](), tag: "date", value: listOf(schema.TimeValue(schema.Date, noon)), noIndex: true,
		noNull: true},
	23: {typ: typeOf[[]bool](), value: listOf(schema.BoolValue(true)), noIndex: true, noNull: true},
	24: {typ: typeOf[uuid.UUID](), value: textOf(schema.UUID, "f47ac10b-58cc-4372-a567-%012d"), unique: true,
		becomes: []int{11}},
	25: {typ: typeOf[uint8](), value: intOf(schema.Int16), unique: true, defaults: []string{"3"},
		rules: []string{"max=100"}, becomes: []int{0, 4}},
	26: {typ: typeOf[any](), tag: "json", value: textOf(schema.JSON, `[%d]`), noNull: true, noIndex: true},
	27: {typ: typeOf[string](), value: func(i int) schema.Value {
		return schema.TextValue(schema.Text,
			strconv.Itoa(i+1))
	}, unique: true, rules: []string{"size=1..40"},
		becomes: []int{0, 1, 2, 4, 9, 25}},
}

func listOf(v schema.Value) func(int) schema.Value {
	list, err := schema.NewList(v.Kind(), 1, func(int) (schema.Value, error) { return v, nil })
	if err != nil {
		panic(err)
	}
	return func(int) schema.Value { return list }
}

// field is a field of a random model.
type field struct {
	name    string
	was     string
	sort    int
	null    bool
	index   string // "", index or unique
	desc    bool
	def     string
	rule    string
	partial bool // an index of its own with a condition and an expression
}

func (f field) String() string {
	return fmt.Sprintf("{%s was=%q sort=%d null=%t %s desc=%t def=%q rule=%q partial=%t}", f.name, f.was, f.sort, f.null,
		f.index, f.desc, f.def, f.rule, f.partial)
}

// column is the name of the column.
func (f field) column() string { return schema.Snake(f.name) }

// model makes the struct type.
func model(fields []field) reflect.Type {
	list := []reflect.StructField{{Name: "ID", Type: typeOf[int64](), Tag: `prom:"key,auto"`}}
	for _, f := range fields {
		s := sorts[f.sort]
		typ := s.typ
		if f.null {
			typ = reflect.PointerTo(typ)
		}
		var tag []string
		add := func(text string) {
			if text != "" {
				tag = append(tag, text)
			}
		}
		add(s.tag)
		add(f.index)
		if f.desc && f.index != "" {
			add("desc")
		}
		add(f.rule)
		if f.def != "" {
			add("default='" + strings.ReplaceAll(f.def, "'", "''") + "'")
		}
		if f.was != "" {
			add("was=" + schema.Snake(f.was))
		}
		list = append(list, reflect.StructField{Name: f.name, Type: typ,
			Tag: reflect.StructTag("prom:" + strconv.Quote(strings.Join(tag, ",")))})
		if f.partial {
			text := fmt.Sprintf("index=part_%s,on='coalesce(%s, %s) desc, id',where='id > %d'", f.column(), f.column(),
				f.column(), len(f.name))
			list = append(list, reflect.StructField{Name: "_", PkgPath: "p", Type: typeOf[struct{}](),
				Tag: reflect.StructTag("prom:" + strconv.Quote(text))})
		}
	}
	return reflect.StructOf(list)
}

// randomField returns a field that old rows can have a value for when old is set.
func randomField(r *rand.Rand, name string, old bool) field {
	f := field{name: name, sort: r.IntN(len(sorts))}
	f.shape(r, old)
	return f
}

func pick(r *rand.Rand, list []string) string {
	if len(list) == 0 || r.IntN(2) == 0 {
		return ""
	}
	return list[r.IntN(len(list))]
}

// shape chooses all but the sort.
func (f *field) shape(r *rand.Rand, old bool) {
	s := sorts[f.sort]
	f.null = !s.noNull && r.IntN(2) == 0
	f.def = pick(r, s.defaults)
	if old && !f.null && f.def == "" {
		if len(s.defaults) == 0 {
			f.null = !s.noNull
		} else {
			f.def = s.defaults[0]
		}
	}
	f.rule = pick(r, s.rules)
	if f.def != "" {
		f.rule = "" // which the default may break
	}
	f.index, f.desc, f.partial = "", false, false
	if !s.noIndex {
		f.index, f.desc = pick(r, []string{"index", "unique"}), r.IntN(3) == 0
		f.partial = r.IntN(6) == 0 && s.typ.Kind() != reflect.Struct
	}
	if f.index == "unique" && (!s.unique || old && f.def != "") {
		f.index = "index" // all rows would have the same
	}
}

// change changes some of the fields, and says how each column of before is named after, if its values stay.
func change(r *rand.Rand, before []field) (after []field, kept map[string]string) {
	kept = map[string]string{}
	for _, f := range before {
		f.was = ""
		name := f.column()
		switch r.IntN(10) {
		case 0: // dropped
			continue
		case 1:
			f.was, f.name = f.name, f.name+"New"
			kept[name] = f.column()
		case 2, 3:
			if to := sorts[f.sort].becomes; len(to) > 0 {
				f.sort = to[r.IntN(len(to))]
				f.shape(r, false)
				f.rule = strings.Replace(f.rule, "=2", "=1", 1) // of a number's text
			}
		case 4, 5, 6:
			f.shape(r, false)
			kept[name] = name
		default:
			kept[name] = name
		}
		after = append(after, f)
	}
	for i := range r.IntN(3) {
		if f := randomField(r, fmt.Sprintf("Added%d", i), true); !slices.ContainsFunc(after,
			func(o field) bool { return o.name == f.name }) {
			if s := sorts[f.sort]; f.null || f.def != "" || !s.noNull {
				after = append(after, f)
			}
		}
	}
	return after, kept
}

// rows inserts rows into a table, and returns how many.
func fill(ctx context.Context, db *db.DB, t *schema.Table, fields []field, n int) error {
	d := db.Dialect()
	for i := range n {
		var names, values []string
		for _, f := range fields {
			names, values = append(names, f.column()), append(values, d.Literal(sorts[f.sort].value(i)))
		}
		sql := "INSERT INTO " + dialect.Quote(t.Name)
		if len(names) == 0 {
			sql += " DEFAULT VALUES"
		} else {
			sql += " (" + dialect.QuoteList(names) + ") VALUES (" + strings.Join(values, ", ") + ")"
		}
		if _, err := db.Exec(ctx, &driver.Statement{SQL: sql, Write: true}); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// texts reads a column.
func texts(ctx context.Context, t *testing.T, db *db.DB, table, column string) (list []string) {
	t.Helper()
	rows, err := db.Query(ctx, &driver.Statement{SQL: "SELECT coalesce(CAST(" + dialect.Quote(column) +
		" AS TEXT), 'NULL') FROM " + dialect.Quote(table) + " ORDER BY id"})
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		text, err := rows.Text(0)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	return list
}

// cases is how many random models there are; PROM_PLAN says otherwise.
func cases(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("PROM_PLAN"))
	if err != nil {
		n = 25
	}
	return n
}

// Ensure for random models that what is made of one needs nothing, that after a random change the plan makes it so, and
// that no row and no value is lost on the way.
func TestPlanProperty(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("PROM_SEED"), 10, 64); err == nil {
		seed = s
	}
	n := cases(t)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		t.Logf("%d cases, PROM_SEED=%d", n, seed)
		ctx := context.Background()
		db := open(t, e.DSN)
		if _, err := install.Ensure(ctx, db, table[owner](t)); err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			runSQL(t, db, fmt.Sprintf(`INSERT INTO "owner" ("name") VALUES ('o%d')`, i))
		}
		for i := range n {
			planCase(ctx, t, db, rand.New(rand.NewPCG(seed, uint64(i))), i)
			if t.Failed() {
				t.Fatalf("case %d", i)
			}
		}
	})
}

func planCase(ctx context.Context, t *testing.T, db *db.DB, r *rand.Rand, number int) {
	t.Helper()
	name := fmt.Sprintf("made%d", number)
	var before []field
	for i := range r.IntN(7) {
		before = append(before, randomField(r, fmt.Sprintf("Field%d", i), false))
	}
	fail := func(what string, err any) {
		t.Errorf("%s: %v\nbefore: %v", what, err, before)
	}
	old, err := schema.OfNamed(model(before), name)
	if err != nil {
		fail("model", err)
		return
	}
	defer func() {
		if err := install.Drop(ctx, db, name); err != nil {
			t.Error(err)
		}
	}()
	if r.IntN(2) == 0 {
		_, err = install.Ensure(ctx, db, old)
	} else {
		err = planned(ctx, db, old)
	}
	if err != nil {
		fail("making", err)
		return
	}
	if !nothing(ctx, t, db, old, before) {
		return
	}
	rows := r.IntN(4)
	if err := fill(ctx, db, old, before, rows); err != nil {
		fail("filling", err)
		return
	}
	after, kept := change(r, before)
	changed, err := schema.OfNamed(model(after), name)
	if err != nil {
		fail("changed model", err)
		return
	}
	values := map[string][]string{}
	for from := range kept {
		values[from] = texts(ctx, t, db, name, from)
	}
	ids := texts(ctx, t, db, name, "id")
	do := planned
	if r.IntN(2) == 0 {
		do = byHand
	}
	if err := do(ctx, db, changed); err != nil {
		steps, _, _ := install.Plan(ctx, db, changed)
		t.Errorf("%v\nbefore: %v\nafter: %v\nleft: %v", err, before, after, steps)
		return
	}
	if !nothing(ctx, t, db, changed, append(slices.Clone(before), after...)) {
		return
	}
	if got := texts(ctx, t, db, name, "id"); !slices.Equal(got, ids) {
		t.Errorf("rows were lost: %v, now %v\nbefore: %v\nafter: %v", ids, got, before, after)
	}
	for from, to := range kept {
		if got := texts(ctx, t, db, name, to); !slices.Equal(got, values[from]) {
			t.Errorf("values were lost: %s %v, now %s %v\nbefore: %v\nafter: %v", from, values[from], to, got, before, after)
		}
	}
}

// planned plans, and does all of it.
func planned(ctx context.Context, db *db.DB, t *schema.Table) error {
	steps, _, err := install.Plan(ctx, db, t)
	if err != nil {
		return err
	}
	_, err = install.Apply(ctx, db, []*schema.Table{t}, steps)
	return err
}

var noForeignKeys = db.NoForeignKeys()

// byHand plans, and runs the statements as they are printed, as somebody would who copies them.
func byHand(ctx context.Context, db *db.DB, t *schema.Table) error {
	steps, _, err := install.Plan(ctx, db, t)
	if err != nil {
		return err
	}
	for _, s := range steps {
		run := func(ctx context.Context) error {
			for _, sql := range s.SQL {
				st := &driver.Statement{SQL: sql, Write: true}
				run := db.Exec
				if strings.Contains(sql, " CONCURRENTLY ") {
					run = func(ctx context.Context, st *driver.Statement) (int64, error) { return 0, db.Alone(ctx, st) }
				}
				if _, err := run(ctx, st); err != nil {
					return fmt.Errorf("%s: %w\nof %v", sql, err, steps)
				}
			}
			return nil
		}
		if s.Rebuild {
			err = db.Tx(ctx, run, noForeignKeys)
		} else {
			err = run(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nothing reports whether nothing is left to do.
func nothing(ctx context.Context, t *testing.T, db *db.DB, table *schema.Table, fields []field) bool {
	t.Helper()
	steps, _, err := install.Plan(ctx, db, table)
	if err != nil || len(steps) > 0 {
		t.Errorf("not steady: %v %v\n%v", steps, err, fields)
		return false
	}
	return true
}
