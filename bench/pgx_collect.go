package main

import (
	"context"

	"github.com/jackc/pgx/v5"
)

func init() {
	register(
		&Library{
			Name: sizedName, Engine: Postgres, Module: "github.com/jackc/pgx/v5", Short: true,
			About: "the same with a slice that is as large as the limit from the start; many keys by = ANY($1)",
			Open: func(ctx context.Context, at Place) (*Peer, error) {
				pool, err := pgxPool(ctx, at)
				if err != nil {
					return nil, err
				}
				return &Peer{
					List: func(ctx context.Context, n int) ([]Item, error) {
						rows, err := pool.Query(ctx, pgList, true, filterAge, n)
						if err != nil {
							return nil, err
						}
						return scanInto(rows, make([]Item, 0, n))
					},
					GetMany: func(ctx context.Context, ids []int64) ([]Item, error) {
						rows, err := pool.Query(ctx, pgGetMany, ids)
						if err != nil {
							return nil, err
						}
						return scanInto(rows, make([]Item, 0, len(ids)))
					},
					Close: pool.Close,
				}, nil
			},
		},
		collector("pgx ByPos", "CollectRows with RowToStructByPos", pgx.RowToStructByPos[Item], pgx.RowToAddrOfStructByPos[Item]),
		collector("pgx ByName", "CollectRows with RowToStructByName", pgx.RowToStructByName[Item], pgx.RowToAddrOfStructByName[Item]),
	)
}

const sizedName = "pgx, sized ahead"

// collector is pgx's own way to read rows into structs.
func collector(name, about string, to pgx.RowToFunc[Item], toAddr pgx.RowToFunc[*Item]) *Library {
	return &Library{
		Name: name, Engine: Postgres, Module: "github.com/jackc/pgx/v5", About: about,
		Open: func(ctx context.Context, at Place) (*Peer, error) {
			pool, err := pgxPool(ctx, at)
			if err != nil {
				return nil, err
			}
			return &Peer{
				Get: func(ctx context.Context, id int64) (*Item, error) {
					rows, err := pool.Query(ctx, pgGet, id)
					if err != nil {
						return nil, err
					}
					return pgx.CollectExactlyOneRow(rows, toAddr)
				},
				GetMany: func(ctx context.Context, ids []int64) ([]Item, error) {
					rows, err := pool.Query(ctx, pgGetMany, ids)
					if err != nil {
						return nil, err
					}
					return pgx.CollectRows(rows, to)
				},
				List: func(ctx context.Context, n int) ([]Item, error) {
					rows, err := pool.Query(ctx, pgList, true, filterAge, n)
					if err != nil {
						return nil, err
					}
					return pgx.CollectRows(rows, to)
				},
				Close: pool.Close,
			}, nil
		},
	}
}
