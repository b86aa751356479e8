package upgrade_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// The forms of a model and the changes between them, which leave a history.
type (
	// human1 is the first form of Person.
	human1 struct {
		prom.Model
		Called string  `prom:"size=..10"`
		Age    int32   `prom:"min=0,max=150"`
		Note   *string `prom:"index"`
		Income int32
		Zip    int32
		Fee    string `prom:"decimal=8.2"`
		Scale  float32
		Code   string `prom:"unique"`
		Gone   string `prom:"default=gone"`
	}
	// human2 is the second one: it has columns more, and their indexes.
	human2 struct {
		prom.Model
		Called string  `prom:"size=..10"`
		Age    int32   `prom:"min=0,max=150"`
		Note   *string `prom:"index"`
		Income int32
		Zip    int32
		Fee    string `prom:"decimal=8.2"`
		Scale  float32
		Code   string   `prom:"unique"`
		Gone   string   `prom:"default=gone"`
		Mail   *string  `prom:"nocase,unique"`
		Level  Level    `prom:"default=7"`
		Tags   []string `prom:"default='[]'"`
	}
	// Person is the last one. The table and columns have other names, columns other types, rules and defaults, and
	// one has gone.
	Person struct {
		_ struct{} `prom:"was=human"`
		prom.Model
		Name    string `prom:"size=1..40,was=called"`
		Age     int64  `prom:"min=0"`
		Note    string `prom:"index,default=none"`
		Income  float64
		Zip     string
		Fee     string                       `prom:"decimal=12.2"`
		Scale   float64                      `prom:"index,desc"`
		Code    *string                      `prom:"unique"`
		Address *string                      `prom:"nocase,unique=address,was=mail"`
		Level   Level                        `prom:"default=-1"`
		Tags    []string                     `prom:"default='[]'"`
		Country *prom.RefBy[Country, string] `prom:"name=country_code"`
		Born    sql.Null[time.Time]          `prom:"date"`

		_ struct{} `prom:"index=named,on='name, age desc',where='age > 17'"`
	}

	// oldLedger is the form of Ledger that a program of before works with.
	oldLedger struct {
		prom.Model
		Account string `prom:"unique=account_no"`
		No      int    `prom:"unique=account_no"`
		Amount  string `prom:"decimal=12.2"`
	}
	// Ledger has columns that were added to a table with rows.
	Ledger struct {
		prom.Model
		Account string `prom:"unique=account_no"`
		No      int    `prom:"unique=account_no"`
		Amount  string `prom:"decimal=12.2"`
		Memo    *string
		Rank    int      `prom:"default=7,index"`
		Text    string   `prom:"default='it''s',size=..20"`
		Tags    []string `prom:"default='[\"a\",\"b\"]'"`
		Info    *Place
		At      time.Time  `prom:"default=2024-02-29T12:00:00Z"`
		Rev     int        `prom:"version"`
		Gone    *time.Time `prom:"deleted"`
		Country *prom.RefBy[Country, string]
	}
	// nextLedger is a form of Ledger that is not in the kept databases.
	nextLedger struct {
		Ledger
		Later *int `prom:"index"`
	}
)

// TableName returns the name of the table.
func (human1) TableName() string { return "human" }

// TableName returns the name of the table.
func (human2) TableName() string { return "human" }

// TableName returns the name of the table.
func (oldLedger) TableName() string { return "ledger" }

// TableName returns the name of the table.
func (nextLedger) TableName() string { return "ledger" }

func personRows() []Person {
	at := prom.NewRefBy[Country]("at")
	return []Person{
		{Model: meta(1), Name: "One", Age: 0, Note: "note", Income: 100, Zip: "1010", Fee: "1.50", Scale: 0.5, Code: new("1"),
			Level: 7},
		{Model: meta(2), Name: "Two", Age: 150, Note: "none", Income: -1 << 31, Zip: "-7", Fee: "-999999.99", Scale: -1.25,
			Code: new("2"), Address: new("Two@x"), Level: 0,
			Tags: []string{"x"}},
		{Model: meta(3), Name: "Three, who has a longer name", Age: 1 << 40, Note: odd, Income: 0.01, Zip: "A-" + odd,
			Fee: "9999999999.99", Scale: 1e300, Address: new("ß@x"), Level: -1,
			Tags: []string{odd}, Country: &at, Born: sql.Null[time.Time]{V: day(3), Valid: true}},
	}
}

// createPeople makes the table in its forms, one after the other, each with a row.
func createPeople(ctx context.Context, program func() *prom.DB) error {
	rows := personRows()
	first := prom.NewRepo[human1](prom.Using(program()))
	if err := first.Create(ctx, &human1{Model: made(rows[0].Model), Called: "One", Note: new("note"), Income: 100,
		Zip: 1010, Fee: "1.5", Scale: 0.5, Code: "1",
		Gone: "gone"}); err != nil {
		return err
	}
	second := prom.NewRepo[human2](prom.Using(program()))
	if err := second.Install(ctx); err != nil {
		return err
	}
	if err := second.Create(ctx, &human2{Model: made(rows[1].Model), Called: "Two", Age: 150, Income: -1 << 31, Zip: -7,
		Fee: "-999999.99", Scale: -1.25, Code: "2", Mail: new("Two@x"),
		Gone: odd, Tags: []string{"x"}}); err != nil {
		return err
	}
	if n, err := prom.RawExec(ctx, second, `UPDATE human SET note = 'none' WHERE note IS NULL`); n != 1 || err != nil {
		return fmt.Errorf("%d rows without a note: %w", n, err)
	}
	db := program()
	last := prom.NewRepo[Person](prom.Using(db))
	if err := last.Install(ctx); err != nil { // which renames, and adds what is missing
		return err
	}
	if err := applyAll(ctx, last); err != nil {
		return err
	}
	if db.Dialect().Name() == dbtest.NamePostgres { // a plan leaves integers of another width as they are
		if _, err := prom.RawExec(ctx, last, "ALTER TABLE person ALTER age TYPE bigint"); err != nil {
			return err
		}
	}
	v := rows[2]
	v.Model = made(v.Model)
	return last.Create(ctx, &v)
}

func ledgerRows() []Ledger {
	at := prom.NewRefBy[Country]("at")
	old := Ledger{Rank: 7, Text: "it's", Tags: []string{"a", "b"}, At: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC),
		Rev: 1}
	rows := []Ledger{old, old, {Model: meta(3), Account: "b", No: 1, Amount: "0.01", Memo: new(odd), Rank: 1, Text: "",
		Info: &Place{City: "X"}, At: second(9),
		Rev: 1, Country: &at}, old}
	rows[0].Model, rows[0].Account, rows[0].No, rows[0].Amount = meta(1), "a", 1, "10.50"
	rows[1].Model, rows[1].Account, rows[1].No, rows[1].Amount = meta(2), odd, -1, "-9999999999.99"
	rows[3].Model, rows[3].Account, rows[3].No, rows[3].Amount = meta(4), "b", 2, "0.00"
	return rows
}

// createLedger writes rows by the old form, by the new one, and by the old one once more.
func createLedger(ctx context.Context, program func() *prom.DB) error {
	rows := ledgerRows()
	before := prom.NewRepo[oldLedger](prom.Using(program()))
	old := func(i int) error {
		return before.Create(ctx, &oldLedger{Model: made(rows[i].Model), Account: rows[i].Account, No: rows[i].No,
			Amount: rows[i].Amount})
	}
	for i := range 2 {
		if err := old(i); err != nil {
			return err
		}
	}
	v := rows[2]
	v.Model = made(v.Model)
	if err := prom.NewRepo[Ledger](prom.Using(program())).Create(ctx, &v); err != nil {
		return err
	}
	if err := old(3); err != nil {
		return err
	}
	// the index is about rows that are not deleted from now on
	return applyAll(ctx, prom.NewRepo[Ledger](prom.Using(program())))
}

// applyAll does all that is planned.
func applyAll(ctx context.Context, repo prom.AnyRepo) error {
	plan, err := prom.Plan(ctx, repo)
	if err != nil {
		return err
	}
	if _, err := prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting, prom.Lossy); err != nil {
		return fmt.Errorf("%w, by the plan\n%s", err, plan)
	}
	return nil
}

// made returns a Model without its key, which the database generates.
func made(m prom.Model) prom.Model { return prom.Model{Created: m.Created, Updated: m.Updated} }
