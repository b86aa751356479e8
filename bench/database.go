package main

import (
	"context"
	"errors"
	"fmt"
)

// Table is the harness's own way to a peer's tables, beside the peer's: it prepares rows and takes them away, outside of
// what is timed.
type Table interface {
	// AddRows inserts n items with the keys first, first+1 and on.
	AddRows(first int64, n int) error
	// Trim deletes the rows that the table that grows did not begin with, and leaves the files as they were.
	Trim() error
	// Exec runs a statement.
	Exec(sql string) error
	// Rows reads all items, by key.
	Rows() ([]Item, error)
	// Texts runs a query of one column that is a text.
	Texts(sql string) ([]string, error)
	// Size is that of the stock.
	Size() int64
	Close() error
}

// Database makes the places in which peers work, each with tables of the same rows.
type Database interface {
	// New makes the place of a peer.
	New(lib *Library, stock *Stock, size int64, full bool) (Place, Table, error)
	// Facts says what the engine is and how it is set up.
	Facts() []Fact
	Close() error
}

// Fact is a line about the machine or the software.
type Fact struct{ Name, Value string }

// Seat is a peer at its place.
type Seat struct {
	Peer  *Peer
	Table Table
	Place Place
}

// openSeat opens a library on a new place.
func openSeat(
	ctx context.Context, db Database, lib *Library, stock *Stock, size int64, conns int, full bool,
) (*Seat, error) {
	place, table, err := db.New(lib, stock, size, full)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", lib.Name, err)
	}
	place.Conns = conns
	peer, err := lib.opener(stock)(ctx, place)
	if err != nil {
		return nil, fmt.Errorf("%s: open: %w", lib.Name, errors.Join(err, table.Close()))
	}
	return &Seat{Peer: peer, Table: table, Place: place}, nil
}

// Close closes the peer and the harness's way to its table.
func (s *Seat) Close() error {
	s.Peer.Close()
	return s.Table.Close()
}
