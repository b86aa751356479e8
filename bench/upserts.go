package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/prom-go/prom"
)

// upsertRows is how many rows are upserted together: every other one is there.
const upsertRows = 1000

// errOutcomes says that a peer has not told right which rows it inserted.
var errOutcomes = errors.New("the outcomes of the upserts are not those of the rows")

// upsertMany upserts rows together, and looks at what became of each.
func upsertMany(ctx context.Context, p *Peer, t Table) *Entrant {
	if p.UpsertMany == nil {
		return nil
	}
	size := min(upsertRows, int(hotKeys)) // in tests with few rows all of them
	items := freshItems(size)
	k := keys(1)
	return &Entrant{After: t.Trim, Run: func(n int) error {
		for round := range n {
			first := k.below(int64(hotKeys) - int64(size) + 1)
			for i := range items {
				if items[i].ID = first + int64(i) + 1; i%2 == 1 {
					items[i].ID = firstFree + int64(round*size+i)
				}
			}
			inserted, err := p.UpsertMany(ctx, items)
			if err != nil {
				return err
			}
			for i, is := range inserted {
				if is != (i%2 == 1) {
					return errOutcomes
				}
			}
		}
		return nil
	}}
}

// manyUpserts returns an upsert of n rows by key, of which ids come last in each.
func manyUpserts(n int, numbered bool) string {
	var b strings.Builder
	b.WriteString("INSERT INTO items (" + valueColumns + ", id) VALUES ")
	arg := 0
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range valueCount + 1 {
			if j > 0 {
				b.WriteByte(',')
			}
			if arg++; numbered {
				fmt.Fprintf(&b, "$%d", arg)
			} else {
				b.WriteByte('?')
			}
		}
		b.WriteByte(')')
	}
	b.WriteString(" ON CONFLICT (id) DO UPDATE SET updated = EXCLUDED.updated, name = EXCLUDED.name, email = EXCLUDED.email, " +
		"city = EXCLUDED.city, note = EXCLUDED.note, age = EXCLUDED.age, active = EXCLUDED.active, points = EXCLUDED.points")
	return b.String()
}

func upsertArgs(items []Item) []any {
	args := make([]any, 0, len(items)*(valueCount+1))
	for i := range items {
		it := &items[i]
		args = append(args, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID)
	}
	return args
}

// upsertMany asks the row itself whether it was inserted, as people do.
func (p *pgxPeer) upsertMany(ctx context.Context, items []Item) ([]bool, error) {
	rows, err := p.pool.Query(ctx, manyUpserts(len(items), true)+" RETURNING id, (xmax = 0)", upsertArgs(items)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var inserted []bool
	for rows.Next() {
		var id int64
		var is bool
		if err := rows.Scan(&id, &is); err != nil {
			return nil, err
		}
		inserted = append(inserted, is)
	}
	return inserted, rows.Err()
}

// upsertMany looks which rows are there before it writes, in one transaction: SQLite does not tell it otherwise.
func (p *sqlPeer) upsertMany(ctx context.Context, items []Item) ([]bool, error) {
	ids := make([]int64, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	inserted := make([]bool, len(items))
	err = inTx(ctx, p.db, func(tx *sql.Tx) error {
		there := make(map[int64]bool, len(items))
		rows, err := tx.QueryContext(ctx, "SELECT id FROM items WHERE id IN (SELECT value FROM json_each(?))", string(list))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			there[id] = true
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for i, id := range ids {
			inserted[i] = !there[id]
		}
		_, err = tx.ExecContext(ctx, manyUpserts(len(items), false), upsertArgs(items)...)
		return err
	})
	return inserted, err
}

func (p *promPeer) upsertMany(ctx context.Context, items []Item) ([]bool, error) {
	outcomes, err := p.items.OnConflict(itemID).CreateMany(ctx, items)
	inserted := make([]bool, len(outcomes))
	for i, o := range outcomes {
		inserted[i] = o == prom.Inserted
	}
	return inserted, err
}
