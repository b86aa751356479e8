package main

import (
	"iter"
	"strings"
)

// Stock is the tables of a place, and the rows that they begin with. Its size is the number of rows that the flags ask
// for.
type Stock struct {
	Name     string
	Postgres string // the statements that make the tables
	SQLite   string
	Tables   []StockTable           // each behind those that it refers to
	Grows    string                 // the table that workloads add rows to; its key is id, and the database makes it
	Base     func(size int64) int64 // its rows at the beginning, and its greatest key
}

// StockTable is a table of a stock.
type StockTable struct {
	Name    string
	Columns []string
	Rows    func(size int64) iter.Seq[[]any]
}

// stockTable returns a table whose rows are made of each number from 1 to a count.
func stockTable(name, columns string, count func(size int64) int64, rows func(size, i int64) [][]any) StockTable {
	return StockTable{name, strings.Split(columns, ", "), func(size int64) iter.Seq[[]any] {
		return func(yield func([]any) bool) {
			for i := int64(1); i <= count(size); i++ {
				for _, row := range rows(size, i) {
					if !yield(row) {
						return
					}
				}
			}
		}
	}}
}
