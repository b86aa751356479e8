package types_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that random values of every type come back as they were, and that both engines take and refuse the same ones.
// suite: 3
func TestRandomValues(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("PROM_TEST_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	lite, postgres := kit.Open(t, dbtest.SQLite(t)), kit.Open(t, dbtest.Postgres(t))
	var kept, refusals [2]int
	add := func(values, refused [2]int, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("PROM_TEST_SEED=%d: %v", seed, err)
		}
		for i := range kept {
			kept[i] += values[i]
			refusals[i] += refused[i]
		}
	}
	dbs := [2]*prom.DB{lite, postgres}
	for part := range dbtest.Size(1, 21) {
		g := generator{rand.New(rand.NewPCG(seed, uint64(part)))}
		rows := func(short, full int) [2]int { return [2]int{dbtest.Size(short, full), dbtest.Size(short/2, full/10)} }
		add(randomRows[numberCells](g, dbs, rows(40, 420)))
		add(randomRows[listCells](g, dbs, rows(20, 200)))
		add(randomRows[textCells](g, dbs, rows(20, 600)))
		add(randomRows[moment](g, dbs, rows(40, 900)))
		add(randomRows[uuidCells](g, dbs, rows(10, 200)))
	}
	for i, e := range []string{"sqlite", "postgres"} {
		t.Run(e, func(t *testing.T) {
			dbtest.Reportf(t, 3, "%d values kept, %d rows refused, PROM_TEST_SEED=%d", kept[i], refusals[i], seed)
		})
	}
}

// randomRows creates rows of random values on both engines, at most as many as are given for each, and reads them. It
// returns how many values were kept and how many rows refused.
func randomRows[M any](g generator, dbs [2]*prom.DB, rows [2]int) (kept, refused [2]int, err error) {
	ctx := context.Background()
	list, want := make([]M, rows[0]), make([]M, rows[0])
	for i := range list {
		g.fill(reflect.ValueOf(&list[i]).Elem())
		want[i] = list[i]
		stored(reflect.ValueOf(&want[i]).Elem(), "")
	}
	bad := make([]M, rows[0]/20+1)
	spoilt := make([]string, len(bad))
	for i := range bad {
		g.fill(reflect.ValueOf(&bad[i]).Elem())
		spoilt[i] = g.spoil(reflect.ValueOf(&bad[i]).Elem())
	}
	for e, db := range dbs {
		repo := prom.NewRepo[M](prom.Using(db), prom.Table(fmt.Sprintf("random_%d", g.Uint64())))
		mine := append([]M{}, list[:rows[e]]...)
		if err := repo.CreateMany(ctx, mine); err != nil {
			return kept, refused, err
		}
		read, err := repo.OrderBy(keyOrder(repo)).All(ctx)
		if err != nil {
			return kept, refused, err
		}
		for what, got := range map[string][]M{"created": mine, "read": read} {
			for i := range got {
				if err := sameFields(reflect.ValueOf(got[i]), reflect.ValueOf(want[i])); err != nil {
					return kept, refused, fmt.Errorf("engine %d, %s row %d of %T: %w", e, what, i, got[i], err)
				}
			}
		}
		kept[e] = len(read) * (reflect.TypeFor[M]().NumField() - 1)
		for i := range bad {
			v := bad[i]
			if err := repo.Create(ctx, &v); spoilt[i] != "" && !errors.Is(err, prom.ErrValidation) {
				return kept, refused, fmt.Errorf("engine %d: the field %s of %T should not be taken: %w", e, spoilt[i], v, err)
			} else if err != nil {
				refused[e]++
			}
		}
	}
	return kept, refused, nil
}

func keyOrder[M any](repo *prom.Repo[M]) prom.Order[*M] {
	f, err := prom.FieldByName(repo, "_id")
	if err != nil {
		panic(err)
	}
	return f.Asc()
}

// sameFields compares all fields but the Model.
func sameFields(got, want reflect.Value) error {
	for i := range got.NumField() {
		if f := got.Type().Field(i); !f.Anonymous {
			if !reflect.DeepEqual(got.Field(i).Interface(), want.Field(i).Interface()) {
				return fmt.Errorf("%s: %.300s became %.300s", f.Name, fmt.Sprintf("%#v", want.Field(i)),
					fmt.Sprintf("%#v", got.Field(i)))
			}
		}
	}
	return nil
}

var (
	timeType = reflect.TypeFor[time.Time]()
	addrType = reflect.TypeFor[netip.Addr]()
)

// stored makes a value what it is when it comes back: no negative zero, times in UTC to the microsecond, days of their
// own zone, and empty lists and bytes for none.
func stored(v reflect.Value, tag string) {
	switch {
	case v.Type() == timeType:
		t := v.Interface().(time.Time)
		if strings.Contains(tag, "date") {
			t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		}
		v.Set(reflect.ValueOf(t.UTC().Truncate(time.Microsecond)))
	case v.Type() == addrType:
	case strings.Contains(tag, "clock") && v.Kind() == reflect.Int64:
		v.SetInt(v.Int() / 1000 * 1000)
	case v.Kind() == reflect.Struct && v.Type().PkgPath() == "database/sql" && !v.Field(1).Bool():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.Anonymous {
				continue
			} else if f.Tag != "" {
				stored(v.Field(i), string(f.Tag))
			} else {
				stored(v.Field(i), tag)
			}
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(v.Elem())
		stored(copied.Elem(), tag)
		v.Set(copied)
	case v.Kind() == reflect.Slice && v.Len() == 0:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case v.Kind() == reflect.Slice:
		copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(copied, v)
		for i := range v.Len() {
			stored(copied.Index(i), tag)
		}
		v.Set(copied)
	case v.CanFloat() && v.Float() == 0:
		v.SetFloat(0)
	}
}

// generator makes random values.
type generator struct{ *rand.Rand }

// fill gives all fields of a model a random value.
func (g generator) fill(model reflect.Value) {
	for i := range model.NumField() {
		if f := model.Type().Field(i); !f.Anonymous {
			g.value(model.Field(i), string(f.Tag))
		}
	}
}

func (g generator) value(v reflect.Value, tag string) {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(g.time()))
	case v.Type() == addrType:
		b := [16]byte{}
		for i := range b {
			b[i] = byte(g.Uint32())
		}
		v.Set(reflect.ValueOf([]netip.Addr{netip.AddrFrom16(b), netip.AddrFrom4([4]byte(b[:4]))}[g.IntN(2)]))
	case strings.Contains(tag, "clock") && v.Kind() == reflect.Int64:
		v.SetInt(g.Int64N(int64(24 * time.Hour)))
	case v.Kind() == reflect.Struct: // a sql.Null
		v.SetZero()
		if g.IntN(3) > 0 {
			g.value(v.Field(0), tag)
			v.Field(1).SetBool(true)
		}
	case v.Kind() == reflect.Pointer:
		v.SetZero()
		if g.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			g.value(v.Elem(), tag)
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), g.IntN(5), 5))
		fallthrough
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			g.value(v.Index(i), tag)
		}
	case v.Type() == reflect.TypeFor[weekday]():
		v.SetString(string(weekday("").Values()[g.IntN(2)]))
	case v.Kind() == reflect.String:
		v.SetString(g.text())
	case v.Kind() == reflect.Bool:
		v.SetBool(g.IntN(2) == 0)
	case v.CanInt():
		v.SetInt(int64(g.bits()))
	case v.CanUint():
		v.SetUint(g.bits() & math.MaxInt64) // more than SQLite takes is a difference that is known
	case v.CanFloat():
		v.SetFloat(g.float(v.Type().Bits()))
	}
}

// bits returns a number of any size, often an extreme.
func (g generator) bits() uint64 {
	n := g.Uint64() >> g.IntN(64)
	switch g.IntN(4) {
	case 0:
		n = 1<<g.IntN(64) - uint64(g.IntN(2))
	case 1:
		n = -n
	}
	return n
}

func (g generator) float(bits int) float64 {
	f := math.Float64frombits(g.Uint64())
	switch g.IntN(4) {
	case 0:
		f = []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64,
			0x1p-1022, 1 << 53, 0.1}[g.IntN(9)]
	case 1:
		f = float64(int64(g.bits())) / 1000
	}
	if bits == 32 {
		f = float64(math.Float32frombits(g.Uint32()))
	}
	if math.IsNaN(f) {
		return 1
	}
	return f
}

func (g generator) time() time.Time {
	zones := []*time.Location{time.UTC, time.FixedZone("", 14*3600), time.FixedZone("", -14*3600),
		time.FixedZone("", g.IntN(28*3600)-14*3600)}
	first, last := time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 30, 23, 59, 59, 999_999_999, time.UTC)
	at := time.Unix(first.Unix()+g.Int64N(last.Unix()-first.Unix()), g.Int64N(1e9))
	switch g.IntN(8) {
	case 0:
		at = first
	case 1:
		at = last
	case 2:
		at = time.Unix(g.Int64N(3)-1, []int64{0, 1, 999, 1000, 999_999_999}[g.IntN(5)])
	}
	return at.In(zones[g.IntN(len(zones))])
}

// text returns a text that both engines take.
func (g generator) text() string {
	if g.IntN(3) == 0 {
		return texts[g.IntN(len(texts)-2)] // without the long ones
	}
	var b strings.Builder
	for range g.IntN(20) {
		b.WriteRune([]rune{g.Int32N(127) + 1, g.Int32N(0x7ff) + 1, g.Int32N(0xd7ff) + 1, 0xe000 + g.Int32N(0x1fff),
			0x10000 + g.Int32N(0xfffff)}[g.IntN(5)])
	}
	return b.String()
}

// spoil gives a field of a model a value that no engine takes, and returns the field's name, or "" when the model has
// none that could.
func (g generator) spoil(model reflect.Value) string {
	for range 200 {
		i := g.IntN(model.NumField())
		if f := model.Type().Field(i); !f.Anonymous && g.spoilt(model.Field(i), string(f.Tag)) {
			return f.Name
		}
	}
	return ""
}

func (g generator) spoilt(v reflect.Value, tag string) bool {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.Date([]int{0, -43, 10_000, 300_000}[g.IntN(4)], 6, 1, 0, 0, 0, 0, time.UTC)))
		return true
	case v.Type() == addrType, v.Kind() == reflect.Pointer && v.IsNil():
		return false
	case strings.Contains(tag, "clock") && v.Kind() == reflect.Int64:
		v.SetInt([]int64{-1, int64(24 * time.Hour)}[g.IntN(2)])
		return true
	case v.Kind() == reflect.Pointer:
		return g.spoilt(v.Elem(), tag)
	case v.Kind() == reflect.Struct:
		return v.Field(1).Bool() && g.spoilt(v.Field(0), tag)
	case v.Kind() == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8:
		return g.spoilt(v.Index(g.IntN(v.Len())), tag)
	case v.Kind() == reflect.String:
		v.SetString([]string{"\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80"}[g.IntN(5)])
		return true
	case v.CanFloat():
		v.SetFloat(math.NaN())
		return true
	}
	return false
}

// Ensure that the generator makes what it should: other values each time, and none that only looks spoilt.
func TestRandomValues_generator(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	g := generator{rand.New(rand.NewPCG(1, 2))}
	seen := map[string]bool{}
	for range 100 {
		var m numberCells
		g.fill(reflect.ValueOf(&m).Elem())
		seen[fmt.Sprint(m.AD1, m.AL1)] = true
		is.True(g.spoil(reflect.ValueOf(&m).Elem()) != "")
		is.Equal(g.spoil(reflect.ValueOf(&uuidCells{}).Elem()), "")
	}
	is.True(len(seen) > 80)
}
