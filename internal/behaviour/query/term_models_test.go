package query_test

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
)

// Reading has a column of each kind that functions take, for the tests of functions of terms.
type Reading struct {
	prom.Model
	Name  string
	Part  *string
	Any   string `prom:"nocase"`
	N     int32
	Big   int64
	U     uint
	F     float64
	F32   float32
	Wild  *float64
	Price string  `prom:"decimal=12.2"`
	Cost  *string `prom:"decimal=14.4"`
	Paid  euros   `prom:"decimal=12.2"`
	At    time.Time
	Due   *time.Time
	Day   time.Time     `prom:"date"`
	Lasts time.Duration // nanoseconds
	Opens time.Duration `prom:"clock"`
	Next  *prom.Ref[Reading]
}

var (
	reading      = prom.Proto[Reading]()
	ReadingID    = prom.NumberOf(reading, &reading.ID)
	ReadingName  = prom.TextOf(reading, &reading.Name)
	ReadingPart  = prom.NullTextOf(reading, &reading.Part)
	ReadingAny   = prom.TextOf(reading, &reading.Any)
	ReadingN     = prom.NumberOf(reading, &reading.N)
	ReadingBig   = prom.NumberOf(reading, &reading.Big)
	ReadingU     = prom.NumberOf(reading, &reading.U)
	ReadingF     = prom.NumberOf(reading, &reading.F)
	ReadingF32   = prom.NumberOf(reading, &reading.F32)
	ReadingWild  = prom.NullNumberOf(reading, &reading.Wild)
	ReadingPrice = prom.OrderedOf(reading, &reading.Price)
	ReadingCost  = prom.NullOrderedOf(reading, &reading.Cost)
	ReadingPaid  = prom.FieldOf(reading, &reading.Paid)
	ReadingAt    = prom.TimeOf(reading, &reading.At)
	ReadingDue   = prom.NullTimeOf(reading, &reading.Due)
	ReadingDay   = prom.TimeOf(reading, &reading.Day)
	ReadingLasts = prom.NumberOf(reading, &reading.Lasts)
	ReadingOpens = prom.OrderedOf(reading, &reading.Opens)
	ReadingNext  = prom.NullRefOf(reading, &reading.Next)
)

// newReadings returns a repo with the readings, which get the keys 1, 2 and so on.
func newReadings(tb testing.TB, dsn string, rows ...Reading) *prom.Repo[Reading] {
	tb.Helper()
	repo := prom.NewRepo[Reading](prom.Using(kit.Open(tb, dsn)))
	rows = slices.Clone(rows) // which tests of several engines share
	for i := range rows {
		if rows[i].At.IsZero() {
			rows[i].At, rows[i].Day = at("2024-01-31T12:00:00Z"), at("2024-01-31T00:00:00Z")
		}
		if rows[i].Price == "" {
			rows[i].Price = "0"
		}
		if err := repo.Create(context.Background(), &rows[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return repo
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func ptr[V any](v V) *V { return &v }

// shown is a value of a row, or the kind of the error that computing it is.
type shown func(tb testing.TB, repo *prom.Repo[Reading]) string

// show returns how the value of a term is shown: in the first row, read and found, since what is computed in a list of
// columns need not be what is compared in a condition.
func show[V any](t prom.Term[*Reading, V]) shown {
	return func(tb testing.TB, repo *prom.Repo[Reading]) string {
		tb.Helper()
		ctx := context.Background()
		v, err := prom.Pluck(repo.OrderBy(ReadingID.Asc()), prom.OrNull(t)).First(ctx)
		switch {
		case errors.Is(err, prom.ErrType):
			return "type"
		case errors.Is(err, prom.ErrValidation):
			return "validation"
		case err != nil:
			return err.Error() + fmt.Sprintf(" (%v)", errors.Unwrap(err))
		}
		same := prom.OrNull(t).IsNull()
		text := "NULL"
		if v != nil {
			same = prom.OrNull(t).Eq(v)
			if text = fmt.Sprint(*v); isTime(*v) {
				text = any(*v).(time.Time).Format("2006-01-02T15:04:05.999999999Z07:00")
			}
		}
		n, err := repo.Where(ReadingID.Eq(1), same).Count(ctx)
		if err != nil {
			return text + ", and is not found: " + err.Error()
		}
		if n != 1 {
			text += ", and is not found"
		}
		return text
	}
}

func isTime(v any) bool { _, ok := v.(time.Time); return ok }

// showCond shows a condition: true, false or NULL.
func showCond(c prom.Cond[*Reading]) shown {
	return func(tb testing.TB, repo *prom.Repo[Reading]) string {
		tb.Helper()
		text := show[bool](c)(tb, repo)
		for _, tt := range []struct {
			cond prom.Cond[*Reading]
			when string
		}{{c, "true"}, {prom.Not(c), "false"}} {
			n, err := repo.Where(ReadingID.Eq(1), tt.cond).Count(context.Background())
			if errors.Is(err, prom.ErrValidation) || errors.Is(err, prom.ErrType) {
				return text
			}
			if err != nil {
				tb.Fatal(err)
			}
			if (n == 1) != (text == tt.when) {
				text += ", and not so as a condition"
			}
		}
		return text
	}
}

// euros is a decimal type of an application's own.
type euros struct{ text string }

func (e euros) String() string { return e.text }

func (e euros) Value() (driver.Value, error) { return cmp.Or(e.text, "0"), nil }

func (e *euros) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a %T is no price", src)
	}
	e.text = text
	return nil
}
