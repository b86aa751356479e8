package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func init() {
	register(&Library{
		Name: "sqlc", Engine: Postgres,
		About: "code in the form that sqlc generates for pgx/v5; bulk inserts by unnest",
		Open: func(ctx context.Context, at Place) (*Peer, error) {
			pool, err := pgxPool(ctx, at)
			if err != nil {
				return nil, err
			}
			q := newSQLC(pool)
			return &Peer{
				Insert: func(ctx context.Context, it *Item) (err error) {
					it.ID, err = q.CreateItem(ctx, createItemParams(it))
					return err
				},
				InsertMany: func(ctx context.Context, items []Item) error { return sqlcInsertMany(ctx, q, items) },
				InsertTx: func(ctx context.Context, items []Item) error {
					return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) (err error) {
						q := q.WithTx(tx)
						for i := range items {
							if items[i].ID, err = q.CreateItem(ctx, createItemParams(&items[i])); err != nil {
								return err
							}
						}
						return nil
					})
				},
				Get: func(ctx context.Context, id int64) (*Item, error) {
					it, err := q.GetItem(ctx, id)
					return &it, err
				},
				GetMany: q.GetItems,
				List: func(ctx context.Context, n int) ([]Item, error) {
					return q.ListItems(ctx, ListItemsParams{Active: true, Age: filterAge, Limit: int32(n)})
				},
				Update: func(ctx context.Context, it *Item) error {
					return q.UpdateItem(ctx, UpdateItemParams{it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID})
				},
				SetPoints: func(ctx context.Context, id, points int64, updated time.Time) error {
					return q.SetPoints(ctx, SetPointsParams{points, updated, id})
				},
				Upsert: func(ctx context.Context, it *Item) error {
					return q.UpsertItem(ctx, UpsertItemParams{it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID})
				},
				Delete: q.DeleteItem,
				Close:  pool.Close,
			}, nil
		},
	})
}

func createItemParams(it *Item) CreateItemParams {
	return CreateItemParams{it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points}
}

func sqlcInsertMany(ctx context.Context, q *Queries, items []Item) error {
	n := len(items)
	p := CreateItemsParams{
		Created: make([]time.Time, n), Updated: make([]time.Time, n), Name: make([]string, n), Email: make([]string, n),
		City: make([]string, n), Note: make([]string, n), Age: make([]int32, n), Active: make([]bool, n), Points: make([]int64, n),
	}
	for i := range items {
		it := &items[i]
		p.Created[i], p.Updated[i], p.Name[i], p.Email[i], p.City[i] = it.Created, it.Updated, it.Name, it.Email, it.City
		p.Note[i], p.Age[i], p.Active[i], p.Points[i] = it.Note, it.Age, it.Active, it.Points
	}
	ids, err := q.CreateItems(ctx, p)
	if err != nil {
		return err
	}
	for i, id := range ids {
		items[i].ID = id
	}
	return nil
}

// What follows is what sqlc v1 generates for pgx/v5, of queries that are those of the hand-written code. Item is its
// model.

// DBTX is what queries run on.
type DBTX interface {
	Exec(context.Context, string, ...interface{}) (pgconn.CommandTag, error)
	Query(context.Context, string, ...interface{}) (pgx.Rows, error)
	QueryRow(context.Context, string, ...interface{}) pgx.Row
}

func newSQLC(db DBTX) *Queries {
	return &Queries{db: db}
}

// Queries runs the queries.
type Queries struct {
	db DBTX
}

// WithTx returns the queries in a transaction.
func (q *Queries) WithTx(tx pgx.Tx) *Queries {
	return &Queries{
		db: tx,
	}
}

const createItem = `-- name: CreateItem :one
INSERT INTO items (created, updated, name, email, city, note, age, active, points)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING id
`

// CreateItemParams are the arguments of CreateItem.
type CreateItemParams struct {
	Created time.Time
	Updated time.Time
	Name    string
	Email   string
	City    string
	Note    string
	Age     int32
	Active  bool
	Points  int64
}

// CreateItem inserts an item.
func (q *Queries) CreateItem(ctx context.Context, arg CreateItemParams) (int64, error) {
	row := q.db.QueryRow(ctx, createItem,
		arg.Created,
		arg.Updated,
		arg.Name,
		arg.Email,
		arg.City,
		arg.Note,
		arg.Age,
		arg.Active,
		arg.Points,
	)
	var id int64
	err := row.Scan(&id)
	return id, err
}

const createItems = `-- name: CreateItems :many
INSERT INTO items (created, updated, name, email, city, note, age, active, points)
SELECT unnest($1::timestamptz[]), unnest($2::timestamptz[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
  unnest($6::text[]), unnest($7::int[]), unnest($8::bool[]), unnest($9::bigint[])
RETURNING id
`

// CreateItemsParams are the arguments of CreateItems.
type CreateItemsParams struct {
	Created []time.Time
	Updated []time.Time
	Name    []string
	Email   []string
	City    []string
	Note    []string
	Age     []int32
	Active  []bool
	Points  []int64
}

// CreateItems inserts many items.
func (q *Queries) CreateItems(ctx context.Context, arg CreateItemsParams) ([]int64, error) {
	rows, err := q.db.Query(ctx, createItems,
		arg.Created,
		arg.Updated,
		arg.Name,
		arg.Email,
		arg.City,
		arg.Note,
		arg.Age,
		arg.Active,
		arg.Points,
	)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		items = append(items, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

const deleteItem = `-- name: DeleteItem :exec
DELETE FROM items WHERE id = $1
`

// DeleteItem deletes an item.
func (q *Queries) DeleteItem(ctx context.Context, id int64) error {
	_, err := q.db.Exec(ctx, deleteItem, id)
	return err
}

const getItem = `-- name: GetItem :one
SELECT id, created, updated, name, email, city, note, age, active, points FROM items WHERE id = $1
`

// GetItem gets an item.
func (q *Queries) GetItem(ctx context.Context, id int64) (Item, error) {
	row := q.db.QueryRow(ctx, getItem, id)
	var i Item
	err := row.Scan(
		&i.ID,
		&i.Created,
		&i.Updated,
		&i.Name,
		&i.Email,
		&i.City,
		&i.Note,
		&i.Age,
		&i.Active,
		&i.Points,
	)
	return i, err
}

const getItems = `-- name: GetItems :many
SELECT id, created, updated, name, email, city, note, age, active, points FROM items WHERE id = ANY($1::bigint[])
`

// GetItems gets the items with these keys.
func (q *Queries) GetItems(ctx context.Context, ids []int64) ([]Item, error) {
	rows, err := q.db.Query(ctx, getItems, ids)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []Item
	for rows.Next() {
		var i Item
		if err := rows.Scan(
			&i.ID,
			&i.Created,
			&i.Updated,
			&i.Name,
			&i.Email,
			&i.City,
			&i.Note,
			&i.Age,
			&i.Active,
			&i.Points,
		); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

const listItems = `-- name: ListItems :many
SELECT id, created, updated, name, email, city, note, age, active, points FROM items
WHERE active = $1 AND age >= $2 ORDER BY id DESC LIMIT $3
`

// ListItemsParams are the arguments of ListItems.
type ListItemsParams struct {
	Active bool
	Age    int32
	Limit  int32
}

// ListItems lists items.
func (q *Queries) ListItems(ctx context.Context, arg ListItemsParams) ([]Item, error) {
	rows, err := q.db.Query(ctx, listItems, arg.Active, arg.Age, arg.Limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []Item
	for rows.Next() {
		var i Item
		if err := rows.Scan(
			&i.ID,
			&i.Created,
			&i.Updated,
			&i.Name,
			&i.Email,
			&i.City,
			&i.Note,
			&i.Age,
			&i.Active,
			&i.Points,
		); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

const setPointsSQL = `-- name: SetPoints :exec
UPDATE items SET points = $1, updated = $2 WHERE id = $3
`

// SetPointsParams are the arguments of SetPoints.
type SetPointsParams struct {
	Points  int64
	Updated time.Time
	ID      int64
}

// SetPoints updates one column.
func (q *Queries) SetPoints(ctx context.Context, arg SetPointsParams) error {
	_, err := q.db.Exec(ctx, setPointsSQL, arg.Points, arg.Updated, arg.ID)
	return err
}

const updateItem = `-- name: UpdateItem :exec
UPDATE items SET created = $1, updated = $2, name = $3, email = $4, city = $5, note = $6, age = $7, active = $8, points = $9
WHERE id = $10
`

// UpdateItemParams are the arguments of UpdateItem.
type UpdateItemParams struct {
	Created time.Time
	Updated time.Time
	Name    string
	Email   string
	City    string
	Note    string
	Age     int32
	Active  bool
	Points  int64
	ID      int64
}

// UpdateItem updates all columns.
func (q *Queries) UpdateItem(ctx context.Context, arg UpdateItemParams) error {
	_, err := q.db.Exec(ctx, updateItem,
		arg.Created,
		arg.Updated,
		arg.Name,
		arg.Email,
		arg.City,
		arg.Note,
		arg.Age,
		arg.Active,
		arg.Points,
		arg.ID,
	)
	return err
}

const upsertItem = `-- name: UpsertItem :exec
INSERT INTO items (created, updated, name, email, city, note, age, active, points, id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET updated = EXCLUDED.updated, name = EXCLUDED.name, email = EXCLUDED.email, city = EXCLUDED.city,
  note = EXCLUDED.note, age = EXCLUDED.age, active = EXCLUDED.active, points = EXCLUDED.points
`

// UpsertItemParams are the arguments of UpsertItem.
type UpsertItemParams struct {
	Created time.Time
	Updated time.Time
	Name    string
	Email   string
	City    string
	Note    string
	Age     int32
	Active  bool
	Points  int64
	ID      int64
}

// UpsertItem inserts an item or updates it.
func (q *Queries) UpsertItem(ctx context.Context, arg UpsertItemParams) error {
	_, err := q.db.Exec(ctx, upsertItem,
		arg.Created,
		arg.Updated,
		arg.Name,
		arg.Email,
		arg.City,
		arg.Note,
		arg.Age,
		arg.Active,
		arg.Points,
		arg.ID,
	)
	return err
}
