package db

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// argument is a value, a list with it in the middle, and a list without it.
type argument struct {
	value, list, others schema.Value
}

func argumentOf[E schema.ListElem](k schema.Kind, v schema.Value, before, elem, after E) argument {
	return argument{v, schema.ListValue(k, []E{before, elem, after}), schema.ListValue(k, []E{before, after})}
}

func arguments() []argument {
	at := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	clock := 12*time.Hour + 34*time.Minute + 56*time.Second + 7*time.Microsecond
	const id, other, third = "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff"
	hostile := `it's "quoted" \ {a,b} ?$1 NULL`
	return []argument{
		argumentOf(schema.Int16, schema.IntValue(schema.Int16, -5), int64(1), -5, math.MaxInt16),
		argumentOf(schema.Int64, num(math.MinInt64), int64(1), math.MinInt64, math.MaxInt64),
		argumentOf(schema.Uint64, schema.UintValue(math.MaxInt64), uint64(1), math.MaxInt64, 2),
		argumentOf(schema.Float64, schema.FloatValue(schema.Float64, 0.1), 1.5, 0.1, -1e300),
		argumentOf(schema.Float64, schema.FloatValue(schema.Float64, math.Inf(1)), 1.5, math.Inf(1), math.Inf(-1)),
		argumentOf(schema.Float64, schema.FloatValue(schema.Float64, math.Inf(-1)), 1.5, math.Inf(-1), math.Inf(1)),
		argumentOf(schema.Text, txt(hostile), "", hostile, "ü😀"),
		argumentOf(schema.Decimal, schema.TextValue(schema.Decimal, "-12.50"), "1", "-12.50", "99999999999999999999.5"),
		argumentOf(schema.Bytes, schema.BytesValue([]byte("\x00\xff")), []byte{}, []byte("\x00\xff"), []byte("a")),
		argumentOf(schema.Time, schema.TimeValue(schema.Time, at), int64(0), at.UnixMicro(), 1),
		argumentOf(schema.Date, schema.TimeValue(schema.Date, day), int64(0), day.UnixMicro(), 86400e6),
		argumentOf(schema.Clock, schema.ClockValue(clock), int64(0), clock.Microseconds(), 1),
		argumentOf(schema.UUID, schema.TextValue(schema.UUID, id), other, id, third),
	}
}

// Ensure that a value of every kind is stored, found by itself and in a list, and not found in a list without it, in
// every mode and behind a guard. parity: Q7 T9, traps 3 7
func TestArguments(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := connect(t, e.DSN)
		list := append(arguments(), argument{schema.BoolValue(true), schema.ListValue(schema.Bool, []bool{true}),
			schema.ListValue(schema.Bool, []bool{false})})
		for i, a := range list {
			a.check(t, db, "t"+strconv.Itoa(i))
		}
	})
}

func (a argument) check(t *testing.T, db *DB, table string) {
	t.Helper()
	is := is.New(t)
	ctx, d := limited(t), db.Dialect()
	c := &schema.Column{Name: "v", Kind: a.value.Kind(), Null: true}
	if c.Kind == schema.Decimal {
		c.Precision, c.Scale = 30, 2
	}
	do(ctx, t, db, "CREATE TABLE "+table+" (v "+d.ColumnType(c)+")")
	for _, guard := range []driver.Guard{driver.NoGuard, driver.GuardData, driver.GuardMissing} {
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			add := write(db, "INSERT INTO "+table+" VALUES ("+d.Arg(c.Kind)+")", a.value)
			add.Guard = guard
			return second(db.Exec(ctx, add))
		}))
	}
	is.NoErr(second(db.Exec(ctx, write(db, "INSERT INTO "+table+" VALUES ("+d.Arg(c.Kind)+")", schema.Value{}))))
	found := func(cond string, v schema.Value) int64 {
		return count(ctx, t, db, "SELECT count(*) FROM "+table+" WHERE "+cond, v)
	}
	is.Equal(found("v = "+d.Arg(c.Kind), a.value), int64(3))
	is.Equal(found(d.In(c, "v", false), a.list), int64(3))
	is.Equal(found(d.In(c, "v", false), a.others), int64(0))
	is.Equal(found(d.In(c, "v", true), a.others), int64(3))
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM "+table+" WHERE v IS NULL"), int64(1))
}
