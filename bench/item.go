package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Item is the row of all measurements. Its tags are those of every library that reads tags, so that all of them fill
// the same struct.
type Item struct {
	ID      int64     `prom:"key,auto" gorm:"column:id;primaryKey" bun:"id,pk,autoincrement" db:"id"`
	Created time.Time `prom:"created" gorm:"column:created" bun:"created" db:"created"`
	Updated time.Time `prom:"updated" gorm:"column:updated" bun:"updated" db:"updated"`
	Name    string    `gorm:"column:name" bun:"name" db:"name"`
	Email   string    `gorm:"column:email" bun:"email" db:"email"`
	City    string    `gorm:"column:city" bun:"city" db:"city"`
	Note    string    `gorm:"column:note" bun:"note" db:"note"`
	Age     int32     `gorm:"column:age" bun:"age" db:"age"`
	Active  bool      `gorm:"column:active" bun:"active" db:"active"`
	Points  int64     `gorm:"column:points" bun:"points" db:"points"`
}

// TableName is what prom and GORM name the table; bun comes to the same name by itself.
func (Item) TableName() string { return "items" }

// The columns in the order of the table and of the fields, all of them and those without the key.
const (
	allColumns   = "id, created, updated, name, email, city, note, age, active, points"
	valueColumns = "created, updated, name, email, city, note, age, active, points"
	valueCount   = 9
)

const (
	filterAge = 10   // what a list asks for: active, and age of at least this
	hotRows   = 2000 // those that single-row workloads choose from, so that the disk's cache is not what is measured
	bulkChunk = 1000 // rows of one multi-row INSERT in hand-written code
	manyKeys  = 100
	txInserts = 10
)

// scanTargets returns where the columns go.
func scanTargets(it *Item) []any {
	return []any{&it.ID, &it.Created, &it.Updated, &it.Name, &it.Email, &it.City, &it.Note, &it.Age, &it.Active, &it.Points}
}

// values returns the arguments of an INSERT.
func values(it *Item) []any {
	return []any{it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points}
}

// itemStock is the one table of most workloads.
var itemStock = &Stock{
	Name: "items", Postgres: postgresDDL, SQLite: sqliteDDL, Grows: "items", Base: itemCount,
	Tables: []StockTable{stockTable("items", allColumns, itemCount, func(_, i int64) [][]any {
		it := seedItem(i)
		return [][]any{append([]any{it.ID}, values(&it)...)}
	})},
}

func itemCount(size int64) int64 { return size }

// epoch is the time of the first row.
var epoch = time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)

// seedItem returns row i, from 1, of the table that all peers begin with.
func seedItem(i int64) Item {
	r := rand.New(rand.NewPCG(uint64(i), 42))
	at := epoch.Add(time.Duration(i) * 1_000_037 * time.Microsecond)
	return Item{
		ID:      i,
		Created: at,
		Updated: at.Add(time.Duration(r.IntN(1_000_000)) * time.Microsecond),
		Name:    fmt.Sprintf("Name %d %s", i, letters(r, 8)),
		Email:   fmt.Sprintf("%s.%d@example.org", letters(r, 6), i),
		City:    letters(r, 5+r.IntN(8)),
		Note:    letters(r, 40+r.IntN(40)),
		Age:     int32(i % 100),
		Active:  i%4 != 0,
		Points:  r.Int64N(1 << 40),
	}
}

// matches reports whether a list finds the row.
func (it *Item) matches() bool { return it.Active && it.Age >= filterAge }

var alphabet = []rune("abcdefghijklmnopqrstuvwxyz éü")

func letters(r *rand.Rand, n int) string {
	b := make([]rune, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// freshItems returns n rows that the table does not hold, without keys.
func freshItems(n int) []Item {
	items := make([]Item, n)
	for i := range items {
		items[i] = seedItem(int64(1_000_000_000 + i))
		items[i].ID = 0
	}
	return items
}
