package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const sqliteDDL = `CREATE TABLE items (
	id INTEGER NOT NULL PRIMARY KEY,
	created TIMESTAMP NOT NULL,
	updated TIMESTAMP NOT NULL,
	name TEXT NOT NULL,
	email TEXT NOT NULL,
	city TEXT NOT NULL,
	note TEXT NOT NULL,
	age INTEGER NOT NULL,
	active BOOLEAN NOT NULL,
	points INTEGER NOT NULL
)`

// The layouts of times, each the one that its peers write and read fastest.
const (
	spacedTimes  = "2006-01-02 15:04:05.999999-07:00" // modernc and mattn through database/sql
	rfc3339Times = "2006-01-02T15:04:05.000000Z"      // prom, and by hand with zombiezen
)

// sqliteCache is how much of the file each connection keeps, in KiB: enough for all of it, so that no peer is measured
// by reading files.
const sqliteCache = 32768

// modernc returns a data source of the driver modernc.org/sqlite with its settings.
func modernc(at Place) string {
	return fmt.Sprintf("file:%s?_txlock=immediate&_time_format=sqlite&_pragma=journal_mode(WAL)&_pragma=synchronous(%s)"+
		"&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=cache_size(-%d)", at.File, at.synchronous(), sqliteCache)
}

func (p Place) synchronous() string {
	if p.Full {
		return "FULL"
	}
	return "NORMAL"
}

// sqliteFiles is a folder with a file for each peer.
type sqliteFiles struct {
	dir       string
	count     int
	templates map[string]string // by the layout of times, the stock and its size
}

func openSQLite(dir string) (*sqliteFiles, error) {
	dir, err := os.MkdirTemp(dir, "bench-sqlite-")
	if err != nil {
		return nil, err
	}
	return &sqliteFiles{dir: dir, templates: map[string]string{}}, nil
}

// template makes the file that others are copied from.
func (f *sqliteFiles) template(layout string, stock *Stock, size int64) (string, error) {
	key := fmt.Sprint(layout, stock.Name, size)
	if file := f.templates[key]; file != "" {
		return file, nil
	}
	file := filepath.Join(f.dir, fmt.Sprintf("template%d.db", len(f.templates)))
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		return "", err
	}
	err = fill(db, layout, stock, size)
	if err = errors.Join(err, db.Close()); err != nil {
		return "", err
	}
	f.templates[key] = file
	return file, nil
}

func fill(db *sql.DB, layout string, stock *Stock, size int64) error {
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(stock.SQLite); err != nil {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, t := range stock.Tables {
		st, err := tx.Prepare("INSERT INTO " + t.Name + " (" + strings.Join(t.Columns, ", ") + ") VALUES (?" +
			strings.Repeat(", ?", len(t.Columns)-1) + ")")
		if err != nil {
			return err
		}
		for row := range t.Rows(size) {
			for i := range row {
				if row[i], err = stored(row[i], layout); err != nil {
					return err
				}
			}
			if _, err := st.Exec(row...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// stored returns what SQLite keeps of a value.
func stored(v any, layout string) (any, error) {
	switch v := v.(type) {
	case time.Time:
		return v.Format(layout), nil
	case Info, []string:
		b, err := json.Marshal(v)
		return string(b), err
	}
	return v, nil
}

// New makes a file with the tables of a stock.
func (f *sqliteFiles) New(lib *Library, stock *Stock, size int64, full bool) (Place, Table, error) {
	template, err := f.template(lib.Times, stock, size)
	if err != nil {
		return Place{}, nil, err
	}
	f.count++
	place := Place{File: filepath.Join(f.dir, fmt.Sprintf("peer%d.db", f.count)), Full: full}
	if err := copyFile(place.File, template); err != nil {
		return Place{}, nil, err
	}
	db, err := sql.Open("sqlite", modernc(place))
	if err != nil {
		return Place{}, nil, err
	}
	db.SetMaxOpenConns(1)
	return place, &sqliteTable{db: db, stock: stock, size: size}, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Facts says which SQLite it is.
func (f *sqliteFiles) Facts() []Fact {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil
	}
	defer db.Close()
	var version string
	if err := db.QueryRow("SELECT sqlite_version()").Scan(&version); err != nil {
		return nil
	}
	return []Fact{{"SQLite of modernc.org/sqlite", version}}
}

// Close removes the files.
func (f *sqliteFiles) Close() error { return os.RemoveAll(f.dir) }

// sqliteTable is the harness's connection to one file.
type sqliteTable struct {
	db    *sql.DB
	stock *Stock
	size  int64
}

func (t *sqliteTable) Exec(sql string) error {
	_, err := t.db.Exec(sql)
	return err
}

func (t *sqliteTable) AddRows(first int64, n int) error {
	_, err := t.db.Exec(`INSERT INTO items WITH RECURSIVE g(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM g WHERE i + 1 < ?)
		SELECT ? + i, created, updated, name, email, city, note, age, active, points FROM g, items WHERE id = 1`, n, first)
	return err
}

func (t *sqliteTable) Trim() error {
	if _, err := t.db.Exec("DELETE FROM "+t.stock.Grows+" WHERE id > ?", t.stock.Base(t.size)); err != nil {
		return err
	}
	_, err := t.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// Rows reads times as texts, whatever their form, which only this needs to do.
func (t *sqliteTable) Rows() ([]Item, error) {
	rows, err := t.db.Query(`SELECT id, CAST(created AS TEXT), CAST(updated AS TEXT), name, email, city, note, age, active, points
		FROM items ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []Item
	for rows.Next() {
		var it Item
		var created, updated string
		targets := scanTargets(&it)
		targets[1], targets[2] = &created, &updated
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		if it.Created, err = parseTime(created); err != nil {
			return nil, err
		}
		if it.Updated, err = parseTime(updated); err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, rows.Err()
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999Z07:00", time.RFC3339Nano} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("the time %q is in no known form", text)
}

func (t *sqliteTable) Texts(sql string) ([]string, error) {
	rows, err := t.db.Query(sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

func (t *sqliteTable) Size() int64 { return t.size }

func (t *sqliteTable) Close() error { return t.db.Close() }
