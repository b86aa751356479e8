package kit

import (
	"context"
	"testing"

	"github.com/prom-go/prom"
)

// UpTo returns the numbers from 0 to n-1.
func UpTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// Voucher has a UUID as its key.
type Voucher struct {
	prom.UUIDModel
	N int
}

// Keyless is a model without a key.
type Keyless struct{ N int }

// Models whose tables are looked at, dropped and cleared.
type (
	// Parish refers to chapels and to itself.
	Parish struct {
		prom.Model
		Name   string  `prom:"nocase,unique,max=50"`
		Mayor  *string `prom:"default=nobody"`
		Budget string  `prom:"decimal=12.2"`
		Main   *prom.Ref[Chapel]
		Near   *prom.Ref[Parish]
	}
	// Chapel refers to its parish.
	Chapel struct {
		prom.Model
		Parish prom.Ref[Parish] `prom:"parish_id"`
		Name   string
		Houses int
		Closed bool

		_ struct{} `prom:"unique=open,on='parish_id, name desc',where='NOT closed'"`
	}
)

// Deep holds what can change without the field itself changing.
type Deep struct {
	prom.Model
	Name  string
	Tags  []string
	Marks map[string]int
	Point struct{ X, Y int }
	Blob  []byte
	Stars *int
	Any   any
}

// NewDeep returns a value of [Deep] with something everywhere.
func NewDeep() Deep {
	stars := 3
	d := Deep{Name: "n", Tags: []string{"a", "b"}, Marks: map[string]int{"m": 1}, Blob: []byte("blob"), Stars: &stars,
		Any: map[string]any{"list": []any{"x"}}}
	d.Point.X = 1
	return d
}

// User has unique indexes over one field and over two.
type User struct {
	prom.Model
	Name string `prom:"unique"`
	Age  int
	Org  *string `prom:"unique=badge"`
	No   *int    `prom:"unique=badge"`
}

// ParishesOf makes two parishes and chapels that refer to each other in a circle.
func ParishesOf(tb testing.TB, db *prom.DB) (*prom.Repo[Parish], *prom.Repo[Chapel]) {
	tb.Helper()
	parishes, chapels := prom.NewRepo[Parish](prom.Using(db)), prom.NewRepo[Chapel](prom.Using(db))
	for _, name := range []string{"Ulm", "Bonn"} {
		parish := MustCreate(tb, parishes, Parish{Name: name, Budget: "1"})
		chapel := MustCreate(tb, chapels, Chapel{Parish: prom.NewRef[Parish](parish.ID), Name: "main"})
		main, near := prom.NewRef[Chapel](chapel.ID), prom.NewRef[Parish](parish.ID)
		parish.Main, parish.Near = &main, &near
		if err := parishes.Save(context.Background(), parish); err != nil {
			tb.Fatal(err)
		}
	}
	return parishes, chapels
}
