package main

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/Masterminds/squirrel"
	"github.com/doug-martin/goqu/v9"
	_ "github.com/doug-martin/goqu/v9/dialect/postgres" // the dialect
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/driver/pgdriver"

	"github.com/prom-go/prom"
)

// sink keeps the compiler from leaving out what nobody looks at.
var sink int

// shapes compares ways to come to the text and the arguments of a query, for PostgreSQL and without a database. Values
// change from one to the next, the shape does not.
func shapes(_ context.Context, s *session) (*Result, error) {
	db, err := new(prom.Registry).Open("postgres://nobody@localhost/none?install=off") // connects to nothing
	if err != nil {
		return nil, err
	}
	items := prom.NewRepo[Item](prom.Using(db))
	build := func(i int) *prom.Query[Item] {
		return items.Where(itemCity.Eq("Berlin"), itemAge.Gte(int32(i)), itemActive.Eq(true)).OrderBy(itemID.Desc()).Limit(20)
	}
	known := build(7)
	hand := func(i int) error {
		text, args := byHand("Berlin", int32(i), true, 20)
		sink += len(text) + len(args)
		return nil
	}
	bunDB := bun.NewDB(sql.OpenDB(pgdriver.NewConnector()), pgdialect.New())
	defer bunDB.Close()
	goquPG := goqu.Dialect("postgres")
	dollars := squirrel.StatementBuilder.PlaceholderFormat(squirrel.Dollar)
	columns := []string{"id", "created", "updated", "name", "email", "city", "note", "age", "active", "points"}
	columnsAny := make([]any, len(columns))
	for i, c := range columns {
		columnsAny[i] = c
	}
	var buf []byte
	c := &Contest{ID: "shape", Unit: "query", Entrants: []*Entrant{
		{Name: "by hand", Run: counted(hand)},
		{Name: againName, Run: counted(hand)},
		{Name: promName, Run: counted(func(int) error {
			text, args, err := known.SQL()
			sink += len(text) + len(args)
			return err
		})},
		{Name: "prom, built anew", Run: counted(func(i int) error {
			text, args, err := build(i).SQL()
			sink += len(text) + len(args)
			return err
		})},
		{Name: "squirrel", Run: counted(func(i int) error {
			text, args, err := dollars.Select(columns...).From("items").Where(squirrel.Eq{"city": "Berlin"}).
				Where(squirrel.GtOrEq{"age": i}).Where(squirrel.Eq{"active": true}).OrderBy("id DESC").Limit(20).ToSql()
			sink += len(text) + len(args)
			return err
		})},
		{Name: "goqu", Run: counted(func(i int) error {
			text, args, err := goquPG.From("items").Prepared(true).Select(columnsAny...).
				Where(goqu.C("city").Eq("Berlin"), goqu.C("age").Gte(i), goqu.C("active").Eq(true)).
				Order(goqu.C("id").Desc()).Limit(20).ToSQL()
			sink += len(text) + len(args)
			return err
		})},
		{Name: "bun", Run: counted(func(i int) (err error) {
			// Its values are written into the text, so there are no arguments.
			buf, err = bunDB.NewSelect().Model((*Item)(nil)).Where("city = ?", "Berlin").Where("age >= ?", i).
				Where("active = ?", true).Order("id DESC").Limit(20).AppendQuery(bunDB.QueryGen(), buf[:0])
			sink += len(buf)
			return err
		})},
	}}
	r, err := c.hold(s.cfg.Options, s.progress(c.ID))
	if err == nil && sink == 0 {
		err = errors.New("nothing was made")
	}
	return r, err
}

func counted(op func(i int) error) func(int) error {
	return func(n int) error {
		for i := range n {
			if err := op(i % 1000); err != nil {
				return err
			}
		}
		return nil
	}
}

// byHand puts a query together as careful people do who know which conditions there may be.
func byHand(city string, age int32, active bool, limit int) (string, []any) {
	b := make([]byte, 0, 256)
	b = append(b, "SELECT "+allColumns+" FROM items WHERE"...)
	args := make([]any, 0, 4)
	add := func(clause string, arg any) {
		if len(args) > 0 {
			b = append(b, " AND"...)
		}
		args = append(args, arg)
		b = append(b, clause...)
		b = strconv.AppendInt(b, int64(len(args)), 10)
	}
	if city != "" {
		add(" city = $", city)
	}
	if age > 0 {
		add(" age >= $", age)
	}
	add(" active = $", active)
	args = append(args, limit)
	b = append(b, " ORDER BY id DESC LIMIT $"...)
	b = strconv.AppendInt(b, int64(len(args)), 10)
	return string(b), args
}
